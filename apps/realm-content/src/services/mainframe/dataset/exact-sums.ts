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
  /** Of the record that is being read, by slot. */
  private readonly noted: Float64Array;
  private large: { readonly slot: number; readonly amount: bigint }[] = [];

  constructor(columns: readonly RecordColumn[]) {
    this.sums = columns
      .map((column, at) => ({ column: at, name: column.name, scale: Math.max(0, column.field.picture?.scale ?? 0), small: 0, exact: 0n, wanted: column.type === 'decimal' && !column.path.some((part) => part.index !== undefined) }))
      .filter((sum) => sum.wanted)
      .slice(0, MOST_COLUMNS);
    this.noted = new Float64Array(this.sums.length);
  }

  add(row: readonly ContentCell[]): void {
    this.sums.forEach((sum, slot) => {
      const cell = row[sum.column];
      if (typeof cell === 'string') this.noteText(slot, cell);
    });
    this.commit();
  }

  /** Where a column's amounts of one record are noted; -1: it is not summed. */
  slotOf(column: RecordColumn): number {
    return this.sums.findIndex((sum) => sum.name === column.name);
  }

  /** An amount of the record that is being read, in units of the last place. */
  noteSmall(slot: number, amount: number): void {
    this.noted[slot] = amount;
  }

  noteText(slot: number, text: string): void {
    const whole = this.sums[slot]!.scale > 0 ? text.replace('.', '') : text;
    if (whole.length > SAFE_DIGITS) this.large.push({ slot, amount: BigInt(whole) });
    else this.noted[slot] = Number(whole);
  }

  /** What was noted counts. */
  commit(): void {
    const { noted, sums } = this;
    for (let slot = 0; slot < noted.length; slot++) {
      const sum = sums[slot]!;
      sum.small += noted[slot]!;
      noted[slot] = 0;
      if (sum.small > FLUSH_ABOVE || sum.small < -FLUSH_ABOVE) flush(sum);
    }
    if (this.large.length === 0) return;
    for (const { slot, amount } of this.large) sums[slot]!.exact += amount;
    this.large = [];
  }

  /** What was noted is forgotten: the record is read in another way. */
  forget(): void {
    this.noted.fill(0);
    this.large = [];
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
