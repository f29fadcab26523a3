import type { ColumnType, ContentCell, ContentColumn } from '@symphainy/contracts';
import { isoDate, plainDate, plainDateTime } from '../../text/plain-dates.js';

/**
 * Types of columns by their cells. A type holds only when every cell that is there fits it: `integer`, `decimal`, `date`, `datetime`,
 * `boolean`, else `string`. Numbers with leading zeros are names of things and stay text; a date that could be read two ways stays text.
 */
export interface TypedColumn {
  readonly column: ContentColumn;
  readonly cells: ContentCell[];
}

export function typeColumn(column: ContentColumn, cells: ContentCell[]): TypedColumn {
  if (column.type === 'string') return statedText(column, cells);
  if (column.type !== undefined) return { column, cells };
  const present = cells.filter((cell) => cell !== null);
  if (present.length === 0) return { column: { ...column, type: 'string' }, cells };
  if (present.every((cell) => typeof cell === 'boolean')) return typed(column, 'boolean', cells);
  if (present.every((cell) => typeof cell === 'number')) return typed(column, present.every((cell) => Number.isSafeInteger(cell)) ? 'integer' : 'number', cells);
  if (!present.every((cell) => typeof cell === 'string')) return typed(column, 'string', cells.map((cell) => (cell === null ? null : String(cell))));
  return readTexts(column, cells as (string | null)[]);
}

/** Text by the file's own statement stays text, digits and all; only a column of plain dates is one of dates. */
function statedText(column: ContentColumn, cells: ContentCell[]): TypedColumn {
  const dated = cells.some((cell) => cell !== null) && cells.every((cell) => cell === null || (typeof cell === 'string' && plainDate(cell) !== undefined));
  return dated ? typed(column, 'date', cells.map((cell) => (cell === null ? null : plainDate(String(cell))!))) : { column, cells };
}

const typed = (column: ContentColumn, type: ColumnType, cells: ContentCell[], unit?: string): TypedColumn => ({ column: { ...column, type, ...(unit ? { unit } : {}) }, cells });

function readTexts(column: ContentColumn, cells: (string | null)[]): TypedColumn {
  for (const read of [readBooleans, readNumbers, readContinental, readDates]) {
    const result = read(cells);
    if (result) return typed(column, result.type, result.cells, result.unit);
  }
  return typed(column, 'string', cells);
}

interface Reading {
  readonly type: ColumnType;
  readonly cells: ContentCell[];
  readonly unit?: string;
}

/** Each cell by `read`; undefined as soon as one does not fit. */
function each<T>(cells: readonly (string | null)[], read: (text: string) => T | undefined): (T | null)[] | undefined {
  const out: (T | null)[] = [];
  for (const cell of cells) {
    const value = cell === null ? null : read(cell);
    if (value === undefined) return undefined;
    out.push(value);
  }
  return out;
}

function readBooleans(cells: readonly (string | null)[]): Reading | undefined {
  const values = each(cells, (text) => (/^true$/i.test(text) ? true : /^false$/i.test(text) ? false : undefined));
  return values && { type: 'boolean', cells: values };
}

const NUMBER = /^([-+(]?)\s*([$€£]?)\s*([-+]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*([%€]?)(\)?)$/;

interface NumberText {
  readonly negative: boolean;
  readonly integer: string;
  readonly fraction: string;
  readonly unit: string;
}

function numberText(text: string): NumberText | undefined {
  const match = NUMBER.exec(text);
  if (!match) return undefined;
  const [, sign, currency, inner, whole, fraction = '', behind, closing] = match;
  if ((sign === '(') !== (closing === ')')) return undefined;
  const integer = whole!.replaceAll(',', '');
  if (integer.length > 1 && integer.startsWith('0')) return undefined;
  return { negative: sign === '-' || sign === '(' || inner === '-', integer, fraction: fraction.slice(1), unit: currency || behind || '' };
}

/** Whole numbers that JSON holds exactly are `integer`; all others are exact decimal texts. */
function readNumbers(cells: readonly (string | null)[]): Reading | undefined {
  const numbers = each(cells, numberText);
  if (numbers === undefined) return undefined;
  const present = numbers.filter((n) => n !== null);
  const units = new Set(present.map((n) => n.unit));
  if (units.size > 1) return undefined;
  const whole = present.every((n) => n.fraction === '' && n.integer.length <= 15);
  const cellsOut = numbers.map((n) => (n === null ? null : whole ? Number(signedText(n)) : signedText(n)));
  const unit = [...units][0];
  return { type: whole ? 'integer' : 'decimal', cells: cellsOut, ...(unit ? { unit } : {}) };
}

/** `1.234,50` and `99,9`: point and comma the other way round, as most of Europe writes them; what an English reader would read otherwise counts so only beside cells that he cannot read. */
function readContinental(cells: readonly (string | null)[]): Reading | undefined {
  // a comma between two digits may also part a list
  if (!cells.some((cell) => cell !== null && /\d(?:\.\d{3},\d|,\d{2})/.test(cell))) return undefined;
  const swapped = each(cells, (cell) => (CONTINENTAL.test(cell) ? cell.replace(/[.,]/g, (mark) => (mark === ',' ? '.' : ',')) : undefined));
  return swapped && readNumbers(swapped);
}

const CONTINENTAL = /^[^.,]*(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?[^.,]*$/;

const signedText = (n: NumberText): string => {
  const text = n.fraction === '' ? n.integer : `${n.integer}.${n.fraction}`;
  return n.negative && /[1-9]/.test(text) ? `-${text}` : text;
};

function readDates(cells: readonly (string | null)[]): Reading | undefined {
  const dates = each(cells, plainDate) ?? readSlashDates(cells);
  if (dates) return { type: 'date', cells: dates };
  const times = each(cells, (text) => plainDateTime(text) ?? plainDate(text));
  return times && { type: 'datetime', cells: times.map((time) => (typeof time === 'string' && !time.includes('T') ? `${time}T00:00:00` : time)) };
}

/** 03/04/2026 is read only where another cell of the column shows which number is the day. */
function readSlashDates(cells: readonly (string | null)[]): ContentCell[] | undefined {
  const parts = each(cells, (text) => /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/.exec(text) ?? undefined);
  if (parts === undefined) return undefined;
  const present = parts.filter((part) => part !== null);
  const dayFirst = present.some((part) => Number(part[1]) > 12);
  const monthFirst = present.some((part) => Number(part[2]) > 12);
  if (dayFirst === monthFirst) return undefined;
  return each(cells, (text) => {
    const [a, b, year] = text.split(/[/.]/).map(Number) as [number, number, number];
    return dayFirst ? isoDate(year, b, a) : isoDate(year, a, b);
  });
}
