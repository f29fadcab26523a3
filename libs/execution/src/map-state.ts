/** A map's progress: one entry for each chunk that is begun and not finished, and counts for the rest, however many items there are. */
import type { WireError } from '@symphainy/kernel';

/** A chunk that was tried and is not finished, or that chunks after it overtook. */
export interface OpenChunk {
  /** Tries recorded so far. */
  tries: number;
  /** Tries of its items in the present budget; those that failed as a whole do not count here. */
  itemTries: number;
  /** Tries in a row that failed as a whole, in the present budget. */
  failures: number;
  /** The items to be tried again, by index in the whole map; undefined: all of them. */
  retry: number[] | undefined;
  /** When the next try is due (RFC 3339); undefined: now. */
  dueAt: string | undefined;
}

export interface MapState {
  readonly items: number;
  readonly chunkSize: number;
  readonly chunks: number;
  /** Chunks from here on were never tried. */
  next: number;
  /** Chunks below `next` that are not finished. */
  readonly open: Map<number, OpenChunk>;
  /** Items given up, by chunk: so that an operator's retry finds them. */
  readonly dead: Map<number, number[]>;
  /** Tries of finished chunks that hold dead items: an operator's retry goes on from there. */
  readonly deadTries: Map<number, number>;
  succeeded: number;
  deadCount: number;
  /** Items that wait for another try. */
  retrying: number;
  /** The first results artifacts, by id, and how many there are in all. */
  readonly results: string[];
  resultCount: number;
  /** A chunk failed as a whole for the last time. */
  exhausted?: WireError;
}

export const chunksOf = (items: number, chunkSize: number): number => Math.ceil(items / chunkSize);

/** The items of a chunk, by index in the whole map: from (included) to (excluded). */
export function chunkRange({ items, chunkSize }: Pick<MapState, 'items' | 'chunkSize'>, chunk: number): { from: number; to: number } {
  return { from: chunk * chunkSize, to: Math.min(items, (chunk + 1) * chunkSize) };
}

export const chunksDone = (map: MapState): number => map.next - map.open.size;
