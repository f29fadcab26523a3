import { failure, type ApiKeyRecord, type Caller } from '@symphainy/contracts';
import { equalSecret, sha256Hex } from '@symphainy/kernel';
import { randomBytes } from 'node:crypto';
import type { Authenticated } from './authenticated.js';
import type { KeySet } from './verification-keys.js';

/** `sk_<key_id>_<43 base64url characters>`; the id itself may hold underscores. */
const API_KEY = /^sk_([A-Za-z0-9_-]{1,80})_[A-Za-z0-9_-]{43}$/;

/** Makes a key: its text, which is shown once and kept nowhere, and the hash that is stored. */
export function mintApiKey(keyId: string): { text: string; hash: string } {
  const text = `sk_${keyId}_${randomBytes(32).toString('base64url')}`;
  return { text, hash: sha256Hex(text) };
}

/** Compared against when the key id is unknown, so that both cases take the same steps. */
const NO_HASH = '0'.repeat(64);

export const looksLikeApiKey = (credentials: string): boolean => credentials.startsWith('sk_');

/** Verifies an API key; throws auth.invalid, auth.revoked or auth.expired. Roles are read from the bundle, so none are named here. */
export function verifyApiKey(keys: KeySet, credentials: string, now: number): Authenticated {
  const record = keys.apiKeys.get(API_KEY.exec(credentials)?.[1] ?? '');
  const matches = equalSecret(sha256Hex(credentials), record?.key_hash ?? NO_HASH);
  if (record === undefined || !matches) throw failure('auth.invalid', { message: 'the API key is not known' });
  if (record.revoked) throw failure('auth.revoked', { message: `the API key ${record.key_id} was revoked` });
  const expiresAt = record.expires_at === undefined ? undefined : Date.parse(record.expires_at);
  if (expiresAt !== undefined && expiresAt <= now) throw failure('auth.expired', { message: `the API key ${record.key_id} expired at ${record.expires_at}` });
  return { caller: callerOf(record), expiresAt, credentials, ...(record.scope === undefined ? {} : { scope: record.scope }) };
}

/** Issuers of the platform's tenant are above all tenants anyway: only those of the key's own make two people of a tenant possibly one. */
function callerOf({ tenant_id, user_id, issued_by = [] }: ApiKeyRecord): Caller {
  const key_issuers = issued_by.filter((issuer) => issuer.tenant_id === tenant_id).map((issuer) => issuer.user_id);
  return { tenant_id, user_id, roles: [], auth: 'api_key', ...(key_issuers.length === 0 ? {} : { key_issuers }) };
}
