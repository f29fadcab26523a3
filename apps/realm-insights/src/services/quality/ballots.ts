import { groupBy, type CodedColumn } from './coded-table.js';

/** What each group of rows says of one column: how many of its rows hold a value, how often each value occurs, and which two lead. */
export interface Ballots {
  readonly groups: Int32Array;
  readonly size: Int32Array;
  readonly absent: Int32Array;
  readonly leader: Int32Array;
  readonly leading: Int32Array;
  readonly second: Int32Array;
  /** How many rows of the group hold the value. */
  count(group: number, code: number): number;
}

/** Counts the values of `column` within rows that agree in `on`. Of equally frequent values the one that came first leads. */
export function ballotsOf(on: readonly CodedColumn[], column: CodedColumn, rows: number): Ballots {
  const { groups, count } = groupBy(on, rows);
  const width = column.values.length;
  const counts = new Map<number, number>();
  const [size, absent, leader, leading, second] = [0, 0, 0, 0, 0].map(() => new Int32Array(count)) as [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];
  for (let row = 0; row < rows; row++) {
    const group = groups[row]!;
    if (group === 0) continue;
    const code = column.codes[row]!;
    if (code === 0) absent[group]!++;
    else {
      size[group]!++;
      counts.set(group * width + code, (counts.get(group * width + code) ?? 0) + 1);
    }
  }
  for (const [key, times] of counts) {
    const group = Math.floor(key / width);
    if (times > leading[group]!) {
      second[group] = leading[group]!;
      leading[group] = times;
      leader[group] = key % width;
    } else if (times > second[group]!) second[group] = times;
  }
  return { groups, size, absent, leader, leading, second, count: (group, code) => counts.get(group * width + code) ?? 0 };
}
