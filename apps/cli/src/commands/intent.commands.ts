import type { Client } from '@symphainy/client';
import { registryHealth, registryKind, registryQuery, type RegistryFound } from '@symphainy/contracts';
import { NegativeAnswer, UsageError, type Command, type Invocation } from '../command.js';
import { objectIn } from '../json-input.js';

const submitOptions = {
  payload: { type: 'string', value: '<json|@file>', summary: 'what the intent takes; @- reads standard input' },
  session: { type: 'string', value: '<id>', summary: 'session to submit to; default: a new one' },
  'idempotency-key': { type: 'string', value: '<key>', summary: 'asking again with it gives the same execution' },
  wait: { type: 'boolean', summary: 'wait for the result; exit status 1 when the execution failed' },
} as const;

async function submit({ client, words, text, flag, signal }: Invocation): Promise<unknown> {
  const api = client();
  const key = text('idempotency-key');
  const submission = { intent_type: words['intent-type'] ?? '', session_id: text('session') ?? (await opened(api)), payload: objectIn(text('payload'), '--payload'), ...(key === undefined ? {} : { idempotency_key: key }) };
  if (!flag('wait')) return api.intents.submit(submission, { signal });
  const result = await api.intents.execute(submission, { signal });
  if (!result.success) throw new NegativeAnswer(`the execution failed: ${result.error?.code ?? 'unknown'}: ${result.error?.message ?? ''}`, result);
  return result;
}

export const opened = async (client: Client): Promise<string> => (await client.sessions.create()).session_id;

const registryOptions = {
  text: { type: 'string', value: '<words>', summary: 'in name, description, owner or realm' },
  kind: { type: 'string', value: '<kind>', summary: registryKind.options.join(', ') },
  owner: { type: 'string', value: '<name>', summary: 'in the owner’s name' },
  determinism: { type: 'string', value: '<kind>', summary: 'of capabilities and agents' },
  health: { type: 'string', value: '<health>', summary: `${registryHealth.options.join(', ')}: how those who serve it are now` },
  deprecated: { type: 'string', value: '<true|false>', summary: 'whether there is a notice on it' },
} as const;

/** Every entry that fits, page after page. */
async function search({ client, text }: Invocation): Promise<unknown> {
  const asked = Object.fromEntries(Object.keys(registryOptions).flatMap((name) => (text(name) === undefined ? [] : [[name, text(name)]])));
  const query = registryQuery.safeParse(asked);
  if (!query.success) throw new UsageError(`--${query.error.issues[0]?.path.join('/') ?? ''}: ${query.error.issues[0]?.message ?? 'does not fit'}`);
  const found: RegistryFound[] = [];
  for (let cursor: string | undefined; ; ) {
    const { entries, next_cursor } = await client().capabilities.search({ ...query.data, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...entries);
    cursor = next_cursor;
    if (cursor === undefined) return found;
  }
}

export const intentCommands: readonly Command[] = [
  { path: 'intents submit', words: ['intent-type'], summary: 'Submit an intent', options: submitOptions, run: submit },
  { path: 'registry search', summary: 'Find capabilities, agents, domains and Solutions', options: registryOptions, run: search },
  { path: 'capabilities list', summary: 'What can be asked for', run: async ({ client }) => (await client().capabilities.list()).capabilities.map(({ name, version, realm, determinism, description }) => ({ name, version, realm, determinism, description })) },
  { path: 'capabilities show', words: ['intent-type'], summary: 'One capability, with its contracts', run: ({ client, words }) => client().capabilities.read(words['intent-type'] ?? '') },
];
