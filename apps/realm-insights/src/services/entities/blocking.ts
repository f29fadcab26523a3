import type { ComparedColumn } from './comparison.js';

/** Larger blocks are left out: a word that so many records have says nothing. */
const MAX_BLOCK = 100;
const PREFIX = 4;

export interface BlockingLimits {
  /** Pairs for each record, at most. */
  readonly pairsPerRecord: number;
}

/**
 * Pairs of records worth comparing: those that share a word or the beginning of one, or a code or its beginning or end, in the same column. Small blocks come first, until there are `pairsPerRecord` pairs for each record, so
 * that a million rows take memory in proportion. `mayPair` says which records stand against each other.
 */
export function* candidatePairs(columns: readonly ComparedColumn[], records: number, limits: BlockingLimits, mayPair: (a: number, b: number) => boolean): Generator<readonly [number, number]> {
  const blocks = [...blocksOf(columns)].filter((block) => block.length > 1 && block.length <= MAX_BLOCK).toSorted((a, b) => a.length - b.length || a[0]! - b[0]!);
  const seen = new Set<number>();
  const budget = limits.pairsPerRecord * records;
  for (const block of blocks) {
    for (let i = 0; i < block.length; i++) {
      for (let j = i + 1; j < block.length; j++) {
        const [a, b] = [block[i]!, block[j]!];
        const key = a * records + b;
        if (seen.has(key) || !mayPair(a, b)) continue;
        seen.add(key);
        yield [a, b];
        if (seen.size >= budget) return;
      }
    }
  }
}

function blocksOf(columns: readonly ComparedColumn[]): Iterable<number[]> {
  const blocks = new Map<string, number[]>();
  columns.forEach((column, at) => {
    column.values.forEach((value, record) => {
      if (value === null) return;
      for (const key of new Set(keysOf(column, value))) {
        const block = blocks.get(`${at} ${key}`);
        if (block === undefined) blocks.set(`${at} ${key}`, [record]);
        // one more than is allowed tells that it is too large
        else if (block.length <= MAX_BLOCK) block.push(record);
      }
    });
  });
  return blocks.values();
}

function keysOf({ kind }: ComparedColumn, value: string): string[] {
  if (kind === 'code') return value.length <= PREFIX ? [value] : [value, `${value.slice(0, -2)}…`, `…${value.slice(2)}`];
  const words = value.split(' ').filter((word) => word.length > 1);
  return [...words, ...words.flatMap((word) => (word.length > PREFIX ? [`${word.slice(0, PREFIX)}…`] : [])), `=${value}`];
}
