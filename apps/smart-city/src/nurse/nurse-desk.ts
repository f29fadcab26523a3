import type { BundleOffice } from '../bundle/bundle-office.js';
import { realmState, type Budget, type CircuitState } from './findings.js';
import type { HealthRegistry, HealthReport } from './health-registry.js';
import type { Nurse } from './nurse.js';
import type { EscalationRule, Finding, RecommendationView } from './nurse.schema.js';
import type { NurseStore } from './nurse-store.js';

/** What Nurse's query intents ask of the live service. */
export interface NurseDesk {
  health(): Promise<{ bundle_version: number; services: readonly HealthReport[]; realms: readonly { realm: string; circuit: CircuitState }[] }>;
  findings(tenantId: string): Promise<Finding[]>;
  budgets(tenantId: string): Promise<Budget[]>;
  recommendations(tenantId: string, limit: number): Promise<RecommendationView[]>;
  rules(tenantId: string): Promise<EscalationRule[]>;
}

export const openNurseDesk = (nurse: Nurse, store: NurseStore, registry: HealthRegistry, office: BundleOffice): NurseDesk => ({
  health: () => {
    const services = registry.all();
    const realms = [...new Set(office.snapshot.catalogue.all('capability').map((c) => c.realm))].sort();
    return Promise.resolve({ bundle_version: office.bundle.bundle.version, services, realms: realms.map((realm) => ({ realm, circuit: realmState(realm, services) })) });
  },
  findings: async (tenantId) => (await nurse.findings()).filter((finding) => finding.tenant_id === tenantId),
  budgets: (tenantId) => nurse.budgets(tenantId),
  recommendations: (tenantId, limit) => store.recommendations(tenantId, limit),
  rules: (tenantId) => Promise.resolve(office.snapshot.catalogue.all('escalation_rule').filter((rule) => rule.tenant_id === tenantId)),
});
