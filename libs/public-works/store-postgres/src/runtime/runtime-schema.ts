import { provisionSchema, rolePassword, urlAsRole, type SchemaPlan } from '../provision.js';
import { runtimeEntities } from './entities/index.js';
import { evidenceMigration, sealedArchiveMigration } from './migrations/evidence.migration.js';
import { frameIndexStreamsMigration } from './migrations/frame-index-streams.migration.js';
import { graphMigration } from './migrations/graph.migration.js';
import { graphWalkMigration } from './migrations/graph-walk.migration.js';
import { historyMigration } from './migrations/history.migration.js';
import { heldStreamsMigration } from './migrations/held-streams.migration.js';
import { inlineBodiesMigration } from './migrations/inline-bodies.migration.js';
import { logMigration } from './migrations/log.migration.js';
import { parkingMigration } from './migrations/parking.migration.js';
import { projectionMigration } from './migrations/projection.migration.js';
import { searchMigration } from './migrations/search.migration.js';
import { subjectKeysMigration } from './migrations/subject-keys.migration.js';
import { tenantNameKeysMigration } from './migrations/tenant-name-keys.migration.js';

/**
 * The runtime's roles.
 *
 * | role | may |
 * |---|---|
 * | writer | insert frames and idempotency keys of the tenants a flush names, park and bring back their executions; nothing else on the log, not even read it |
 * | adopter | read the log of all tenants; take, renew and give back leases; park and claim executions of all tenants |
 * | follower | read the log of all tenants; write projections, its own positions, and add to the Merkle trees |
 * | archivist | read the log of all tenants; take ended streams out of it whose archived copy it has entered |
 * | keeper | make, read and destroy the subject keys of the one tenant its transaction names; nothing else |
 * | reader | read log and projections of the one tenant its transaction names; keep bundles |
 */
export const RUNTIME_ROLES = ['writer', 'adopter', 'follower', 'archivist', 'keeper', 'reader'] as const;
export type RuntimeRole = (typeof RUNTIME_ROLES)[number];
export type RuntimeUrls = { readonly [R in RuntimeRole]: string };

/** A plan chosen while the log was empty would scan it for ever after: the writer keeps generic plans, and takes indexes. */
const settingsOf = (role: RuntimeRole): Record<string, string> => (role === 'writer' ? { plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off' } : {});

const roleName = (role: RuntimeRole): string => `symphainy_${role}`;

/** Where each role connects: `url` names host and database (its credentials are not used); passwords come from `key`. */
export const runtimeUrls = (url: string, key: Uint8Array): RuntimeUrls => {
  const as = (role: RuntimeRole): string => urlAsRole(url, roleName(role), rolePassword(key, roleName(role)));
  return { writer: as('writer'), adopter: as('adopter'), follower: as('follower'), archivist: as('archivist'), keeper: as('keeper'), reader: as('reader') };
};

export const runtimePlan = (key: Uint8Array): SchemaPlan => ({
  schema: 'runtime',
  owner: 'symphainy_runtime_owner',
  roles: RUNTIME_ROLES.map((role) => ({ name: roleName(role), password: rolePassword(key, roleName(role)), settings: settingsOf(role) })),
  migrations: [logMigration, projectionMigration, parkingMigration, historyMigration, evidenceMigration, sealedArchiveMigration, heldStreamsMigration, subjectKeysMigration, inlineBodiesMigration, graphMigration, tenantNameKeysMigration, graphWalkMigration, searchMigration, frameIndexStreamsMigration],
  entities: runtimeEntities,
});

/** Roles, schema and tables of the runtime; returns the migrations that ran. Idempotent. */
export const provisionRuntime = (ownerUrl: string, key: Uint8Array): Promise<string[]> => provisionSchema(ownerUrl, runtimePlan(key));
