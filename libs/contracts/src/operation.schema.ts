/**
 * Operations: what a person or service does to executions that are under way. Each is an intent `runtime.<operation>` with its own policy decision and
 * record; it reaches the stream as a command to the stream's owner, and every record it causes there names the operation's execution.
 */
import { z } from 'zod';
import { executionStatus } from './execution.schema.js';
import { wireError } from './problem.schema.js';
import { caller } from './session.schema.js';
import { intentType, json, jsonObject, moment, stepName, uuid } from './words.js';

const reason = z.string().min(1).max(500);

/** Which executions a bulk operation is for. */
export const executionsQuery = z.strictObject({
  /** `mine`: those of the caller; `tenant`: everybody's, which policy must permit. Default `mine`. */
  of: z.enum(['mine', 'tenant']).default('mine').meta({ format: 'execution-scope' }),
  session_id: uuid.optional(),
  intent_type: intentType.optional(),
  status: executionStatus.optional(),
  created_after: moment.optional(),
  created_before: moment.optional(),
  /** At most so many, newest first of each status. Default 1000. */
  limit: z.number().int().min(1).max(10_000).default(1000),
});
export type ExecutionsQuery = z.infer<typeof executionsQuery>;

/** Exactly one of them. The format makes acceptance look up whose execution it is, for policy. */
const target = { execution_id: uuid.meta({ format: 'execution-reference' }).optional(), query: executionsQuery.optional() };

/** Only says which executions it would be applied to, and applies it to none. Whether it would apply to each is not looked at. */
const dry_run = z.boolean().optional();

const operation = <S extends z.ZodRawShape>(shape: S) => z.strictObject({ ...target, dry_run, reason: reason.default('asked for by an operator'), ...shape });

/** What is told an execution that is about a person is about that person, too. */
const targets = { 'x-personal': { subject: '?' } };

/** The payload of each operation. */
export const operations = {
  /** Running work is dropped, effects are awaited, what was done is compensated, children are cancelled too. */
  cancel: operation({}),
  /** No further step starts; what runs is recorded. */
  pause: operation({}),
  resume: operation({}),
  /** What a waiting signal step waits for. */
  signal: operation({ signal: z.string().max(80), data: json.meta(targets).default(null) }),
  /** Lets an effect that waits for approval go ahead, or not. The submitter may not approve. */
  approve: operation({ step: stepName, approved: z.boolean().default(true) }),
  /** The failed steps get new attempts; a failed compensation too. */
  retry: operation({ step: stepName.optional() }),
  /** A step and all that follow it are run again. */
  continue_from: operation({ step: stepName }),
  /** Undoes what was completed. */
  compensate: operation({}),
  /** Goes on without a compensation that failed for good. */
  skip_compensation: operation({ step: stepName }),
  /** Says whether an effect whose outcome is unknown happened. */
  resolve_effect: operation({ step: stepName, happened: z.boolean(), receipt: json.meta(targets).optional() }),
  /** Ends it at once: nothing is awaited, nothing compensated. */
  terminate: operation({}),
  /** Has a runtime that is there go on with what a dead one left, now rather than at its next look. */
  adopt: operation({}),
} as const;

export const operationName = z.enum(Object.keys(operations) as [OperationName, ...OperationName[]]);
export type OperationName = keyof typeof operations;
export type OperationPayload<N extends OperationName = OperationName> = z.infer<(typeof operations)[N]>;

/** An operation on its way to the owner of one stream. */
export const operationCommand = z.object({ command: z.literal('operate'), caller, execution_id: uuid, operation: operationName, operation_id: uuid, payload: jsonObject });
export type OperationCommand = z.infer<typeof operationCommand>;

/** What an operation did. One execution: its refusal is the operation's error instead. */
export const operationReport = z.object({
  matched: z.number().int(),
  /** Of a query: more match than its limit. They are not counted, and stay as they are. */
  more: z.boolean().optional(),
  /** Applied now. */
  done: z.number().int(),
  /** It stood so already. */
  unchanged: z.number().int(),
  refused: z.number().int(),
  /** The first hundred refusals. */
  refusals: z.array(z.object({ execution_id: uuid, error: wireError })).max(100),
  /** Of a dry run: the first hundred that it would be applied to. */
  matches: z.array(uuid).max(100).optional(),
});
export type OperationReport = z.infer<typeof operationReport>;

/** The payload of `runtime.schedule`: an intent that is submitted again and again, by a service identity, until the schedule is cancelled. One that would never fire, or whose intent could not be accepted from anybody, is refused. */
export const schedulePayload = z.strictObject({
  /** Five fields (minute hour day month weekday) or six (seconds first). */
  cron: z.string().min(1).max(120).meta({ format: 'cron' }),
  /** An IANA time zone. Default UTC. */
  time_zone: z.string().max(60).default('UTC').meta({ format: 'time-zone' }),
  /** Firings that fell due while nothing ran: `skip` them, fire `once` for all, or `all` of them (the last hundred). Default `once`. */
  missed: z.enum(['skip', 'once', 'all']).default('once'),
  /** No firing after this moment. */
  until: moment.optional(),
  /** No more firings than this. */
  max_firings: z.number().int().min(1).optional(),
  /** The service identity of the tenant that submits. */
  as: z.string().min(1).max(200),
  intent: z.strictObject({ intent_type: intentType, payload: jsonObject.default({}), metadata: jsonObject.default({}) }),
}).meta({ 'x-occurs': true, 'x-submits': true });
export type SchedulePayload = z.infer<typeof schedulePayload>;
