/** Sums of decimal columns without rounding: amounts are gathered as whole numbers of the last place, in numbers while these are exact. */
import type { ContentCell } from '@symphainy/contracts';
import { decimalText, SAFE_DIGITS } from '../codecs/decimal.js';
import type { RecordColumn } from '../records/record-plan.js';

/** Sums are told of so many columns; tables of amounts would otherwise fill the summary. */
const MOST_COLUMNS = 64;
const FLUSH_ABOVE = 2 ** 52;

interface Sum {
  readonly column: number;
  readonly name: string;
  readonly scale: number;
  small: number;
  exact: bigint;
}

export class ExactSums {
  private readonly sums: readonly Sum[];

  constructor(columns: readonly RecordColumn[]) {
    this.sums = columns
      .map((column, at) => ({ column: at, name: column.name, scale: Math.max(0, column.field.picture?.scale ?? 0), small: 0, exact: 0n, wanted: column.type === 'decimal' && !column.path.some((part) => part.index !== undefined) }))
      .filter((sum) => sum.wanted)
      .slice(0, MOST_COLUMNS);
  }

  add(row: readonly ContentCell[]): void {
    for (const sum of this.sums) {
      const cell = row[sum.column];
      if (typeof cell !== 'string') continue;
      const whole = sum.scale > 0 ? cell.replace('.', '') : cell;
      if (whole.length > SAFE_DIGITS) sum.exact += BigInt(whole);
      else sum.small += Number(whole);
      if (sum.small > FLUSH_ABOVE || sum.small < -FLUSH_ABOVE) flush(sum);
    }
  }

  /** By column, as decimal text. */
  totals(): Record<string, string> {
    return Object.fromEntries(this.sums.map((sum) => (flush(sum), [sum.name, textOf(sum.exact, sum.scale)])));
  }
}

function flush(sum: Sum): void {
  sum.exact += BigInt(sum.small);
  sum.small = 0;
}

const textOf = (amount: bigint, scale: number): string => decimalText(amount < 0n, String(amount < 0n ? -amount : amount), scale);

/** Adds decimal texts of the same scale. */
export function addDecimals(a: string, b: string): string {
  const scale = (a.split('.')[1] ?? '').length;
  return textOf(BigInt(a.replace('.', '')) + BigInt(b.replace('.', '')), scale);
}
