import type { Client } from '@symphainy/client';
import { NegativeAnswer, type Command, type Invocation } from '../command.js';
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

export const intentCommands: readonly Command[] = [
  { path: 'intents submit', words: ['intent-type'], summary: 'Submit an intent', options: submitOptions, run: submit },
  { path: 'capabilities list', summary: 'What can be asked for', run: async ({ client }) => (await client().capabilities.list()).capabilities.map(({ name, version, realm, determinism, description }) => ({ name, version, realm, determinism, description })) },
  { path: 'capabilities show', words: ['intent-type'], summary: 'One capability, with its contracts', run: ({ client, words }) => client().capabilities.read(words['intent-type'] ?? '') },
];
