import { failure, type Caller, type Identity, type Tenant } from '@symphainy/contracts';
import { tenant } from '@symphainy/contracts';

/** The tenant that governance itself runs in. */
export const PLATFORM_TENANT = 'platform';

/** Smart City's own identity: the only one that may register capabilities. */
export const cityCaller: Caller = { tenant_id: PLATFORM_TENANT, user_id: 'smart-city', roles: [], auth: 'service' };

export const platformTenant: Tenant = tenant.parse({ tenant_id: PLATFORM_TENANT, name: 'The platform', status: 'active' });

export const cityIdentity: Identity = { tenant_id: PLATFORM_TENANT, user_id: cityCaller.user_id, kind: 'service', roles: ['governor'], status: 'active' };

/** A change of `owner`'s affairs may be asked for by that tenant or by the platform; policy has then still to permit it. */
export function requireOwner(tenantId: string, owner: string, field: string): void {
  if (tenantId !== owner && tenantId !== PLATFORM_TENANT) throw failure('governance.invalid', { message: 'the change concerns another tenant', field });
}

/** A change of the whole platform's affairs may be asked for in the platform's tenant only. */
export function requirePlatform(tenantId: string): void {
  if (tenantId !== PLATFORM_TENANT) throw failure('governance.invalid', { message: 'only the platform’s own tenant may change this', fix: 'ask the operator of the platform' });
}
