import type { ComparedColumn } from './comparison.js';

/** Larger blocks are left out: a word that so many records have says nothing. */
const MAX_BLOCK = 100;
const PREFIX = 4;
/** A key's hash of 32 bits and a record's number share a whole number that a double holds exactly. */
const RECORDS = 2 ** 21;

export interface BlockingLimits {
  /** Pairs for each record, at most. */
  readonly pairsPerRecord: number;
}

/**
 * Pairs of records worth comparing: those that share a word or the beginning of one, or a code or its beginning or end, in the same column. Small blocks come first, until there are `pairsPerRecord` pairs for each record;
 * a pair is given in the first block that both are in, so none needs to be remembered. `mayPair` says which records stand against each other. Memory: some 16 bytes for each key of each record. At most 2,097,152 records.
 */
export function* candidatePairs(columns: readonly ComparedColumn[], records: number, limits: BlockingLimits, mayPair: (a: number, b: number) => boolean): Generator<readonly [number, number]> {
  const { members, blocks } = blocksOf(columns, records);
  const inBlocks = blocksByRecord(members, blocks, records);
  let left = limits.pairsPerRecord * records;
  for (const [at, { from, to }] of blocks.entries()) {
    for (let i = from; i < to; i++) {
      for (let j = i + 1; j < to; j++) {
        const [a, b] = [members[i]!, members[j]!];
        if (a === b || !mayPair(a, b) || inBlocks.firstShared(a, b) !== at) continue;
        yield [a, b];
        if (--left <= 0) return;
      }
    }
  }
}

/** A block's records, as a range of `members`, rising. */
interface Block {
  readonly from: number;
  readonly to: number;
}

/** Blocks of two to MAX_BLOCK records, small ones first, of equals the one with the first record. Two keys of one hash share a block, which costs a few comparisons and changes no verdict. */
function blocksOf(columns: readonly ComparedColumn[], records: number): { readonly members: Uint32Array; readonly blocks: readonly Block[] } {
  if (records > RECORDS) throw new RangeError(`${records} records: at most ${RECORDS} can be compared`);
  const keyed = keyedRecords(columns).sort();
  const members = Uint32Array.from(keyed, (one) => one % RECORDS);
  const blocks: Block[] = [];
  for (let from = 0, to = 0; from < keyed.length; from = to) {
    const key = Math.floor(keyed[from]! / RECORDS);
    while (to < keyed.length && Math.floor(keyed[to]! / RECORDS) === key) to++;
    if (to - from > 1 && to - from <= MAX_BLOCK) blocks.push({ from, to });
  }
  return { members, blocks: blocks.sort((a, b) => a.to - a.from - (b.to - b.from) || members[a.from]! - members[b.from]!) };
}

function keyedRecords(columns: readonly ComparedColumn[]): Float64Array {
  let keyed = new Float64Array(1024);
  let count = 0;
  columns.forEach((column, at) => {
    column.values.forEach((value, record) => {
      if (value === null) return;
      for (const key of new Set(keysOf(column, value))) {
        if (count === keyed.length) keyed = grown(keyed);
        keyed[count++] = hashOf(`${at} ${key}`) * RECORDS + record;
      }
    });
  });
  return keyed.subarray(0, count);
}

function grown(keyed: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(keyed.length * 2);
  larger.set(keyed);
  return larger;
}

/** FNV-1a over UTF-16 units, with MurmurHash3's avalanche. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function keysOf({ kind }: ComparedColumn, value: string): string[] {
  if (kind === 'code') return value.length <= PREFIX ? [value] : [value, `${value.slice(0, -2)}…`, `…${value.slice(2)}`];
  const words = value.split(' ').filter((word) => word.length > 1);
  return [...words, ...words.flatMap((word) => (word.length > PREFIX ? [`${word.slice(0, PREFIX)}…`] : [])), `=${value}`];
}

/** The blocks of each record, in their order. */
function blocksByRecord(members: Uint32Array, blocks: readonly Block[], records: number): { firstShared(a: number, b: number): number } {
  const starts = new Uint32Array(records + 1);
  for (const { from, to } of blocks) for (let i = from; i < to; i++) starts[members[i]! + 1]!++;
  for (let record = 0; record < records; record++) starts[record + 1]! += starts[record]!;
  const ordinals = new Uint32Array(starts[records]!);
  const filled = starts.slice(0, records);
  for (const [at, { from, to }] of blocks.entries()) for (let i = from; i < to; i++) ordinals[filled[members[i]!]!++] = at;
  return {
    firstShared(a, b) {
      let [i, j] = [starts[a]!, starts[b]!];
      while (ordinals[i] !== ordinals[j]) {
        if (ordinals[i]! < ordinals[j]!) i++;
        else j++;
      }
      return ordinals[i]!;
    },
  };
}
