import { createHash, createHmac, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { systemClock } from '@symphainy/kernel';
import type { Attack, Attempt } from './attempt.js';
import type { Target } from './target.js';

const ISSUER = 'https://login.attack.example';
const AUDIENCE = 'symphainy';
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** RFC 7519 under ES256, by hand: no library would make the bad ones. */
const es256 = (header: object, claims: object, key: KeyObject): string => {
  const text = `${part({ alg: 'ES256', kid: 'k1', ...header })}.${part(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
};
const hs256 = (claims: object, secret: string | Buffer): string => {
  const text = `${part({ alg: 'HS256', kid: 'k1' })}.${part(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
};

/** Keys and tokens at the gateway that are forged, expired, revoked, rotated away, meant for others, or shown again when nobody trusts them any more. */
export const credentialAttack: Attack = {
  name: 'credentials',
  guard: 'credentials',
  run: async (target) => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await trust(target, pair.publicKey);
    const good = es256({}, claimsOf(), pair.privateKey);
    await demandGood(target, good);
    const attempts: Attempt[] = [];
    for (const [how, credentials] of target.choice.of([...(await keys(target)), ...tokens(target, pair)], 10)) attempts.push(await shown(target, how, credentials));
    await governed(target, 'distrust_issuer', { issuer: ISSUER, audience: AUDIENCE });
    return [...attempts, await shown(target, 'a good token, after its issuer is trusted no more', good)];
  },
};

function claimsOf(more: object = {}): object {
  const now = Math.floor(systemClock.now() / 1000);
  return { iss: ISSUER, aud: AUDIENCE, tenant_id: 'globex', sub: 'gina', iat: now, exp: now + 300, ...more };
}

async function governed(target: Target, action: string, payload: object): Promise<void> {
  const { status, text } = await target.unheard('admin').call('POST', `/v1/governance/${action}`, payload);
  if (status >= 300) throw new Error(`${action} was refused: ${text}`);
}

const trust = (target: Target, publicKey: KeyObject): Promise<void> =>
  governed(target, 'trust_issuer', { issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256' }] }, tenants: ['globex'] });

const GOOD_LIMIT_MS = 10_000;

/** Else all that is refused were refused for another reason. */
async function demandGood(target: Target, token: string): Promise<void> {
  for (const end = performance.now() + GOOD_LIMIT_MS; (await target.bearing(token).call('GET', '/v1/me')).status !== 200; ) {
    if (performance.now() > end) throw new Error('a good token is not taken');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function keys(target: Target): Promise<[string, string][]> {
  const { stack, choice } = target;
  const [alice, gina] = [stack.keyOf('alice'), stack.keyOf('gina')];
  const made = (): string => choice.text(43, 'abcdefghijklmnopqrstuvwxyz0123456789');
  const admin = target.unheard('admin');
  const issue = async (key_id: string): Promise<string> => String((await admin.call('POST', '/v1/keys', { tenant_id: 'globex', user_id: 'gina', key_id })).body['api_key']);
  const [revoked, rotated] = [await issue('attack_revoked'), await issue('attack_rotated')];
  await admin.call('DELETE', '/v1/keys/attack_revoked?tenant_id=globex');
  await admin.call('POST', '/v1/keys/attack_rotated/rotate', { tenant_id: 'globex', new_key_id: 'attack_rotated_2' });
  const expired = `sk_attack_expired_${randomBytes(32).toString('base64url')}`;
  await governed(target, 'issue_key', { tenant_id: 'globex', user_id: 'gina', key_id: 'attack_expired', key_hash: createHash('sha256').update(expired).digest('hex'), expires_at: '2026-01-01T00:00:00.000Z' });
  return [
    ['a key with its end changed', `${alice.slice(0, -1)}${alice.endsWith('A') ? 'B' : 'A'}`],
    ['a guessed key of alice', `sk_alice_${made()}`],
    ['alice’s id with gina’s secret', `sk_alice_${gina.slice(-43)}`],
    ['the hash of a key in its place', `sk_alice_${createHash('sha256').update(alice).digest('base64url')}`],
    ['a key that there is none of', `sk_nobody_${made()}`],
    ['a key that was revoked', revoked],
    ['a key that was rotated away', rotated],
    ['a key that has expired', expired],
  ];
}

function tokens(target: Target, { publicKey, privateKey }: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }): [string, string][] {
  const now = Math.floor(systemClock.now() / 1000);
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const good = es256({}, claimsOf(), privateKey);
  const [header, , signature] = good.split('.') as [string, string, string];
  const pem = publicKey.export({ format: 'pem', type: 'spki' });
  return [
    ['an unsigned token (alg none)', `${part({ alg: 'none' })}.${part(claimsOf())}.`],
    ['a token without its signature', `${header}.${part(claimsOf())}.`],
    ['a token signed with the public key as a secret', hs256(claimsOf(), pem)],
    ['a token signed with the public JWK as a secret', hs256(claimsOf(), JSON.stringify(publicKey.export({ format: 'jwk' })))],
    ['a token that another key signed', es256({}, claimsOf(), stranger.privateKey)],
    ['a token that brings its own key', es256({ jwk: stranger.publicKey.export({ format: 'jwk' }) }, claimsOf(), stranger.privateKey)],
    ['a token that names where its key is', es256({ jku: `${target.bait.url}jwks`, kid: 'other' }, claimsOf(), stranger.privateKey)],
    ['a token whose key id is a path', es256({ kid: '../../../../etc/passwd' }, claimsOf(), stranger.privateKey)],
    ['a token with other claims under its signature', `${header}.${part(claimsOf({ sub: 'admin' }))}.${signature}`],
    ['a token that has expired', es256({}, claimsOf({ exp: now - 3600 }), privateKey)],
    ['a token that is not good yet', es256({}, claimsOf({ nbf: now + 3600 }), privateKey)],
    ['a token that never expires', es256({}, claimsOf({ exp: undefined }), privateKey)],
    ['a token for another audience', es256({}, claimsOf({ aud: 'elsewhere' }), privateKey)],
    ['a token for a tenant that its issuer does not speak for', es256({}, claimsOf({ tenant_id: 'acme', sub: 'alice' }), privateKey)],
    ['a token for the platform’s tenant', es256({}, claimsOf({ tenant_id: 'platform', sub: 'admin', roles: ['governance_admin'] }), privateKey)],
  ];
}

async function shown(target: Target, how: string, credentials: string): Promise<Attempt> {
  const readers = [target.as('admin'), target.as('gina'), target.as('alice')];
  const count = async (): Promise<number> => (await Promise.all(readers.map((reader) => target.trail.countSeenBy(reader)))).reduce((a, b) => a + b, 0);
  const [before, visits] = [await count(), target.bait.visits];
  const { status, text } = await target.bearing(credentials).call('GET', '/v1/me');
  const got = target.bait.visits > visits ? 'a key was fetched where the token said' : status === 401 ? undefined : `${status} ${text.slice(0, 120)}`;
  return { name: how, got, recorded: async () => (await count()) > before };
}
