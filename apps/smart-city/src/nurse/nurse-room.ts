import type { Caller } from '@symphainy/contracts';
import type { ServiceHost } from '@symphainy/service-host';
import type { Database } from '@symphainy/store-postgres';
import type { BundleOffice } from '../bundle/bundle-office.js';
import { CitySession } from '../city-manager/city-session.js';
import type { PostRoom } from '../post-office/post-room.js';
import type { SmartCityEnv } from '../smart-city.env.js';
import { Healer } from './healer.js';
import type { HealthRegistry } from './health-registry.js';
import { Nurse } from './nurse.js';
import { openNurseDesk, type NurseDesk } from './nurse-desk.js';
import { NurseStore } from './nurse-store.js';

/** Nurse's identity in each tenant. It may do there what the tenant's policies permit it. */
const nurseIn = (tenant_id: string): Caller => ({ tenant_id, user_id: 'nurse', roles: [], auth: 'service' });

/** Nurse put together. */
export class NurseRoom {
  constructor(
    readonly nurse: Nurse,
    readonly desk: NurseDesk,
  ) {}
}

export function openNurseRoom(host: ServiceHost<SmartCityEnv>, database: Database, parts: { readonly office: BundleOffice; readonly health: HealthRegistry; readonly post: PostRoom; readonly session: CitySession }): NurseRoom {
  const { office, health, post, session } = parts;
  const store = new NurseStore(database, host.env.NURSE_PATIENCE_MS);
  const sessions = new Map<string, CitySession>();
  const sessionIn = (tenantId: string): CitySession => {
    const known = sessions.get(tenantId) ?? new CitySession(host, nurseIn(tenantId));
    sessions.set(tenantId, known);
    return known;
  };
  const healer = new Healer({
    store,
    clock: host.clock,
    ids: host.ids,
    logger: host.logger,
    tenant: (tenantId) => office.snapshot.catalogue.get('tenant', tenantId),
    record: (intentType, payload, key) => session.perform(intentType, payload, key),
    operate: (tenantId, operation, payload, key) => sessionIn(tenantId).perform(`runtime.${operation}`, payload, key),
  });
  const nurse = new Nurse({ host, office, store, health, post: post.office, healer, everyMs: host.env.NURSE_EVERY_MS, patienceMs: host.env.NURSE_PATIENCE_MS });
  return new NurseRoom(nurse, openNurseDesk(nurse, store, health, office, host.clock));
}
