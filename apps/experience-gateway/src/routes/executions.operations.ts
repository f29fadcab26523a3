import { determinismReport, executionResult, executionStatus, executionView, frame, replayMode, replayReport, subjects, validationReport, words } from '@symphainy/contracts';
import { z } from 'zod';
import { operation } from '../http/operation.js';
import { ofExecution, page } from './parts.js';

const tag = 'executions';
const access = 'caller';
const failures = ['execution.not_found'] as const;

export const listExecutions = operation({
  id: 'listExecutions', method: 'GET', path: '/v1/executions', tag, access,
  summary: 'Executions, newest first',
  query: z.strictObject({ session_id: words.uuid.optional(), intent_type: words.intentType.optional(), status: executionStatus.optional(), ...page }),
  replies: { 200: { description: 'A page of executions', schema: subjects['runtime.execution.list'].reply } },
});

export const readExecution = operation({
  id: 'readExecution', method: 'GET', path: '/v1/executions/:execution_id', tag, access,
  summary: 'An execution: the fold of its stream',
  params: ofExecution,
  replies: { 200: { description: 'The execution', schema: executionView } },
  failures,
});

/** The saga's status: where the execution and each of its steps stand. */
export const statusView = executionView.pick({ execution_id: true, session_id: true, intent_type: true, status: true, steps: true, created_at: true, ended_at: true, execution_time_ms: true, error: true });

export const readStatus = operation({
  id: 'readExecutionStatus', method: 'GET', path: '/v1/executions/:execution_id/status', tag, access,
  summary: 'Where an execution and each step of its saga stand',
  params: ofExecution,
  replies: { 200: { description: 'The status', schema: statusView } },
  failures,
});

export const readResult = operation({
  id: 'readExecutionResult', method: 'GET', path: '/v1/executions/:execution_id/result', tag, access,
  summary: 'The result: output, artifacts, events and state changes',
  params: ofExecution,
  replies: { 200: { description: 'The result', schema: executionResult } },
  failures,
});

export const framesPage = z.object({
  execution_id: words.uuid,
  session_id: words.uuid,
  frames: z.array(frame),
  /** Where to go on reading. */
  next_seq: z.number().int(),
  /** The stream has its last frame. */
  ended: z.boolean(),
});

export const readRecords = operation({
  id: 'readExecutionRecords', method: 'GET', path: '/v1/executions/:execution_id/records', tag, access,
  summary: 'The committed frames of an execution from a sequence number on',
  params: ofExecution,
  query: z.strictObject({ from_seq: z.coerce.number().int().min(0).default(0), limit: z.coerce.number().int().min(1).max(1000).default(200) }),
  replies: { 200: { description: 'Frames in order', schema: framesPage } },
  failures,
});

export const watchEvents = operation({
  id: 'watchExecution', method: 'GET', path: '/v1/executions/:execution_id/events', tag, access,
  summary: 'Live frames as server-sent events, resumable',
  description: 'Events: `frame` (id = sequence number, data = the committed frame), then `end` (data = execution_id, status, last_seq), or `problem` (data = problem details). Comments keep the connection alive. Reconnect with Last-Event-ID or from_seq and nothing is missed; 204 says that nothing more will come.',
  params: ofExecution,
  query: z.strictObject({ from_seq: z.coerce.number().int().min(0).optional() }),
  headers: { 'Last-Event-ID': 'The last sequence number received; the stream goes on after it' },
  replies: { 200: { description: 'The stream', schema: z.string(), mediaType: 'text/event-stream' }, 204: { description: 'The execution has ended and everything was received' } },
  failures,
});

export const replayExecution = operation({
  id: 'replayExecution', method: 'POST', path: '/v1/executions/:execution_id/replay', tag, access, safe: true,
  summary: 'Replay an execution from the log',
  description: '`events_only`: the records in order, a page at a time. `state_only`: the fold of the log, compared with what was live. `full`: deterministic steps are run again on their recorded inputs, in a sandbox without effects, and compared with the record by hash; the report names step and field of every divergence.',
  params: ofExecution,
  body: z.strictObject({ mode: replayMode.default('state_only'), from_seq: z.number().int().min(0).optional(), limit: z.number().int().min(1).max(1000).optional() }),
  replies: { 200: { description: 'What the log gives', schema: replayReport } },
  failures: [...failures, 'wal.chain_broken'],
});

export const checkDeterminism = operation({
  id: 'checkDeterminism', method: 'POST', path: '/v1/executions/:execution_id/determinism-check', tag, access,
  summary: 'Run an execution’s deterministic steps twice and compare; the verdict is recorded',
  params: ofExecution,
  body: z.strictObject({}),
  replies: { 200: { description: 'The report', schema: determinismReport } },
  failures: [...failures, 'execution.not_applicable'],
});

export const validateExecution = operation({
  id: 'validateExecution', method: 'GET', path: '/v1/executions/:execution_id/validation', tag, access,
  summary: 'Check an execution’s stream: hash chain, grammar, policy, attribution, artifacts',
  params: ofExecution,
  replies: { 200: { description: 'The report', schema: validationReport } },
  failures,
});
