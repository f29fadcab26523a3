/** Maps: which chunks are due, and what a chunk's outcome makes of its items. */
import { failure, type Artifact, type RetryPolicy } from '@symphainy/contracts';
import { isoTime, toWireError, verify, type WireError } from '@symphainy/kernel';
import type { Decision, DecisionInputs, MapSagaStep } from './decision.js';
import { stepNamed, type ExecutionState, type RecordOf, type StepState } from './execution-state.js';
import { sourceOf } from './map-source.js';
import { chunkRange, chunksDone, type MapState, type OpenChunk } from './map-state.js';
import { delayBeforeRetry, retryDelay } from './retry.js';
import { completeWhole, fail, type Standing, type Walk } from './saga-walk.js';

/** `held`: something beside it failed for good. */
export function workOnMap(walk: Walk, definition: MapSagaStep, step: StepState, held: boolean): Standing {
  const { map } = step;
  verify(map !== undefined, 'a map that runs has its table');
  if (held) return awaitsChunks(walk, step) ? 'open' : 'halted';
  if (map.exhausted !== undefined || map.deadCount > (definition.max_dead_letters ?? 0)) return failWhenAllAreBack(walk, definition, step, map);
  if (chunksDone(map) === map.chunks) return completeWhole(walk, step, { output: outputOf(map) });
  return dueChunks(walk, definition, step, map);
}

/** No further chunk starts. Those that are out run to their end: their items would else run again, or never be undone. */
function failWhenAllAreBack(walk: Walk, definition: MapSagaStep, step: StepState, map: MapState): Standing {
  const { records, inputs: { at, actor } } = walk;
  if (awaitsChunks(walk, step)) return 'open';
  if (map.exhausted === undefined) return fail(walk, step.name, step.attempt, tooManyDead(map, definition));
  records.push({ type: 'step_failed', at, actor, step: step.name, attempt: step.attempt, error: map.exhausted });
  return 'open';
}

/** Whether tries of its chunks are out; they are listed, and nothing beside them. */
function awaitsChunks(walk: Walk, step: StepState): boolean {
  const out = triesOut(walk, step);
  walk.due.push(...out);
  return out.length > 0;
}

const triesOut = ({ state, inputs: { chunksOut } }: Walk, step: StepState): RunChunk[] => (chunksOut?.() ?? []).filter((work) => work.step.name === step.name && awaitsChunk(state, work));

/** The records that say of tries which are out that nobody waits for them any more. */
export const abandonedChunks = (state: ExecutionState, out: readonly RunChunk[], { at, actor }: Pick<DecisionInputs, 'at' | 'actor'>): RecordOf<'chunk_failed'>[] =>
  out
    .filter((work) => awaitsChunk(state, work))
    .map(({ step, attempt, chunk, chunkAttempt }) => ({ type: 'chunk_failed', at, actor, step: step.name, attempt, chunk, chunk_attempt: chunkAttempt, error: toWireError(failure('map.chunk_abandoned')) }));

const tooManyDead = (map: MapState, { max_dead_letters }: MapSagaStep): ReturnType<typeof failure> =>
  failure('map.dead_letters', { details: { items: map.items, succeeded: map.succeeded, dead: map.deadCount, tolerated: max_dead_letters ?? 0, chunks_done: chunksDone(map), chunks: map.chunks } });

function outputOf(map: MapState): { [key: string]: number | string[] } {
  return { items: map.items, succeeded: map.succeeded, dead: map.deadCount, chunks: map.chunks, results: [...map.results], result_count: map.resultCount };
}

/** What is out stays out, whatever falls due meanwhile. Then the lowest chunks first: tries that are due again, then those that were never tried. */
function dueChunks(walk: Walk, definition: MapSagaStep, step: StepState, map: MapState): Standing {
  const { state, due, inputs: { now } } = walk;
  const source = sourceOf(state, definition);
  verify(source !== undefined, 'the source of a map that runs is the one it started with');
  const { concurrency } = definition;
  const out = triesOut(walk, step);
  due.push(...out);
  let until = Number.POSITIVE_INFINITY;
  let listed = out.length;
  const list = (chunk: number, open: OpenChunk | undefined): void => {
    if (out.some((work) => work.chunk === chunk)) return;
    listed++;
    due.push({ do: 'run_chunk', step: definition, attempt: step.attempt, concurrency, chunk, chunkAttempt: (open?.tries ?? 0) + 1, ...chunkRange(map, chunk), ...(open?.retry === undefined ? {} : { indices: open.retry }), source });
  };
  for (const [chunk, open] of [...map.open].sort(([a], [b]) => a - b)) {
    const dueAt = open.dueAt === undefined ? now : Date.parse(open.dueAt);
    if (dueAt > now) until = Math.min(until, dueAt);
    else if (listed < concurrency) list(chunk, open);
  }
  for (let chunk = map.next; chunk < map.chunks && listed < concurrency; chunk++) list(chunk, undefined);
  if (until !== Number.POSITIVE_INFINITY) due.push({ do: 'wait', until });
  return 'open';
}

/** What became of one try of a chunk, and who tells it. */
export interface ChunkOutcome {
  readonly actor: string;
  readonly succeeded: number;
  /** By index in the whole map. */
  readonly failed: readonly { readonly index: number; readonly code: string; readonly retryable: boolean }[];
  readonly output_hash: string;
  readonly results?: Artifact;
  readonly failures?: Artifact;
  readonly handler_build: string;
  readonly duration_ms: number;
}

type RunChunk = Extract<Decision, { do: 'run_chunk' }>;

/** A try of a chunk that is out. */
export type ChunkTry = Pick<Extract<Decision, { do: 'run_chunk' }>, 'step' | 'chunk' | 'chunkAttempt'>;

/** What the record of a failure needs of the world. */
export type RecordInputs = Pick<DecisionInputs, 'now' | 'at' | 'jitter'>;

/** Whether a result of this try of a chunk would still count. */
export function awaitsChunk(state: ExecutionState, { step, chunk, chunkAttempt }: ChunkTry): boolean {
  const found = stepNamed(state, step.name);
  if (found?.status !== 'running' || found.map === undefined || chunk >= found.map.chunks) return false;
  return chunk >= found.map.next ? chunkAttempt === 1 : found.map.open.get(chunk)?.tries === chunkAttempt - 1;
}

/** The record of a try that came back: which of its failed items are tried again, when, and which are given up. For a try that `awaitsChunk`. */
export function chunkCompletedRecord(state: ExecutionState, { step, chunk, chunkAttempt }: ChunkTry, outcome: ChunkOutcome, { now, at, jitter }: RecordInputs): RecordOf<'chunk_completed'> {
  const { attempt, map } = runningMap(state, step);
  const itemTry = (map.open.get(chunk)?.itemTries ?? 0) + 1;
  const failed = outcome.failed.map(({ index, code, retryable }) => ({ index, code, fate: fateOf(step.item_retry, itemTry, code, retryable) }));
  const delay = failed.some(({ fate }) => fate === 'retry') ? retryDelay(step.item_retry, itemTry, jitter()) : undefined;
  const due = delay === undefined ? {} : { retry_due_at: isoTime(now + delay) };
  return { ...outcome, type: 'chunk_completed', at, step: step.name, attempt, chunk, chunk_attempt: chunkAttempt, items: outcome.succeeded + failed.length, failed, ...due };
}

const fateOf = (policy: RetryPolicy, itemTry: number, code: string, retryable: boolean): 'retry' | 'dead' =>
  retryable && itemTry < policy.max_attempts && !policy.non_retryable_codes.includes(code) ? 'retry' : 'dead';

/** The record of a try that failed as a whole: tried again by the step's own policy, or the last one. */
export function chunkFailedRecord(state: ExecutionState, { step, chunk, chunkAttempt }: ChunkTry, { error, actor }: { readonly error: WireError; readonly actor: string }, { now, at, jitter }: RecordInputs): RecordOf<'chunk_failed'> {
  const { attempt, map } = runningMap(state, step);
  const delay = delayBeforeRetry(step.retry, (map.open.get(chunk)?.failures ?? 0) + 1, error, jitter);
  return { type: 'chunk_failed', at, actor, step: step.name, attempt, chunk, chunk_attempt: chunkAttempt, error, ...(delay === undefined ? {} : { retry_due_at: isoTime(now + delay) }) };
}

function runningMap(state: ExecutionState, { name }: MapSagaStep): { attempt: number; map: MapState } {
  const step = stepNamed(state, name);
  verify(step?.map !== undefined, 'a map that runs has its table');
  return { attempt: step.attempt, map: step.map };
}
