import { randomBytes } from 'node:crypto';
import type { Client } from '@symphainy/client';
import { mintApiKey } from '@symphainy/governance';
import type { Command, Invocation } from '../command.js';
import { readAll } from './governance.commands.js';

const expires = { expires: { type: 'string', value: '<time>', summary: 'RFC 3339, e.g. 2030-01-01T00:00:00.000Z; default: never' } } as const;

/** The key is made here and shown once; the platform learns its hash. */
async function issue(client: Client, owner: { tenant_id: string; user_id: string }, keyId: string, expiresAt: string | undefined): Promise<{ key_id: string; key: string }> {
  const { text, hash } = mintApiKey(keyId, randomBytes(32));
  await client.governance.submit('issue_key', { ...owner, key_id: keyId, key_hash: hash, ...(expiresAt === undefined ? {} : { expires_at: expiresAt }) });
  return { key_id: keyId, key: text };
}

function issueKey({ client, words, text }: Invocation): Promise<unknown> {
  return issue(client(), { tenant_id: words['tenant_id'] ?? '', user_id: words['user_id'] ?? '' }, words['key_id'] ?? '', text('expires'));
}

/** The old key works until the new one is in force. */
async function rotateKey({ client, words, text }: Invocation): Promise<unknown> {
  const { tenant_id = '', user_id = '', key_id = '', new_key_id = '' } = words;
  const api = client();
  const issued = await issue(api, { tenant_id, user_id }, new_key_id, text('expires'));
  await api.governance.submit('revoke_key', { tenant_id, key_id, reason: `rotated to ${new_key_id}` });
  return { ...issued, revoked: key_id };
}

export const keyCommands: readonly Command[] = [
  { path: 'governance identities list', summary: 'People and services', run: async ({ client }) => (await readAll(client(), 'identities')).entries },
  { path: 'governance keys issue', words: ['tenant_id', 'user_id', 'key_id'], summary: 'Make an API key and show it once', options: expires, run: issueKey },
  { path: 'governance keys rotate', words: ['tenant_id', 'user_id', 'key_id', 'new_key_id'], summary: 'Make a new key, then revoke the old one', options: expires, run: rotateKey },
  { path: 'governance keys revoke', words: ['tenant_id', 'key_id'], summary: 'Revoke an API key, for good', run: ({ client, words }) => client().governance.submit('revoke_key', words) },
];
