/** A line of a dataset, or of anyone who writes in its shape, as the cells of its record. */
import { z } from 'zod';
import type { ContentCell } from '@symphainy/contracts';
import { decimalParts, decimalText, SAFE_DIGITS } from '../codecs/decimal.js';
import type { KeptBytes } from '../records/record-encoder.js';
import { Misfit } from '../records/record-encoder.js';
import type { RecordColumn } from '../records/record-plan.js';

const hex = z.string().regex(/^([0-9a-f]{2})*$/i, 'pairs of hexadecimal digits');

/** What a row may say beside its columns. Of what decoding writes, the rest tells where a row came from, and is passed over. */
const aboutRow = z.looseObject({
  _record: z.number().int().min(1).optional(),
  _length: z.number().int().min(0).optional(),
  _kept: z.array(z.tuple([z.number().int().min(0), hex])).optional(),
  _before: hex.optional(),
  _after: hex.optional(),
  _block: hex.optional(),
});

const TOLD = new Set(['_record', '_offset', '_length', '_segment', '_parent', '_failed', '_kept', '_before', '_after', '_block']);

export interface GivenRow {
  readonly cells: readonly ContentCell[];
  readonly record: number | undefined;
  readonly length: number | undefined;
  readonly kept: readonly KeptBytes[];
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly block: string | undefined;
}

/** A line that is no row; `field` is the member that is wrong, where it is one. */
export class NoRow extends Error {
  constructor(
    readonly reason: string,
    readonly field?: string,
  ) {
    super(reason);
  }
}

export class RowCells {
  private readonly places: ReadonlyMap<string, number>;

  constructor(private readonly columns: readonly RecordColumn[]) {
    this.places = new Map(columns.map((column, at) => [column.name, at]));
  }

  /** Throws NoRow, or a Misfit for a value that is of another type than its column's. */
  read(line: string): GivenRow {
    const about = aboutRow.safeParse(jsonOf(line));
    if (!about.success) throw new NoRow(`${about.error.issues[0]!.path.join('.')}: ${about.error.issues[0]!.message}`, String(about.error.issues[0]!.path[0] ?? ''));
    const cells = new Array<ContentCell>(this.columns.length).fill(null);
    for (const [name, value] of Object.entries(about.data)) {
      const at = this.places.get(name);
      if (at !== undefined) cells[at] = cellOf(value, this.columns[at]!);
      else if (!TOLD.has(name)) throw new NoRow(`the copybook has no column ${JSON.stringify(name.slice(0, 80))}`, name.slice(0, 80));
    }
    const { _record: record, _length: length, _kept: kept = [], _before: before, _after: after, _block: block } = about.data;
    return { cells, record, length, kept: kept.map(([offset, bytes]) => ({ offset, hex: bytes })), before, after, block };
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new NoRow('the line is no JSON object');
  }
}

/** The cell as decoding writes it: numbers may also come as text, decimals also as numbers. */
function cellOf(value: unknown, column: RecordColumn): ContentCell {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string' && typeof value !== 'number') throw new Misfit(column, `it takes a ${column.type === 'string' ? 'text' : 'number'}`);
  if (column.type === 'string') {
    if (typeof value !== 'string') throw new Misfit(column, 'it takes a text');
    return value;
  }
  if (column.type === 'number') {
    if (!Number.isFinite(Number(value)) || value === '') throw new Misfit(column, 'it takes a finite number');
    return Number(value);
  }
  return numberCell(plainText(value, column), column);
}

function plainText(value: string | number, column: RecordColumn): string {
  const text = String(value).replace(/^\+/, '');
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new Misfit(column, 'it takes a decimal number, without an exponent');
  return text;
}

function numberCell(text: string, column: RecordColumn): ContentCell {
  const scale = Math.max(0, column.field.picture?.scale ?? 0);
  const trimmed = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  try {
    const { negative, digits } = decimalParts(trimmed, Math.max(trimmed.length + scale, 1), scale);
    const exact = decimalText(negative, digits, scale);
    return column.type === 'integer' && exact.length <= SAFE_DIGITS + 1 ? Number(exact) : exact;
  } catch (error) {
    if (error instanceof RangeError) throw new Misfit(column, error.message);
    throw error;
  }
}
