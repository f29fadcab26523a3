import { z } from 'zod';
import { intentType, json, jsonObject, realmName, sha256Digest, stepName } from './words.js';

/** Retry of a step: exponential backoff with full jitter between half the delay and the delay, capped. Jitter is recorded, never recomputed. */
export const retryPolicy = z.object({
  /** Attempts in all, the first included. Default 3. */
  max_attempts: z.number().int().min(1).max(100).default(3),
  /** Delay before the second attempt. Default 200 ms. */
  initial_delay_ms: z.number().int().min(0).max(3_600_000).default(200),
  /** Each further delay is the last times this. Default 2. */
  multiplier: z.number().min(1).max(10).default(2),
  /** No delay is longer. Default 30 s. */
  max_delay_ms: z.number().int().min(0).max(86_400_000).default(30_000),
  /** Codes that end the step at once, whatever the error says of itself. */
  non_retryable_codes: z.array(z.string().max(120)).max(50).default([]),
});
export type RetryPolicy = z.infer<typeof retryPolicy>;

const stepCommon = {
  name: stepName,
  /** The step ends as failed (`step.timeout`, retryable) when an attempt has no result after this long. Default 60 s. */
  timeout_ms: z.number().int().min(10).max(366 * 86_400_000).default(60_000),
  retry: retryPolicy.prefault({}),
  /** Earlier steps whose outputs this one receives; default: the step before it. */
  needs: z.array(stepName).max(50).optional(),
  /** The realm can undo this step: when the saga fails or is cancelled later, its compensation runs, in reverse order of completion. */
  compensate: z.boolean().optional(),
};

/** A handler in the capability's realm: pure, so it may run twice and its result is recorded once. */
export const taskStep = z.object({ kind: z.literal('task'), ...stepCommon });

/** An agent of the realm: reasons and returns an artifact. Never speculated, never run again by a replay; its `agent_output` is recorded. */
export const agentStep = z.object({ kind: z.literal('agent'), ...stepCommon });

/** Waits for a command from outside (an upload's completion, an approval) whose data becomes the step's result. */
export const signalStep = z.object({
  kind: z.literal('signal'),
  ...stepCommon,
  signal: z.string().max(80),
  /** When nobody signals within `timeout_ms`: `fail` (default), or `continue` with the outcome label `timed_out`. */
  on_timeout: z.enum(['fail', 'continue']).optional(),
});

/** What becomes of a child whose parent is cancelled or terminated, or whose step times out, before it has ended. */
export const parentClose = z.enum(['cancel', 'terminate', 'abandon']);
export type ParentClose = z.infer<typeof parentClose>;

/** Submits another intent of the same session; its result's output becomes the step's. The payload is the output of `payload_from` (default: the intent's payload). */
export const childStep = z.object({ kind: z.literal('child'), ...stepCommon, intent_type: intentType, payload_from: stepName.optional(), /** Default `cancel`; `abandon` lets it go on. */ parent_close: parentClose.optional() });

/** Waits: for `duration_ms`, or until the moment that the output of `until_from` tells (a timestamp, or an object with `due_at`). Exactly one of them. */
export const timerStep = z.object({ kind: z.literal('timer'), ...stepCommon, duration_ms: z.number().int().min(0).max(3660 * 86_400_000).optional(), until_from: stepName.optional() });

/**
 * Changes something outside, through the host of `binding`. Intended in the log before it is sent, keyed by hash(execution, step), never replayed, never
 * speculated. When its outcome stays unknown an operator decides, unless the outside honours the key (`idempotent`): then it is asked again.
 */
export const effectStep = z.object({
  kind: z.literal('effect'),
  ...stepCommon,
  /** The outside system, as the Solution names it. */
  binding: z.string().min(1).max(80),
  /** The outside system takes the same key twice as once. Default false. */
  idempotent: z.boolean().optional(),
  /** The handler is asked first, without effect, what it would do; what it answers is recorded. Default false. */
  preview: z.boolean().optional(),
  /** `required`: the signal `approve.<step>` must come first, from somebody else than the submitter. Default `by_policy`: only where the tenant demands it. */
  approval: z.enum(['by_policy', 'required']).optional(),
});

/** What a map's items come from: a list, or an object of JSON lines with the byte offset of each chunk (and of the end). */
export const itemsSource = z.union([
  z.array(json).max(100_000),
  z.object({ reference: z.string().max(300), count: z.number().int().min(0), chunk_size: z.number().int().min(1), offsets: z.array(z.number().int().min(0)).max(1_000_001) }),
]);
export type ItemsSource = z.infer<typeof itemsSource>;

/**
 * Runs a handler for each item, in chunks: one record a chunk, however many items. Failed items are tried again by `item_retry`, then dead-lettered;
 * the step fails when more than `max_dead_letters` are.
 */
export const mapStep = z.object({
  kind: z.literal('map'),
  ...stepCommon,
  /** The step whose output is the items' source. */
  items_from: stepName,
  chunk_size: z.number().int().min(1).max(100_000).default(1000),
  /** Chunks out at once. Default 4. */
  concurrency: z.number().int().min(1).max(256).default(4),
  item_retry: retryPolicy.prefault({}),
  /** Default: none is tolerated. */
  max_dead_letters: z.number().int().min(0).optional(),
});

/** The Runtime's own: carries out an operation on other executions, whose payload names them. */
export const operateStep = z.object({ kind: z.literal('operate'), ...stepCommon, operation: z.enum(['cancel', 'pause', 'resume', 'signal', 'approve', 'retry', 'continue_from', 'compensate', 'skip_compensation', 'resolve_effect', 'terminate', 'adopt', 'erase', 'rewrap_keys', 'register_reference', 'rebuild_graph', 'rebuild_search']) });

/** The Runtime's own: submits the intent that the payload names whenever its cron expression says so, until it is cancelled. */
export const scheduleStep = z.object({ kind: z.literal('schedule'), ...stepCommon });

/** Branches side by side. Its output holds each branch's last output by the branch's name. When one fails, no other starts a further step; what runs is awaited. */
export const parallelStep = z.object({
  kind: z.literal('parallel'),
  ...stepCommon,
  get branches() {
    return z.array(z.object({ name: stepName, steps: z.array(sagaStep).min(1).max(100) })).min(1).max(50);
  },
});

/** Goes on with the steps that belong to the outcome label of `on` (default: the step before). Its output is that of the last step taken. */
export const choiceStep = z.object({
  kind: z.literal('choice'),
  ...stepCommon,
  on: stepName.optional(),
  get cases() {
    return z.record(z.string().max(80), z.array(sagaStep).max(100));
  },
  /** For any other label; absent: another label fails the step. */
  get otherwise() {
    return z.array(sagaStep).max(100).optional();
  },
});

type LeafStep = z.infer<typeof taskStep | typeof agentStep | typeof signalStep | typeof childStep | typeof timerStep | typeof effectStep | typeof mapStep | typeof operateStep | typeof scheduleStep>;
type StepCommon = Omit<z.infer<typeof taskStep>, 'kind'>;
export type ParallelStep = StepCommon & { kind: 'parallel'; branches: { name: string; steps: SagaStep[] }[] };
export type ChoiceStep = StepCommon & { kind: 'choice'; on?: string | undefined; cases: { [label: string]: SagaStep[] }; otherwise?: SagaStep[] | undefined };
/** A step of a saga; names are unique in a saga, those of nested steps included. */
export type SagaStep = LeafStep | ParallelStep | ChoiceStep;

type LeafStepInput = z.input<typeof taskStep | typeof agentStep | typeof signalStep | typeof childStep | typeof timerStep | typeof effectStep | typeof mapStep | typeof operateStep | typeof scheduleStep>;
type StepCommonInput = Omit<z.input<typeof taskStep>, 'kind'>;
export type ParallelStepInput = StepCommonInput & { kind: 'parallel'; branches: { name: string; steps: SagaStepInput[] }[] };
export type ChoiceStepInput = StepCommonInput & { kind: 'choice'; on?: string | undefined; cases: { [label: string]: SagaStepInput[] }; otherwise?: SagaStepInput[] | undefined };
export type SagaStepInput = LeafStepInput | ParallelStepInput | ChoiceStepInput;

export const sagaStep: z.ZodType<SagaStep, SagaStepInput> = z.lazy(() =>
  z.discriminatedUnion('kind', [taskStep, agentStep, signalStep, childStep, timerStep, effectStep, mapStep, operateStep, scheduleStep, parallelStep, choiceStep]),
);

/** A saga as data: steps in order. Versioned by the hash of its canonical form. */
export const sagaDefinition = z.object({
  name: intentType,
  steps: z.array(sagaStep).min(1).max(200),
  /** From acceptance to the end; beyond it the tenant's `sla` switch decides. Default: none. */
  deadline_ms: z.number().int().min(100).max(3660 * 86_400_000).optional(),
});
export type SagaDefinition = z.infer<typeof sagaDefinition>;

export const determinism = z.enum(['deterministic', 'grounded', 'expert']);

/** What a realm can do for an intent: one entry point, its contracts, and what its children may use. */
export const capability = z.object({
  /** Equals the intent type it serves. */
  name: intentType,
  /** The realm whose services run its steps. */
  realm: realmName,
  /** The saga's name: the one entry point. */
  handler: intentType,
  version: z.string().max(40).regex(/^\d+\.\d+\.\d+$/, 'must be a semantic version'),
  description: z.string().max(1000).default(''),
  /** Who answers for it: a team, a person, an address. */
  owner: z.string().max(200).optional(),
  /** JSON Schema (2020-12) of the payload. A string with `"format": "data-reference"` names an artifact that the steps may hydrate. */
  input_contract: jsonObject,
  /** JSON Schema of the last step's output. */
  output_contract: jsonObject,
  determinism,
  /** Intent types that child steps may use. */
  children: z.array(intentType).max(100).default([]),
  /** Runtime tools its handlers may call. */
  tools: z.array(z.string().max(80)).max(50).default([]),
});
export type Capability = z.infer<typeof capability>;

/** A capability as registered: with its saga and the saga's content hash. */
export const registeredCapability = capability.extend({ saga: sagaDefinition, saga_hash: sha256Digest });
export type RegisteredCapability = z.infer<typeof registeredCapability>;
