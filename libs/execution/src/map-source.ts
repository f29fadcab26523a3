import type { ItemsSource, Json } from '@symphainy/contracts';
import type { ChunkWork, MapSagaStep } from './decision.js';
import { stepNamed, type ExecutionState } from './execution-state.js';
import { chunksOf } from './map-state.js';

/** What a map's items come from; undefined: the step's output is no source. */
export function sourceOf(state: ExecutionState, { items_from }: MapSagaStep): ItemsSource | undefined {
  const output = stepNamed(state, items_from)?.output;
  if (Array.isArray(output)) return output as ItemsSource;
  return isReference(output) ? output : undefined;
}

type ReferencedItems = Exclude<ItemsSource, readonly unknown[]>;

/** A million offsets are looked through once per start and once per dispatch of chunks, so no schema is asked. */
function isReference(output: Json | undefined): output is ReferencedItems & { [key: string]: Json } {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return false;
  const { reference, count, chunk_size, offsets } = output;
  if (typeof reference !== 'string' || !isCount(count, 0) || !isCount(chunk_size, 1) || !Array.isArray(offsets)) return false;
  return offsets.length === chunksOf(count, chunk_size) + 1 && isCount(offsets[0], 0);
}

const isCount = (value: Json | undefined, least: number): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= least;

/** How much there is to do, for the step's start. A source that is an object was cut into chunks when it was written. */
export function mapRecordOf(source: ItemsSource, definition: MapSagaStep): { items: number; chunk_size: number } {
  return Array.isArray(source) ? { items: source.length, chunk_size: definition.chunk_size } : { items: source.count, chunk_size: source.chunk_size };
}

/** A chunk as its dispatch carries it: all its items, or their place in the object; `indices` says which of them count. */
export function chunkContent({ chunk, from, to, indices, source }: ChunkWork): { from: number; to: number; indices?: number[]; items?: Json[]; reference?: string; byte_start?: number; byte_end?: number } {
  const place = { from, to, ...(indices === undefined ? {} : { indices: [...indices] }) };
  if (Array.isArray(source)) return { ...place, items: source.slice(from, to) };
  return { ...place, reference: source.reference, byte_start: source.offsets[chunk] ?? 0, byte_end: source.offsets[chunk + 1] ?? 0 };
}
