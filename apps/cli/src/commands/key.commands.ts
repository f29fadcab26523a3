import { apiKeyScope, identity } from '@symphainy/contracts';
import { systemClock, type Json } from '@symphainy/kernel';
import { UsageError, type Command, type Invocation } from '../command.js';
import { objectIn } from '../json-input.js';
import { readAll } from './governance.commands.js';

const expires = { expires: { type: 'string', value: '<time>', summary: 'RFC 3339, e.g. 2030-01-01T00:00:00.000Z; default: never' } } as const;

function expiry({ text }: Invocation): { expires_in_s?: number } {
  const given = text('expires');
  if (given === undefined) return {};
  const seconds = Math.round((Date.parse(given) - systemClock.now()) / 1000);
  if (!(seconds >= 60)) throw new UsageError('--expires: must be a time, RFC 3339, a minute from now or later');
  return { expires_in_s: seconds };
}

/** The gateway draws the key: its answer alone holds it. */
const shown = ({ api_key, ...about }: { readonly api_key: string }): object => ({ ...about, key: api_key });

async function issueKey(invocation: Invocation): Promise<unknown> {
  const { tenant_id = '', user_id = '', key_id = '' } = invocation.words;
  const given = invocation.text('scope');
  const scope = apiKeyScope.optional().safeParse(given === undefined ? undefined : objectIn(given, '--scope'));
  if (!scope.success) throw new UsageError(`--scope: /${scope.error.issues[0]?.path.join('/') ?? ''}: ${scope.error.issues[0]?.message ?? 'no scope'}`);
  return shown(await invocation.client().keys.issue({ tenant_id, user_id, key_id, ...expiry(invocation), ...(scope.data === undefined ? {} : { scope: scope.data }) }, { signal: invocation.signal }));
}

async function rotateKey(invocation: Invocation): Promise<unknown> {
  const { tenant_id = '', key_id = '', new_key_id = '' } = invocation.words;
  const overlap = Number(invocation.text('overlap') ?? 0);
  if (!Number.isInteger(overlap) || overlap < 0) throw new UsageError('--overlap: must be seconds');
  return { ...shown(await invocation.client().keys.rotate(key_id, { tenant_id, new_key_id, overlap_s: overlap, ...expiry(invocation) }, { signal: invocation.signal })), replaces: key_id };
}

function registerIdentity({ client, words, text, flag, signal }: Invocation): Promise<unknown> {
  const kind = identity.shape.kind.safeParse(text('kind') ?? 'person');
  if (!kind.success) throw new UsageError(`--kind: must be one of ${identity.shape.kind.options.join(', ')}`);
  const roles = (text('roles') ?? '').split(',').map((role) => role.trim()).filter((role) => role !== '');
  const attributes = text('attributes');
  const payload: { [key: string]: Json } = { ...words, kind: kind.data, roles, status: flag('disable') ? 'disabled' : 'active', ...(attributes === undefined ? {} : { attributes: objectIn(attributes, '--attributes') }) };
  return client().governance.submit('register_identity', payload, { signal });
}

const identityOptions = {
  kind: { type: 'string', value: '<kind>', summary: `${identity.shape.kind.options.join(' or ')}; default: person` },
  roles: { type: 'string', value: '<a,b>', summary: 'all of its roles; default: none' },
  attributes: { type: 'string', value: '<json|@file>', summary: 'what else policies may read of it' },
  disable: { type: 'boolean', summary: 'let nothing of it in any more' },
} as const;

const tenantOption = { tenant: { type: 'string', value: '<id>', summary: 'everybody’s of this tenant, for administrators of governance; default: the caller’s own' } } as const;

export const keyCommands: readonly Command[] = [
  { path: 'governance identities list', summary: 'People and services', run: async ({ client }) => (await readAll(client(), 'identities')).entries },
  { path: 'governance identities register', words: ['tenant_id', 'user_id'], summary: 'Add a person or service, or say anew what it is', options: identityOptions, run: registerIdentity },
  { path: 'governance keys list', summary: 'API keys, without their secrets: whose, until when, for what, issued by whom', options: tenantOption, run: async ({ client, text }) => (await client().keys.list(text('tenant') === undefined ? {} : { of: 'tenant', tenant_id: text('tenant')! })).keys },
  { path: 'governance keys issue', words: ['tenant_id', 'user_id', 'key_id'], summary: 'Issue an API key and show it once', options: { ...expires, scope: { type: 'string', value: '<json|@file>', summary: 'what it may be used for, e.g. {"actions":["read"]}; default: all that its user may' } }, run: issueKey },
  { path: 'governance keys rotate', words: ['tenant_id', 'key_id', 'new_key_id'], summary: 'Put a new key in an old one’s place: same user, same scope', options: { ...expires, overlap: { type: 'string', value: '<seconds>', summary: 'how long the old one still holds; default: not at all' } }, run: rotateKey },
  { path: 'governance keys revoke', words: ['tenant_id', 'key_id'], summary: 'Revoke an API key, for good', run: ({ client, words, signal }) => client().keys.revoke(words['key_id'] ?? '', words['tenant_id'], { signal }) },
];
