import { apiKeyRecord, apiKeyScope, grant, grantAction, grantRequest, subjects, words } from '@symphainy/contracts';
import { z } from 'zod';
import { operation } from '../http/operation.js';

const access = 'caller';
const denied = ['policy.denied', 'policy.no_bundle', 'runtime.unavailable', 'wait.elapsed'] as const;

export const listGrants = operation({
  id: 'listGrants', method: 'GET', path: '/v1/grants', tag: 'grants', access,
  summary: 'The tenant’s grants: what was asked for lately, and what holds; newest first',
  query: z.strictObject({ status: grant.shape.status.optional(), action: grantAction.optional(), user_id: words.userId.optional() }),
  replies: { 200: { description: 'The grants', schema: subjects['runtime.grant.list'].reply } },
  failures: ['policy.no_bundle', 'runtime.unavailable'],
});

export const requestGrant = operation({
  id: 'requestGrant', method: 'POST', path: '/v1/grants', tag: 'grants', access,
  summary: 'Ask for leave to operate on, signal, replay or read executions for a while; somebody else approves',
  body: grantRequest,
  replies: { 201: { description: 'The request; its id is that of the execution that recorded it', schema: grant } },
  failures: denied,
});

const ofGrant = z.strictObject({ grant_id: words.uuid });
const decided = (id: string, verb: string, summary: string) =>
  operation({
    id, method: 'POST', path: `/v1/grants/:grant_id/${verb}`, tag: 'grants', access, summary,
    params: ofGrant,
    body: z.strictObject({ reason: z.string().max(500).optional() }),
    replies: { 200: { description: 'The grant as it stands now', schema: grant } },
    failures: [...denied, 'grant.not_found', 'grant.not_pending'],
  });

export const approveGrant = decided('approveGrant', 'approve', 'Approve a grant that somebody else asked for');
export const refuseGrant = decided('refuseGrant', 'refuse', 'Refuse a grant');
export const revokeGrant = decided('revokeGrant', 'revoke', 'End a grant at once');

/** What is told of a key: never its hash, and the key itself once. */
export const keyView = apiKeyRecord.omit({ key_hash: true });
export const issuedKey = keyView.extend({ /** The key. It is shown here once, and kept nowhere. */ api_key: z.string() });

const keyId = z.string().min(1).max(80).regex(/^[A-Za-z0-9_-]+$/, 'must be letters, digits, _ and -');
/** Default: never. At most ten years. */
const expiresIn = z.number().int().min(60).max(315_360_000).optional();
const ofKey = z.strictObject({ key_id: keyId });

export const listKeys = operation({
  id: 'listKeys', method: 'GET', path: '/v1/keys', tag: 'keys', access,
  summary: 'The caller’s own API keys, or with `of=tenant` those of all its tenant, for governance administrators; those of the platform’s tenant may name another',
  query: z.strictObject({ of: z.enum(['caller', 'tenant']).default('caller'), /** With `of=tenant`. Default: the caller’s. */ tenant_id: words.tenantId.optional() }),
  replies: { 200: { description: 'The keys, without their secrets', schema: z.object({ keys: z.array(keyView) }) } },
  failures: ['policy.denied', 'policy.no_bundle', 'runtime.unavailable'],
});

export const issueKey = operation({
  id: 'issueKey', method: 'POST', path: '/v1/keys', tag: 'keys', access,
  summary: 'Issue an API key: it is in this answer and nowhere else',
  description: 'The gateway draws the key and submits its hash as the intent governance.issue_key. Answers once every gateway accepts the key.',
  body: z.strictObject({ user_id: words.userId, /** Another tenant’s is for the platform’s operators. Default: the caller’s. */ tenant_id: words.tenantId.optional(), key_id: keyId.optional(), expires_in_s: expiresIn, scope: apiKeyScope.optional() }),
  replies: { 201: { description: 'The key', schema: issuedKey } },
  failures: [...denied, 'key.exists', 'governance.invalid'],
});

export const rotateKey = operation({
  id: 'rotateKey', method: 'POST', path: '/v1/keys/:key_id/rotate', tag: 'keys', access,
  summary: 'Put a new key in an old one’s place: same user, same scope',
  params: ofKey,
  body: z.strictObject({ tenant_id: words.tenantId.optional(), new_key_id: keyId.optional(), expires_in_s: expiresIn, /** How long the old key still holds. Default: not at all. */ overlap_s: z.number().int().min(0).max(604_800).default(0) }),
  replies: { 201: { description: 'The new key', schema: issuedKey } },
  failures: [...denied, 'key.not_found', 'key.exists', 'governance.invalid'],
});

export const revokeKey = operation({
  id: 'revokeKey', method: 'DELETE', path: '/v1/keys/:key_id', tag: 'keys', access,
  summary: 'Revoke an API key, for good; answers once every gateway refuses it',
  params: ofKey,
  query: z.strictObject({ tenant_id: words.tenantId.optional() }),
  replies: { 200: { description: 'The key as it stands', schema: keyView } },
  failures: [...denied, 'key.not_found', 'governance.invalid'],
});
