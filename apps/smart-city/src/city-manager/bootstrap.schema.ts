import { z } from 'zod';
import { apiKeyRecord, cedarPolicy, failure, identity, jwtIssuer, registeredCapability, tenant } from '@symphainy/contracts';
import { asPlatformError } from '@symphainy/kernel';
import { areAccepted, checkPolicy } from '@symphainy/governance';
import { cityIdentity, PLATFORM_TENANT } from './platform-tenant.js';
import { requireOrdinaryPolicy } from '../security-guard/policy.capabilities.js';

/** Hashes only: a record that carries the key itself is refused. */
const keyRecords = z.array(z.strictObject(apiKeyRecord.shape)).default([]);

/** The declarative file that a platform begins with. Every list may be left out. */
export const bootstrapFile = z.strictObject({
  tenants: z.array(z.strictObject({ ...tenant.shape, status: tenant.shape.status.default('active') })).default([]),
  identities: z.array(z.strictObject(identity.shape)).default([]),
  policies: z.array(z.strictObject(cedarPolicy.shape)).default([]),
  api_keys: keyRecords,
  jwt_issuers: z.array(z.strictObject(jwtIssuer.shape)).default([]),
  /** Further platform capabilities; realms register their own. */
  capabilities: z.array(registeredCapability).default([]),
});
export type BootstrapFile = z.infer<typeof bootstrapFile>;

/** The bootstrap file's content, checked whole; `governance.invalid` names the field. `source` names the file in the message. */
export function parseBootstrap(content: unknown, source: string): BootstrapFile {
  const file = parsed(bootstrapFile, content ?? {}, source);
  checkUnique(file.tenants, (t) => t.tenant_id, '/tenants', source);
  checkUnique(file.identities, (i) => `${i.tenant_id}/${i.user_id}`, '/identities', source);
  checkUnique(file.policies, (p) => p.id, '/policies', source);
  checkUnique(file.api_keys, (k) => k.key_id, '/api_keys', source);
  checkReserved(file, source);
  file.policies.forEach(({ id }, i) => checked(`/policies/${i}`, source, () => requireOrdinaryPolicy(id)));
  if (!areAccepted(file.policies)) file.policies.forEach((policy, i) => checked(`/policies/${i}`, source, () => checkPolicy(policy)));
  const tenants = new Set([...file.tenants.map((t) => t.tenant_id), PLATFORM_TENANT]);
  file.identities.forEach((i, at) => checkTenant(tenants, i.tenant_id, `/identities/${at}/tenant_id`, source));
  file.api_keys.forEach((k, at) => checkTenant(tenants, k.tenant_id, `/api_keys/${at}/tenant_id`, source));
  file.jwt_issuers.forEach((issuer, at) => issuer.tenants.forEach((t, n) => checkTenant(tenants, t, `/jwt_issuers/${at}/tenants/${n}`, source)));
  return file;
}

/** The list of key records that may be kept apart from the bootstrap file. */
export const parseKeyRecords = (content: unknown, source: string): BootstrapFile['api_keys'] => parsed(keyRecords, content ?? [], source);

function parsed<S extends z.ZodType>(schema: S, content: unknown, source: string): z.infer<S> {
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw refusal(source, `/${(issue?.path ?? []).map(String).join('/')}`, issue?.message ?? 'does not fit');
}

function checked(field: string, source: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    const known = asPlatformError(error);
    throw refusal(source, `${field}${known.field ?? ''}`, known.message);
  }
}

function checkUnique<T>(items: readonly T[], key: (item: T) => string, field: string, source: string): void {
  const seen = new Set<string>();
  items.forEach((item, i) => {
    if (seen.has(key(item))) throw refusal(source, `${field}/${i}`, `"${key(item)}" stands here twice`);
    seen.add(key(item));
  });
}

/** The platform's own entries come with its code; declared twice, they would differ from start to start. */
function checkReserved(file: BootstrapFile, source: string): void {
  const refuse = (field: string): never => {
    throw refusal(source, field, 'this is the platform’s own, and comes with its code');
  };
  file.tenants.forEach((t, i) => t.tenant_id === PLATFORM_TENANT && refuse(`/tenants/${i}/tenant_id`));
  file.identities.forEach((p, i) => p.tenant_id === PLATFORM_TENANT && p.user_id === cityIdentity.user_id && refuse(`/identities/${i}/user_id`));
  file.api_keys.forEach((k, i) => k.tenant_id === PLATFORM_TENANT && k.user_id === cityIdentity.user_id && refuse(`/api_keys/${i}/user_id`));
  file.capabilities.forEach((c, i) => /^(governance|runtime)\./.test(c.name) && refuse(`/capabilities/${i}/name`));
}

function checkTenant(known: ReadonlySet<string>, tenantId: string, field: string, source: string): void {
  if (!known.has(tenantId)) throw refusal(source, field, `the tenant "${tenantId}" is not declared`);
}

const refusal = (source: string, field: string, message: string) => failure('governance.invalid', { message: `${source}: ${field}: ${message}`, field });
