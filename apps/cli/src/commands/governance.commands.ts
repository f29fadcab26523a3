import { writeFileSync } from 'node:fs';
import type { Client } from '@symphainy/client';
import { changeableLists } from '@symphainy/contracts';
import type { Command, Invocation } from '../command.js';
import { objectIn } from '../json-input.js';

/** The lists that make a bundle readable again elsewhere: what offline tests and diffs run upon. */
const BUNDLE_LISTS = [...changeableLists, 'capabilities'] as const;
const reason = { reason: { type: 'string', value: '<words>', summary: 'recorded with the change' } } as const;
const bundle = { bundle: { type: 'string', value: '<hash>', summary: 'of a kept bundle; default: the one in force' } } as const;

/** Every entry of a list, page after page. */
export async function readAll(client: Client, list: string, hash?: string): Promise<{ entries: Record<string, unknown>[]; bundle: { version: number; hash: string; created_at: string } }> {
  const entries: Record<string, unknown>[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await client.governance.read(list, { ...(cursor === undefined ? {} : { cursor }), ...(hash === undefined ? {} : { bundle: hash }) });
    entries.push(...page.entries);
    cursor = page.next_cursor;
    if (cursor === undefined) return { entries, bundle: page.bundle };
  }
}

/** A bundle as the platform lets this caller see it. */
export async function readBundle(client: Client, hash?: string): Promise<Record<string, unknown>> {
  const { bundle: about, entries } = await readAll(client, BUNDLE_LISTS[0], hash);
  const rest = await Promise.all(BUNDLE_LISTS.slice(1).map(async (list) => [list, (await readAll(client, list, about.hash)).entries] as const));
  return { version: about.version, created_at: about.created_at, tenants: entries, ...Object.fromEntries(rest) };
}

const change = (action: string) => ({ client, words, text, signal }: Invocation): Promise<unknown> =>
  client().governance.submit(action, { ...words, ...objectIn(text('settings'), '--settings'), ...(text('reason') === undefined ? {} : { reason: text('reason')! }) }, { signal });

async function exportBundle({ client, text }: Invocation): Promise<unknown> {
  const whole = await readBundle(client(), text('bundle'));
  const file = text('out');
  if (file === undefined) return whole;
  writeFileSync(file, `${JSON.stringify(whole, null, 2)}\n`);
  return { written: file, version: whole['version'] };
}

export const governanceCommands: readonly Command[] = [
  { path: 'governance read', words: ['list'], summary: 'A list of the bundle in force: tenants, identities, policies, capabilities, policy_tests, candidates, …', options: bundle, run: async ({ client, words, text }) => (await readAll(client(), words['list'] ?? '', text('bundle'))).entries },
  { path: 'governance submit', words: ['action'], summary: 'Ask for any change of governance, and wait until it is in force', options: { payload: { type: 'string', value: '<json|@file>', summary: 'what the change takes' } }, run: ({ client, words, text, signal }) => client().governance.submit(words['action'] ?? '', objectIn(text('payload'), '--payload'), { signal }) },
  { path: 'governance tenants create', words: ['tenant_id', 'name'], summary: 'Add a tenant', options: { settings: { type: 'string', value: '<json|@file>', summary: 'switches, limits, quotas' } }, run: change('create_tenant') },
  { path: 'governance tenants update', words: ['tenant_id'], summary: 'Change a tenant’s switches, limits, quotas or name', options: { settings: { type: 'string', value: '<json|@file>', summary: 'what changes, e.g. {"switches":{"sla":"enforce"}}' }, ...reason }, run: change('update_tenant') },
  { path: 'governance tenants suspend', words: ['tenant_id'], summary: 'Deny a tenant’s new work; what runs goes on', options: reason, run: change('suspend_tenant') },
  { path: 'governance tenants resume', words: ['tenant_id'], summary: 'Let a suspended tenant work again', options: reason, run: change('resume_tenant') },
  { path: 'governance tenants close', words: ['tenant_id'], summary: 'Close a tenant for good', options: reason, run: change('close_tenant') },
  { path: 'governance bundles list', summary: 'Bundles that were in force, newest first, each with who made it, by which intent, and why', run: async ({ client }) => (await client().governance.read('bundles')).entries },
  { path: 'governance bundles export', summary: 'A bundle as one file, to test policies against offline', options: { out: { type: 'string', value: '<file>', summary: 'write it here; default: standard output' }, ...bundle }, run: exportBundle },
];
