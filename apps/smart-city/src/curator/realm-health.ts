import type { SubjectReply } from '@symphainy/contracts';
import type { Catalogue } from '../bundle/catalogue.js';
import { realmState } from '../nurse/findings.js';
import type { HealthReport } from '../nurse/health-registry.js';

/** Of every realm that Curator's registries name: whether work for it gets through now. */
export function realmHealth(catalogue: Catalogue, services: readonly HealthReport[]): SubjectReply<'smart-city.realms.read'> {
  const named = [...catalogue.all('capability').map(({ realm }) => realm), ...catalogue.all('agent').map(({ realm }) => realm), ...catalogue.all('domain').flatMap(({ realms }) => realms), ...catalogue.all('solution').flatMap(({ realms }) => realms)];
  return { realms: [...new Set(named)].sort().map((realm) => ({ realm, circuit: realmState(realm, services) })) };
}
