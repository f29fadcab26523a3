import type { Clock } from '@symphainy/kernel';
import type { BundleOffice } from '../bundle/bundle-office.js';
import { capabilityState, realmState, type Budget, type CircuitState } from './findings.js';
import type { HealthRegistry, HealthReport } from './health-registry.js';
import type { Nurse } from './nurse.js';
import type { EscalationRule, Finding, RecommendationView } from './nurse.schema.js';
import type { NurseStore } from './nurse-store.js';

export interface HealthView {
  readonly bundle_version: number;
  readonly services: readonly HealthReport[];
  readonly realms: readonly { readonly realm: string; readonly circuit: CircuitState }[];
  /** As it stands for the tenant asked for: its realm's circuit, and how its executions ended lately. */
  readonly capabilities: readonly { readonly capability: string; readonly circuit: CircuitState }[];
}

/** A capability's circuit goes by what ended within so many minutes. */
const CIRCUIT_MINUTES = 5;

/** What Nurse's query intents ask of the live service. */
export interface NurseDesk {
  health(tenantId: string): Promise<HealthView>;
  findings(tenantId: string): Promise<Finding[]>;
  budgets(tenantId: string): Promise<Budget[]>;
  recommendations(tenantId: string, limit: number): Promise<RecommendationView[]>;
  rules(tenantId: string): Promise<EscalationRule[]>;
}

export const openNurseDesk = (nurse: Nurse, store: NurseStore, registry: HealthRegistry, office: BundleOffice, clock: Clock): NurseDesk => ({
  health: async (tenantId) => {
    const services = registry.all();
    const ended = await store.recent(tenantId, clock.now(), CIRCUIT_MINUTES);
    const known = office.snapshot.catalogue.all('capability');
    const circuits = new Map([...new Set(known.map((c) => c.realm))].sort().map((realm) => [realm, realmState(realm, services)]));
    const capabilities = known.map(({ name, realm }) => ({ capability: name, circuit: capabilityState(circuits.get(realm) ?? 'open', ended.get(name) ?? { total: 0, failed: 0 }) }));
    return { bundle_version: office.bundle.bundle.version, services, realms: [...circuits].map(([realm, circuit]) => ({ realm, circuit })), capabilities };
  },
  findings: async (tenantId) => (await nurse.findings()).filter((finding) => finding.tenant_id === tenantId),
  budgets: (tenantId) => nurse.budgets(tenantId),
  recommendations: (tenantId, limit) => store.recommendations(tenantId, limit),
  rules: (tenantId) => Promise.resolve(office.snapshot.catalogue.all('escalation_rule').filter((rule) => rule.tenant_id === tenantId)),
});
