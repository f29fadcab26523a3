import type { MatchedPair } from './find-entities.js';

const LEAST_LINKED = 0.5;

/**
 * Joins pairs into entities, surest first: two groups become one when the mean probability of all pairs between them is at least one half, pairs that are not known counting 0 (average linkage). So a
 * chain of likenesses does not make one thing of many. Pairs across groups that stay apart are dropped.
 */
export function clusterPairs(pairs: readonly MatchedPair[]): { pairs: MatchedPair[]; clusters: number[][] } {
  const group = new Map<number, number[]>();
  const known = new Map<number, Map<number, number>>();
  for (const { a, b, probability } of pairs) {
    link(known, a, b, probability);
    link(known, b, a, probability);
  }
  for (const { a, b } of pairs) {
    const [left, right] = [group.get(a) ?? [a], group.get(b) ?? [b]];
    if (left === right || linkage(known, left, right) < LEAST_LINKED) continue;
    const joined = [...left, ...right];
    for (const record of joined) group.set(record, joined);
  }
  const clusters = [...new Set(group.values())].map((records) => records.toSorted((a, b) => a - b)).toSorted((a, b) => a[0]! - b[0]!);
  return { pairs: pairs.filter(({ a, b }) => group.has(a) && group.get(a) === group.get(b)), clusters };
}

function link(known: Map<number, Map<number, number>>, from: number, to: number, probability: number): void {
  const links = known.get(from);
  if (links === undefined) known.set(from, new Map([[to, probability]]));
  else links.set(to, probability);
}

function linkage(known: ReadonlyMap<number, ReadonlyMap<number, number>>, left: readonly number[], right: readonly number[]): number {
  let sum = 0;
  for (const a of left) for (const b of right) sum += known.get(a)?.get(b) ?? 0;
  return sum / (left.length * right.length);
}
