import type { ContentTable } from '@symphainy/contracts';

interface Row {
  readonly table: number;
  readonly row: number;
}

const LEAST_OVERLAP = 0.5;

/** The plain rule: every pair of rows (of two tables: across them) whose sets of words have half or more in common. */
export function overlappingPairs(tables: readonly ContentTable[]): [Row, Row][] {
  const rows = tables.flatMap((table, t) => table.rows.map((cells, row) => ({ table: t, row, words: new Set(cells.filter((cell) => cell !== null).join(' ').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) })));
  const pairs: [Row, Row][] = [];
  rows.forEach((left, i) => {
    for (const right of rows.slice(i + 1)) if ((tables.length === 1 || left.table !== right.table) && overlap(left.words, right.words) >= LEAST_OVERLAP) pairs.push([left, right]);
  });
  return pairs;
}

function overlap(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  let common = 0;
  for (const word of left) if (right.has(word)) common++;
  const all = left.size + right.size - common;
  return all === 0 ? 0 : common / all;
}
