import { lazy } from 'react';
import type { GovernRoute } from '../routing/govern-route.js';
import { ChangeDesk } from './change-desk.js';
import '../styles/govern.css';

const PoliciesPage = lazy(async () => ({ default: (await import('../policies/policies.page.js')).PoliciesPage }));
const DeskPage = lazy(async () => ({ default: (await import('../policies/desk.page.js')).DeskPage }));
const CandidatesPage = lazy(async () => ({ default: (await import('../policies/candidates.page.js')).CandidatesPage }));
const CandidatePage = lazy(async () => ({ default: (await import('../policies/candidate.page.js')).CandidatePage }));
const VersionsPage = lazy(async () => ({ default: (await import('../policies/versions.page.js')).VersionsPage }));
const DecisionPage = lazy(async () => ({ default: (await import('../policies/decision.page.js')).DecisionPage }));
const TenantsPage = lazy(async () => ({ default: (await import('../tenants/tenants.page.js')).TenantsPage }));
const TenantPage = lazy(async () => ({ default: (await import('../tenants/tenant.page.js')).TenantPage }));
const IdentitiesPage = lazy(async () => ({ default: (await import('../identities/identities.page.js')).IdentitiesPage }));
const RegistryPage = lazy(async () => ({ default: (await import('../registry/registry.page.js')).RegistryPage }));
const HealthPage = lazy(async () => ({ default: (await import('../health/health.page.js')).HealthPage }));

/** The pages on governance; what one of them changes is told below it, with the execution that recorded it. */
export function GovernPage({ route }: { route: GovernRoute }) {
  return <ChangeDesk><Page route={route} /></ChangeDesk>;
}

function Page({ route }: { route: GovernRoute }) {
  switch (route.page) {
    case 'policies': return <PoliciesPage />;
    case 'policy-desk': return <DeskPage policy={route.policy} />;
    case 'candidates': return <CandidatesPage />;
    case 'candidate': return <CandidatePage key={route.candidateId} candidateId={route.candidateId} />;
    case 'versions': return <VersionsPage />;
    case 'decision': return <DecisionPage key={route.executionId} executionId={route.executionId} />;
    case 'tenants': return <TenantsPage />;
    case 'tenant': return <TenantPage key={route.tenantId} tenantId={route.tenantId} />;
    case 'identities': return <IdentitiesPage view={route.view} />;
    case 'registry': return <RegistryPage view={route.view} />;
    case 'health': return <HealthPage view={route.view} />;
  }
}
