/** Chunks of a map: tried, finished, tried again, undone. */
import type { ExecutionState, RecordOf, StepState } from './execution-state.js';
import { allow, known, running, type Rules } from './grammar.js';
import { chunkRange, type MapState, type OpenChunk } from './map-state.js';

/** How many results artifacts a map's output names; the rest are counted. */
const NAMED_RESULTS = 256;

type RunningMap = StepState & { map: MapState };

function runningMap(state: ExecutionState, record: RecordOf<'chunk_completed' | 'chunk_failed'>): RunningMap {
  const step = running(state, record);
  allow(step.map !== undefined && record.chunk < step.map.chunks, `${record.type} of chunk ${record.chunk} of ${record.step}, which has none such`);
  delete step.waitingFor;
  return step as RunningMap;
}

const untried = (): OpenChunk => ({ tries: 0, itemTries: 0, failures: 0, retry: undefined, dueAt: undefined });

/** The entry of the try that a record speaks of; chunks that it overtook get theirs. */
function tryOf(map: MapState, record: RecordOf<'chunk_completed' | 'chunk_failed'>): OpenChunk {
  for (; map.next <= record.chunk; map.next++) map.open.set(map.next, untried());
  const chunk = map.open.get(record.chunk);
  allow(chunk !== undefined && chunk.tries + 1 === record.chunk_attempt, `${record.type} of chunk ${record.chunk} try ${record.chunk_attempt}, which is not out`);
  return chunk;
}

export const mapRules: Rules<'chunk_completed' | 'chunk_failed' | 'chunk_compensated'> = {
  chunk_completed(state, record) {
    const { map } = runningMap(state, record);
    const chunk = tryOf(map, record);
    const tried = itemsTried(map, record.chunk, chunk);
    allow(record.items === tried && record.succeeded + record.failed.length === tried, `chunk ${record.chunk} of ${record.step} does not account for its ${tried} items`);
    allow(onlyOwn(map, chunk, record), `chunk ${record.chunk} of ${record.step} tells of items that are not its own`);
    count(map, chunk, record);
    if (record.results !== undefined && map.results.push(record.results.artifact_id) > NAMED_RESULTS) map.results.pop();
    if (record.results !== undefined) map.resultCount++;
  },
  chunk_failed(state, record) {
    const { map } = runningMap(state, record);
    const chunk = tryOf(map, record);
    chunk.tries = record.chunk_attempt;
    chunk.failures++;
    chunk.dueAt = record.retry_due_at;
    if (record.retry_due_at === undefined) map.exhausted = record.error;
  },
  chunk_compensated(state, record) {
    const { status, compensation } = known(state, record);
    const isOut = status === 'compensating' && compensation?.attempt === record.attempt;
    allow(isOut && compensation.nextChunk !== undefined && record.chunk <= compensation.nextChunk, `chunk ${record.chunk} of ${record.step} undone out of order`);
    compensation.nextChunk = record.chunk - 1;
  },
};

function itemsTried(map: MapState, chunk: number, { retry }: OpenChunk): number {
  if (retry !== undefined) return retry.length;
  const { from, to } = chunkRange(map, chunk);
  return to - from;
}

function onlyOwn(map: MapState, { retry }: OpenChunk, { chunk, failed }: RecordOf<'chunk_completed'>): boolean {
  const { from, to } = chunkRange(map, chunk);
  const tried = retry === undefined ? undefined : new Set(retry);
  return failed.every(({ index }) => (tried === undefined ? index >= from && index < to : tried.has(index)));
}

function count(map: MapState, chunk: OpenChunk, record: RecordOf<'chunk_completed'>): void {
  const again = record.failed.filter(({ fate }) => fate === 'retry').map(({ index }) => index);
  const dead = record.failed.filter(({ fate }) => fate === 'dead').map(({ index }) => index);
  map.succeeded += record.succeeded;
  map.deadCount += dead.length;
  map.retrying += again.length - (chunk.retry?.length ?? 0);
  if (dead.length > 0) map.dead.set(record.chunk, [...(map.dead.get(record.chunk) ?? []), ...dead]);
  if (again.length > 0) Object.assign(chunk, { tries: record.chunk_attempt, itemTries: chunk.itemTries + 1, failures: 0, retry: again, dueAt: record.retry_due_at });
  else finish(map, record);
}

function finish(map: MapState, { chunk, chunk_attempt }: RecordOf<'chunk_completed'>): void {
  map.open.delete(chunk);
  if (map.dead.has(chunk)) map.deadTries.set(chunk, chunk_attempt);
}

/** An operator wants the rest: what was given up is tried again, with a budget of its own. */
export function reviveMap(map: MapState): void {
  delete map.exhausted;
  for (const chunk of map.open.values()) Object.assign(chunk, { itemTries: 0, failures: 0, dueAt: undefined });
  for (const [chunk, dead] of map.dead) {
    const open = map.open.get(chunk);
    if (open === undefined) map.open.set(chunk, { ...untried(), tries: map.deadTries.get(chunk) ?? 0, retry: dead });
    else if (open.retry !== undefined) open.retry = [...open.retry, ...dead];
    map.retrying += dead.length;
  }
  map.dead.clear();
  map.deadTries.clear();
  map.deadCount = 0;
}
