import { ballotsOf } from './ballots.js';
import type { CodedColumn } from './coded-table.js';
import type { Dependency } from './dependencies.js';

/** What rows that agree with a row in other columns say of one of its cells. */
export interface Vote {
  readonly row: number;
  /** The value that most of them hold, and is not the cell's own. */
  readonly code: number;
  /** Weighted share of them that hold it, and that hold the cell's own value, from 0 to 1. */
  readonly forIt: number;
  readonly forOwn: number;
  /** The dependency that says so most clearly. */
  readonly by: Dependency;
}

/** `contested`: another value has voices. `supported`: rows whose own value has the most voices of at least three others. */
export interface Poll {
  readonly contested: ReadonlyMap<number, Vote>;
  readonly supported: ReadonlySet<number>;
}

interface Tally {
  weight: number;
  own: number;
  voices: number;
  others: Map<number, number>;
  by: Dependency;
  byShare: number;
}

/** Polls a column's cells: each dependency has a voice as strong as itself to the fourth, so that weak ones are not heard beside strong ones. A group's share is smoothed by one. */
export function pollColumn(columns: readonly CodedColumn[], column: number, dependencies: readonly Dependency[]): Poll {
  const target = columns[column]!;
  const rows = target.codes.length;
  const tallies = new Array<Tally | undefined>(rows);
  for (const dependency of dependencies) addVoices(tallies, dependency, dependency.on.map((at) => columns[at]!), target, rows);
  const contested = new Map<number, Vote>();
  const supported = new Set<number>();
  tallies.forEach((tally, row) => {
    if (tally === undefined) return;
    const forOwn = tally.own / tally.weight;
    if (tally.voices >= 3 && forOwn >= 0.6) supported.add(row);
    const [code, sum] = [...tally.others].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0] as [number, number]);
    if (code !== 0) contested.set(row, { row, code, forIt: sum / tally.weight, forOwn, by: tally.by });
  });
  return { contested, supported };
}

function addVoices(tallies: (Tally | undefined)[], dependency: Dependency, on: readonly CodedColumn[], target: CodedColumn, rows: number): void {
  const { groups, size, absent, leader, leading, count } = ballotsOf(on, target, rows);
  const weight = dependency.strength ** 4;
  for (let row = 0; row < rows; row++) {
    const group = groups[row]!;
    if (group === 0) continue;
    const code = target.codes[row]!;
    const others = size[group]! + absent[group]! - 1;
    if (others < 1) continue;
    const tally: Tally = (tallies[row] ??= { weight: 0, own: 0, voices: 0, others: new Map<number, number>(), by: dependency, byShare: 0 });
    tally.weight += weight;
    tally.voices = Math.max(tally.voices, others);
    const own = code === 0 ? absent[group]! : count(group, code);
    tally.own += (weight * (own - 1)) / (others + 1);
    const other = leader[group]!;
    // of two rows that differ, nobody knows which is wrong
    if (other === code || leading[group]! < 2) continue;
    const share = leading[group]! / (others + 1);
    tally.others.set(other, (tally.others.get(other) ?? 0) + weight * share);
    if (weight * share <= tally.byShare) continue;
    tally.by = dependency;
    tally.byShare = weight * share;
  }
}
