import { writeFileSync } from 'node:fs';
import { operationName } from '@symphainy/contracts';
import { NegativeAnswer, UsageError, type Command, type Invocation } from '../command.js';
import { objectIn } from '../json-input.js';
import { opened } from './intent.commands.js';

const execution = ['execution'] as const;
const idOf = ({ words }: Invocation): string => words['execution'] ?? '';

async function follow(invocation: Invocation): Promise<void> {
  const { client, emit, signal } = invocation;
  for await (const frame of client().executions.watch(idOf(invocation), { signal })) for (const record of frame.records) emit({ seq: frame.seq, ...record });
  signal.throwIfAborted();
}

async function validate(invocation: Invocation): Promise<unknown> {
  const report = await invocation.client().executions.validate(idOf(invocation));
  if (!report.valid) throw new NegativeAnswer('the record does not hold', report);
  return report;
}

function replay(invocation: Invocation): Promise<unknown> {
  const mode = invocation.text('mode') ?? 'state_only';
  if (mode !== 'events_only' && mode !== 'state_only' && mode !== 'full') throw new UsageError('--mode: must be events_only, state_only or full');
  return invocation.client().executions.replay(idOf(invocation), mode);
}

async function evidence(invocation: Invocation): Promise<unknown> {
  const { client, text, flag } = invocation;
  const exported = await client().evidence.ofExecution(idOf(invocation), { objects: flag('objects') });
  const file = text('out');
  if (file === undefined) return exported;
  writeFileSync(file, JSON.stringify(exported));
  return { written: file };
}

async function operate(invocation: Invocation): Promise<unknown> {
  const { client, words, text } = invocation;
  const operation = operationName.safeParse(words['operation']);
  if (!operation.success) throw new UsageError(`there is no operation "${words['operation']}": one of ${operationName.options.join(', ')}`);
  const reason = text('reason');
  const payload = { execution_id: idOf(invocation), ...objectIn(text('arguments'), '--arguments'), ...(reason === undefined ? {} : { reason }) };
  const api = client();
  const result = await api.intents.execute({ intent_type: `runtime.${operation.data}`, session_id: await opened(api), payload });
  if (!result.success) throw new NegativeAnswer(`the operation was refused: ${result.error?.code ?? 'unknown'}: ${result.error?.message ?? ''}`, result);
  return result.output;
}

export const executionCommands: readonly Command[] = [
  { path: 'executions list', summary: 'Executions, newest first', options: { 'intent-type': { type: 'string', value: '<type>', summary: 'only of this type' } }, run: ({ client, text }) => client().executions.list(text('intent-type') === undefined ? {} : { intent_type: text('intent-type')! }) },
  { path: 'executions show', words: execution, summary: 'How an execution stands', run: (invocation) => invocation.client().executions.read(idOf(invocation)) },
  { path: 'executions result', words: execution, summary: 'What an execution came to', run: (invocation) => invocation.client().executions.result(idOf(invocation)) },
  { path: 'executions events', words: execution, summary: 'Follow an execution’s records to its end, across broken connections', run: follow },
  { path: 'executions validate', words: execution, summary: 'Check the record: chain, grammar, policy, attribution, artifacts', run: validate },
  { path: 'executions decision', words: execution, summary: 'Why its intent was decided as it was: which policies decided, on which attributes with which values', run: (invocation) => invocation.client().policies.explainRecorded(idOf(invocation)) },
  { path: 'executions replay', words: execution, summary: 'Replay an execution; nothing outside is touched', options: { mode: { type: 'string', value: '<mode>', summary: 'events_only, state_only (default) or full' } }, run: replay },
  { path: 'executions evidence', words: execution, summary: 'Export everything that proves an execution; symphainy-verify checks it offline', options: { out: { type: 'string', value: '<file>', summary: 'write it here; default: standard output' }, objects: { type: 'boolean', summary: 'with the bytes of artifacts' } }, run: evidence },
  { path: 'executions operate', words: ['operation', 'execution'], summary: 'Cancel, pause, resume, retry, … an execution', options: { reason: { type: 'string', value: '<words>', summary: 'recorded with the operation' }, arguments: { type: 'string', value: '<json|@file>', summary: 'what the operation wants beside: step, signal, data, …' } }, run: operate },
];
