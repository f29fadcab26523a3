/** For tests: the plain evaluation that the fast one must equal, and small bundles to build on. */
import type { CedarPolicy, GovernanceBundle, RegisteredCapability } from '@symphainy/contracts';
import { governanceBundle, registeredCapability, sagaDefinition } from '@symphainy/contracts';
import { hashOf } from '@symphainy/kernel';

export { evaluatePlainly } from './policy-evaluation.js';

/** A capability with one task step. */
export function sampleCapability(name: string, over: Partial<RegisteredCapability> = {}): RegisteredCapability {
  const saga = sagaDefinition.parse({ name, steps: [{ kind: 'task', name: 'work' }] });
  const realm = name.slice(0, name.indexOf('.'));
  return registeredCapability.parse({ name, realm, handler: name, version: '1.0.0', input_contract: {}, output_contract: {}, determinism: 'deterministic', saga, saga_hash: hashOf(saga), ...over });
}

/** One policy per role that permits every active tenant everything. */
export const permissivePolicies: readonly CedarPolicy[] = [
  { id: 'sample.callers', role: 'security_guard', text: 'permit(principal, action, resource);' },
  { id: 'sample.tenants', role: 'city_manager', text: 'permit(principal, action, resource) when { principal.tenant.status == "active" };' },
  { id: 'sample.data', role: 'data_steward', text: 'permit(principal, action, resource);' },
];

/** Tenants `acme` and `globex`; alice (builder) and bob (auditor) of acme. */
export function sampleBundle(over: Partial<GovernanceBundle> = {}): GovernanceBundle {
  return governanceBundle.parse({
    version: 1,
    created_at: '2026-01-01T00:00:00.000Z',
    tenants: [
      { tenant_id: 'acme', name: 'Acme', status: 'active' },
      { tenant_id: 'globex', name: 'Globex', status: 'active' },
    ],
    identities: [
      { tenant_id: 'acme', user_id: 'alice', kind: 'person', roles: ['builder'] },
      { tenant_id: 'acme', user_id: 'bob', kind: 'person', roles: ['auditor'] },
    ],
    policies: permissivePolicies,
    capabilities: [sampleCapability('content.ingest')],
    ...over,
  });
}
