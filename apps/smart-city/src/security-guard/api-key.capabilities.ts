import { z } from 'zod';
import { apiKeyRecord, failure, words, type ApiKeyRecord, type KeyIssuer } from '@symphainy/contracts';
import { put } from '../bundle/catalogue.js';
import { changeRule, recordedChange } from '../bundle/governed-change.js';
import { governedTask } from '../governed-task.js';

/** Who has it in hand beside its user: it was told to who asked for it. */
function issuedBy({ tenant_id, user_id }: Pick<ApiKeyRecord, 'tenant_id' | 'user_id'>, by: readonly KeyIssuer[]): Pick<ApiKeyRecord, 'issued_by'> {
  const others = by.filter((issuer) => issuer.tenant_id !== tenant_id || issuer.user_id !== user_id);
  return others.length === 0 ? {} : { issued_by: [...others] };
}

/** A key that is there already stays as it is: issuing it again must not bring back one that was revoked. */
const keyRule = changeRule<Omit<ApiKeyRecord, 'issued_by'>>({
  name: 'api_key',
  value: apiKeyRecord.omit({ issued_by: true }),
  apply: (catalogue, key, value, by) => (catalogue.get('api_key', key) === undefined ? put('api_key', { ...value, ...issuedBy(value, by) }) : undefined),
});

const revocation = z.object({ tenant_id: apiKeyRecord.shape.tenant_id });

/** A tenant revokes its own keys only: a key of another tenant by the same id stays. */
const revocationRule = changeRule<z.infer<typeof revocation>>({
  name: 'api_key_revocation',
  value: revocation,
  apply: (catalogue, key, { tenant_id }) => {
    const present = catalogue.get('api_key', key);
    return present === undefined || present.tenant_id !== tenant_id || present.revoked ? undefined : put('api_key', { ...present, revoked: true });
  },
});

const issueKey = governedTask({
  intent: 'governance.issue_key',
  description: 'Makes an API key known by its hash. The key itself never comes here.',
  input: apiKeyRecord.omit({ revoked: true, issued_by: true }).strict(),
  ofTenant: true,
  changes: (payload) => [recordedChange(keyRule, payload.key_id, { ...payload, revoked: false })],
});

const revokeKey = governedTask({
  intent: 'governance.revoke_key',
  description: 'Revokes an API key of a tenant, for good.',
  input: z.object({ tenant_id: apiKeyRecord.shape.tenant_id, key_id: apiKeyRecord.shape.key_id, reason: z.string().max(500).optional() }),
  ofTenant: true,
  changes: (payload) => [recordedChange(revocationRule, payload.key_id, { tenant_id: payload.tenant_id })],
});

const rotation = z.object({ tenant_id: apiKeyRecord.shape.tenant_id, replacement: z.object({ key_id: apiKeyRecord.shape.key_id, key_hash: apiKeyRecord.shape.key_hash, expires_at: apiKeyRecord.shape.expires_at }), old_expires_at: words.timestamp });

/** The new key stands for the same user within the same scope, in the hands of who asked for it. */
const rotationRule = changeRule<z.infer<typeof rotation>>({
  name: 'api_key_rotation',
  value: rotation,
  apply: (catalogue, key, { tenant_id, replacement }, by) => {
    const present = catalogue.get('api_key', key);
    if (present === undefined || present.tenant_id !== tenant_id || present.revoked || catalogue.get('api_key', replacement.key_id) !== undefined) return undefined;
    const { user_id, scope } = present;
    return put('api_key', { ...replacement, tenant_id, user_id, revoked: false, ...(scope === undefined ? {} : { scope }), ...issuedBy(present, by) });
  },
});

/** From this moment on the old key is of no use; it never lives longer than it would have. */
const retirementRule = changeRule<z.infer<typeof rotation>>({
  name: 'api_key_retirement',
  value: rotation,
  apply: (catalogue, key, { tenant_id, replacement, old_expires_at }) => {
    const present = catalogue.get('api_key', key);
    if (present === undefined || present.tenant_id !== tenant_id || catalogue.get('api_key', replacement.key_id)?.key_hash !== replacement.key_hash) return undefined;
    return present.expires_at !== undefined && present.expires_at <= old_expires_at ? undefined : put('api_key', { ...present, expires_at: old_expires_at });
  },
});

const rotateKey = governedTask({
  intent: 'governance.rotate_key',
  description: 'Puts a new API key, known by its hash, in an old one’s place: same user, same scope. The old one ends at once, or after an overlap.',
  input: z.strictObject({
    tenant_id: apiKeyRecord.shape.tenant_id,
    key_id: apiKeyRecord.shape.key_id,
    new_key_id: apiKeyRecord.shape.key_id,
    key_hash: apiKeyRecord.shape.key_hash,
    expires_at: apiKeyRecord.shape.expires_at,
    /** How long both hold. Default: not at all. */
    overlap_s: z.number().int().min(0).max(604_800).default(0),
  }),
  ofTenant: true,
  changes: ({ tenant_id, key_id, new_key_id, key_hash, expires_at, overlap_s }, context) => {
    if (new_key_id === key_id) throw failure('governance.invalid', { message: 'a new key has an id of its own', field: '/new_key_id' });
    const old_expires_at = new Date(Date.parse(context.created_at) + overlap_s * 1000).toISOString();
    const change = { tenant_id, replacement: { key_id: new_key_id, key_hash, ...(expires_at === undefined ? {} : { expires_at }) }, old_expires_at };
    return [recordedChange(rotationRule, key_id, change), recordedChange(retirementRule, key_id, change)];
  },
});

export const apiKeyCapabilities = [issueKey, rotateKey, revokeKey];
export const apiKeyRules = [keyRule, rotationRule, retirementRule, revocationRule];
