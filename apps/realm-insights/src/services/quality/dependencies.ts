import { ballotsOf } from './ballots.js';
import type { CodedColumn } from './coded-table.js';

/** Rows that agree in the columns `on` tend to agree in `column`. */
export interface Dependency {
  readonly on: readonly number[];
  readonly column: number;
  /** From 0 (knowing `on` helps no more than knowing the most frequent value) to 1 (it tells the value in each row). */
  readonly strength: number;
  /** A caller stated it. */
  readonly given?: true;
}

/** Rows that discovery looks at; beyond, more rows say nothing new. */
const DISCOVERY_ROWS = 10_000;
const LEAST_STRENGTH = 0.35;
/** From here on a single column says enough, and pairs are not tried. */
const STRONG = 0.9;
/** Rows in groups of two or more, below which a dependency is chance. */
const LEAST_COVERED = 20;
const LEAST_COVERED_SHARE = 0.1;
const MAX_COLUMNS = 60;
/** Columns that pairs are made of. */
const PAIRED_COLUMNS = 10;
const KEPT_PER_COLUMN = 8;

/**
 * Approximate functional dependencies on which a column hangs, with one column, or where those are weak two, on the left. Strength is Goodman and Kruskal's lambda (1954) with each row left out of its own
 * group: the share of errors of guessing a value that are avoided by knowing the row's group. Leaving the row out keeps small groups from looking good by chance.
 */
export function discoverDependencies(columns: readonly CodedColumn[], column: number): Dependency[] {
  const useful = columns.slice(0, MAX_COLUMNS).flatMap(({ values }, index) => (values.length > 2 ? [index] : []));
  if (!useful.includes(column)) return [];
  const singles = useful.filter((on) => on !== column).map((on) => measured(columns, [on], column));
  const best = Math.max(0, ...singles.map((d) => d.strength));
  const pairs = best >= STRONG ? [] : pairsFor(columns, useful, column).map((on) => measured(columns, on, column)).filter((d) => d.strength > best + 0.1);
  return strongest([...singles, ...pairs]);
}

/** Those near the strongest one: weaker ones only repeat it with more noise. */
function strongest(found: readonly Dependency[]): Dependency[] {
  const sorted = found.toSorted((a, b) => b.strength - a.strength);
  const floor = Math.max(LEAST_STRENGTH, (sorted[0]?.strength ?? 0) * 0.85);
  return sorted.filter((d) => d.strength >= floor).slice(0, KEPT_PER_COLUMN);
}

/** Pairs of columns with few values each: two columns of many values would put each row into a group of its own. */
function pairsFor(columns: readonly CodedColumn[], useful: readonly number[], column: number): [number, number][] {
  const rows = columns[column]!.codes.length;
  const few = useful.filter((at) => at !== column && columns[at]!.values.length <= Math.max(3, rows / 5)).toSorted((a, b) => columns[a]!.values.length - columns[b]!.values.length).slice(0, PAIRED_COLUMNS);
  return few.flatMap((a, at) => few.slice(at + 1).map((b): [number, number] => [a, b]));
}

function measured(columns: readonly CodedColumn[], on: readonly number[], column: number): Dependency {
  return { on, column, strength: strengthOf(on.map((at) => columns[at]!), columns[column]!) };
}

/** Errors of guessing a row's value from the others of its group, against guessing the most frequent value of all such rows. */
export function strengthOf(on: readonly CodedColumn[], column: CodedColumn): number {
  const rows = Math.min(column.codes.length, DISCOVERY_ROWS);
  const { groups, size, leader, leading, second, count } = ballotsOf(on, column, rows);
  const seen = new Int32Array(column.values.length);
  let [covered, errors] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const [group, code] = [groups[row]!, column.codes[row]!];
    if (group === 0 || code === 0 || size[group]! < 2) continue;
    covered++;
    seen[code]!++;
    if (code !== leader[group]) errors += count(group, code) === leading[group] ? 0.5 : 1;
    else if (leading[group]! - 1 < second[group]!) errors++;
    else if (leading[group]! - 1 === second[group]!) errors += 0.5;
  }
  if (covered < Math.max(LEAST_COVERED, rows * LEAST_COVERED_SHARE)) return 0;
  const guessed = covered - seen.reduce((most, n) => Math.max(most, n), 0);
  return guessed === 0 ? 0 : Math.max(0, 1 - errors / guessed);
}
