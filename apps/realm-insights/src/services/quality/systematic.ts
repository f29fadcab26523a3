import { countsOf, type CodedColumn } from './coded-table.js';
import type { Poll, Vote } from './votes.js';

const LEAST_ROWS = 5;
const LEAST_SHARE = 0.8;
/** From this margin on a vote is against the cell. */
const OUTVOTED = 0.25;

/**
 * Errors are scattered. Where nearly all rows that share a value of some other column are outvoted together, that value means something the discovered dependency does not know: those cells are
 * taken as supported, unless a caller stated the dependency.
 */
export function sparingSystematic(poll: Poll, columns: readonly CodedColumn[], at: number): Poll {
  const outvoted = [...poll.contested.values()].filter(isOutvoted).map((vote) => vote.row);
  const explained = new Set(outvoted.length < LEAST_ROWS ? [] : columns.flatMap((column, other) => (other === at ? [] : sharedBy(column, outvoted))));
  if (explained.size === 0) return poll;
  return { contested: new Map([...poll.contested].filter(([row]) => !explained.has(row))), supported: new Set([...poll.supported, ...explained]) };
}

const isOutvoted = ({ by, forIt, forOwn }: Vote): boolean => by.given !== true && forIt - forOwn >= OUTVOTED;

/** Those of the rows whose value in the column stands in hardly any other row. */
function sharedBy(column: CodedColumn, rows: readonly number[]): number[] {
  const totals = countsOf(column);
  const among = countsOf({ ...column, codes: Int32Array.from(rows, (row) => column.codes[row]!) });
  return rows.filter((row) => {
    const code = column.codes[row]!;
    return code !== 0 && among[code]! >= LEAST_ROWS && among[code]! >= totals[code]! * LEAST_SHARE;
  });
}
