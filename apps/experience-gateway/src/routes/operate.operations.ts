import { executionsQuery, executionStatus, executionView, operationName, operationReport, operations, schedulePayload, words } from '@symphainy/contracts';
import { z } from 'zod';
import { operation } from '../http/operation.js';
import { ofExecution, page } from './parts.js';

const tag = 'operations';
const access = 'caller';
/** Sent again under the same key, it is the operation that was submitted first, and is answered as that was. */
const headers = { 'Idempotency-Key': 'Of up to 200 characters, unique to the request: sent again with it, the operation is not applied again (as the tenant’s idempotency mode says of intents)' };
const failures = ['intent.duplicate', 'execution.not_found', 'execution.ended', 'execution.not_applicable', 'policy.denied', 'policy.no_bundle', 'runtime.unavailable', 'wait.elapsed'] as const;

/** The execution as it stands after the operation, and the operation's own execution, which holds its decision and record. */
export const operated = executionView.extend({ operation_id: words.uuid });
const replies = { 200: { description: 'The execution after the operation', schema: operated } };

const ofStep = ofExecution.extend({ step: words.stepName });
const why = { reason: true } as const;

const simple = (id: string, path: string, summary: string, body: z.ZodType) => operation({ id, method: 'POST', path: `/v1/executions/:execution_id/${path}`, tag, access, summary, params: ofExecution, headers, body, replies, failures });

export const cancelExecution = simple('cancelExecution', 'cancel', 'Cancel an execution: running work is dropped, effects are awaited, what was completed is compensated, children are cancelled too', operations.cancel.pick(why));
export const pauseExecution = simple('pauseExecution', 'pause', 'Pause an execution: no further step starts, what runs is recorded', operations.pause.pick(why));
export const resumeExecution = simple('resumeExecution', 'resume', 'Let a paused execution go on', operations.resume.pick(why));
export const retryExecution = simple('retryExecution', 'retry', 'Give the failed steps of an execution, or its failed compensation, new attempts', operations.retry.pick({ ...why, step: true }));
export const continueExecution = simple('continueExecution', 'continue', 'Run a step and all that follow it again', operations.continue_from.pick({ ...why, step: true }));
export const compensateExecution = simple('compensateExecution', 'compensate', 'Undo what an execution completed', operations.compensate.pick(why));
export const terminateExecution = simple('terminateExecution', 'terminate', 'End an execution at once: nothing is awaited, nothing compensated', operations.terminate.pick(why));
export const adoptExecution = simple('adoptExecution', 'adopt', 'Have an execution go on whose runtime is gone', operations.adopt.pick(why));

export const sendSignal = operation({
  id: 'sendSignal', method: 'POST', path: '/v1/executions/:execution_id/signals/:name', tag, access,
  summary: 'Send what a signal step waits for, or will wait for',
  params: ofExecution.extend({ name: z.string().max(80).regex(/^[a-z][a-z0-9_-]*$/, 'must be a signal name') }),
  headers,
  body: operations.signal.pick({ ...why, data: true }),
  replies,
  failures: [...failures, 'execution.not_waiting', 'execution.signal_kept', 'execution.signal_reserved'],
});

const atStep = (id: string, path: string, summary: string, body: z.ZodType) => operation({ id, method: 'POST', path: `/v1/executions/:execution_id/steps/:step/${path}`, tag, access, summary, params: ofStep, headers, body, replies, failures });

export const approveEffect = atStep('approveEffect', 'approval', 'Approve an effect that waits for it, or refuse; the submitter may not', operations.approve.pick({ ...why, approved: true }));
export const resolveEffect = atStep('resolveEffect', 'resolution', 'Say whether an effect whose outcome is unknown happened', operations.resolve_effect.pick({ ...why, happened: true, receipt: true }));
export const skipCompensation = atStep('skipCompensation', 'skip-compensation', 'Go on without a compensation that failed for good', operations.skip_compensation.pick(why));

export const operateInBulk = operation({
  id: 'operateInBulk', method: 'POST', path: '/v1/operations', tag, access,
  summary: 'Apply an operation to all executions that a query finds',
  description: 'Answers 200 with the report when the operation ends within 20 s, and 202 while it goes on; either way it is an execution of its own that can be read, watched and cancelled, and whose step tells how far it has come (`progress`). Refusals of single executions are counted, and the first hundred told.',
  headers,
  body: z.strictObject({ operation: operationName, query: executionsQuery, dry_run: z.boolean().optional().describe('only say which executions it would be applied to'), reason: z.string().min(1).max(500).optional(), arguments: words.jsonObject.default({}).describe('what the operation wants beside its reason: `step`, `signal`, `data`, …') }),
  replies: {
    200: { description: 'What was done', schema: z.object({ operation_id: words.uuid, status: executionStatus, report: operationReport }) },
    202: { description: 'It goes on', schema: z.object({ operation_id: words.uuid, status: executionStatus }), headers: { Location: 'Where the operation’s execution is read' } },
  },
  failures: ['request.invalid', 'intent.duplicate', 'policy.denied', 'policy.no_bundle', 'runtime.unavailable', 'wait.elapsed'],
});

const scheduleView = z.object({ schedule_id: words.uuid, session_id: words.uuid, status: executionStatus, /** What refused its last firing; of one that failed, why. */ error_code: z.string().optional() });

export const createSchedule = operation({
  id: 'createSchedule', method: 'POST', path: '/v1/schedules', tag, access,
  summary: 'Submit an intent whenever a cron expression says so',
  description: 'A schedule is an execution of the intent runtime.schedule: its records tell each firing, and cancelling it ends it.',
  headers,
  body: schedulePayload,
  replies: { 201: { description: 'The schedule', schema: scheduleView, headers: { Location: 'Where its execution is read' } } },
  failures: ['intent.payload_invalid', 'intent.duplicate', 'policy.denied', 'policy.no_bundle', 'runtime.unavailable', 'wait.elapsed'],
});

export const listSchedules = operation({
  id: 'listSchedules', method: 'GET', path: '/v1/schedules', tag, access,
  summary: 'Schedules, newest first',
  query: z.strictObject({ status: executionStatus.default('running'), ...page }),
  replies: { 200: { description: 'A page of schedules', schema: z.object({ schedules: z.array(scheduleView), next_cursor: z.string().optional() }) } },
});

export const endSchedule = operation({
  id: 'endSchedule', method: 'DELETE', path: '/v1/schedules/:execution_id', tag, access,
  summary: 'End a schedule',
  params: ofExecution,
  headers,
  replies,
  failures,
});
