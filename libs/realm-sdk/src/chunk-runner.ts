/** One chunk of a map: its items run side by side, each failing for itself; what they returned becomes artifacts of the chunk. */
import { failure, type ProducedArtifact, type StepDispatch, type StepOutcome, type StepResult } from '@symphainy/contracts';
import { asPlatformError, canonicalJson, sha256Hex, type Json } from '@symphainy/kernel';
import { parseItems } from './item-files.js';
import type { ChunkArtifact, ChunkHandler, ItemHandler, ItemHandlers } from './step-definition.js';
import type { StepTask } from './step-task.js';

type Chunk = NonNullable<StepDispatch['chunk']>;
type Task = StepTask<never>;

interface ItemFailure {
  readonly index: number;
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

interface ItemRun {
  readonly results: { readonly index: number; readonly result: Json }[];
  readonly failures: ItemFailure[];
  succeeded: number;
}

export type ChunkOutcome = Required<Pick<StepOutcome, 'chunk'>> & { readonly result: StepResult };

/** How often watchers are told how far a chunk is. */
const PROGRESS_EVERY = 50;

export async function runChunk(task: Task, chunk: Chunk, handlers: ItemHandlers<never>): Promise<ChunkOutcome> {
  const run = await runItems(task, chunk, handlers.each, handlers.atOnce);
  const place = `${task.attempt.chunk ?? 0}-${task.attempt.attempt}`;
  const artifacts: ProducedArtifact[] = [];
  if (run.results.length > 0) artifacts.push(await task.artifact(`results-${place}`, 'runtime.map_results', run.results));
  if (run.failures.length > 0) artifacts.push(await task.artifact(`failures-${place}`, 'runtime.map_failures', run.failures.map(({ index, code, message }) => ({ index, code, message }))));
  return {
    chunk: { succeeded: run.succeeded, failed: run.failures.map(({ index, code, retryable }) => ({ index, code, retryable })), output_hash: sha256Hex(canonicalJson(run.results)) },
    result: { artifacts, events: [], state_changes: [] },
  };
}

/** A chunk whose items run together. */
export async function runWholeChunk(task: Task, chunk: Chunk, handler: ChunkHandler<never, never>): Promise<ChunkOutcome> {
  const items = await itemsOf(task, chunk);
  const { results, failures } = await handler(items as readonly never[], task, chunk.from);
  if (task.signal.aborted) throw failure('step.timeout', { message: `chunk ${task.attempt.chunk ?? 0} of ${task.attempt.step} ran out of time` });
  const place = `${task.attempt.chunk ?? 0}-${task.attempt.attempt}`;
  const made = (name: string, type: string, artifact: ChunkArtifact | undefined): ProducedArtifact[] => (artifact === undefined ? [] : [{ ...artifact, name: `${name}-${place}`, artifact_type: type }]);
  const output = results?.object?.hash ?? sha256Hex(canonicalJson(results?.content ?? null));
  return {
    chunk: { succeeded: items.length, failed: [], output_hash: output },
    result: { artifacts: [...made('results', 'runtime.map_results', results), ...made('failures', 'runtime.map_failures', failures)], events: [], state_changes: [] },
  };
}

/** Undoes a chunk's items; rejects with the first failure when any cannot be undone, so that the chunk is asked for again. */
export async function undoChunk(task: Task, chunk: Chunk, handlers: ItemHandlers<never>): Promise<void> {
  if (handlers.undo === undefined) throw failure('step.handler_missing', { message: `${task.attempt.step} has no compensation in this build` });
  const { failures } = await runItems(task, chunk, handlers.undo, handlers.atOnce);
  const first = failures[0];
  if (first === undefined) return;
  const code = failures.some((f) => f.retryable) ? 'platform.internal' : 'compensation.failed';
  throw failure(code, { message: `${failures.length} items could not be undone; item ${first.index}: ${first.message}`, details: { items: failures.slice(0, 20).map((f) => f.index), code: first.code } });
}

async function runItems(task: Task, chunk: Chunk, handler: ItemHandler<never, never>, atOnce: number): Promise<ItemRun> {
  const items = await itemsOf(task, chunk);
  const wanted = chunk.indices ?? Array.from(items, (_, i) => chunk.from + i);
  const run: ItemRun = { results: [], failures: [], succeeded: 0 };
  const queue = wanted[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const index of queue) {
      if (task.signal.aborted) return;
      await runItem(task, items[index - chunk.from] as never, index, handler, run);
      const done = run.succeeded + run.failures.length;
      if (done % PROGRESS_EVERY === 0) task.progress({ items_done: done, items: wanted.length });
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, wanted.length) }, worker));
  if (task.signal.aborted) throw failure('step.timeout', { message: `chunk ${task.attempt.chunk ?? 0} of ${task.attempt.step} ran out of time` });
  run.results.sort((a, b) => a.index - b.index);
  run.failures.sort((a, b) => a.index - b.index);
  return run;
}

async function runItem(task: Task, item: never, index: number, handler: ItemHandler<never, never>, run: ItemRun): Promise<void> {
  try {
    const result = await handler(item, task, index);
    if (result !== undefined) run.results.push({ index, result });
    run.succeeded++;
  } catch (error) {
    const known = asPlatformError(error);
    if (known !== error) task.logger.error({ err: error, item: index }, 'an item’s handler failed unexpectedly');
    run.failures.push({ index, code: known.code, message: known.message, retryable: known.retry.mode === 'retryable' });
  }
}

async function itemsOf(task: Task, chunk: Chunk): Promise<readonly Json[]> {
  const items = chunk.items ?? (await readItems(task, chunk));
  if (items.length !== chunk.to - chunk.from) throw failure('map.source_invalid', { message: `the chunk holds ${items.length} items, not ${chunk.to - chunk.from}` });
  return items;
}

async function readItems(task: Task, { reference, byte_start: start, byte_end: end }: Chunk): Promise<Json[]> {
  if (reference === undefined || start === undefined || end === undefined) throw failure('map.source_invalid', { message: 'the chunk names no items' });
  const { bytes } = await task.read(reference);
  return parseItems(await bytes({ start, end }));
}
