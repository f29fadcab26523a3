/**
 * How the text of a cell reads as a value. A cell of any JSON type is first taken as text, so that a spreadsheet's number and the
 * same number in a CSV file profile alike.
 */
import { canonicalJson, type Json } from '@symphainy/kernel';

/** Texts that stand for "no value" (compared without case and outer white space), beside the empty text. */
export const NULL_TOKENS: readonly string[] = ['null', '(null)', 'nil', 'n/a', '#n/a', 'na', 'nan', '-', '--', '\\n'];
const nullTokens = new Set(NULL_TOKENS);

export function cellText(cell: Json | undefined): string | null {
  if (cell === null || cell === undefined) return null;
  const text = typeof cell === 'object' ? canonicalJson(cell) : String(cell);
  return text.trim() === '' ? null : text;
}

const LONGEST_TOKEN = 6;
export const isNullToken = (text: string): boolean => {
  const trimmed = text.trim();
  return trimmed.length <= LONGEST_TOKEN && nullTokens.has(trimmed.toLowerCase());
};

export type NumberStyle = 'dot' | 'comma';
interface NumberForms { readonly whole: RegExp; readonly decimal: RegExp; readonly group: RegExp }
const forms: Record<NumberStyle, NumberForms> = {
  dot: { whole: /^(\d+|\d{1,3}(,\d{3})+)$/, decimal: /^(\d+|\d{1,3}(,\d{3})+)?\.\d+$|^\d+\.$|^\d+(\.\d+)?e[+-]?\d+$/i, group: /,/g },
  comma: { whole: /^(\d+|\d{1,3}(\.\d{3})+)$/, decimal: /^(\d+|\d{1,3}(\.\d{3})+),\d+$/, group: /\./g },
};

export interface NumberReading {
  readonly value: number;
  readonly whole: boolean;
  readonly unit?: string;
}

/** A number with optional sign (leading, trailing or as parentheses), thousands separators, currency sign or percent sign. */
export function readNumber(text: string, style: NumberStyle): NumberReading | undefined {
  const { core, negative, unit } = withoutDressing(text.trim());
  const { whole, decimal, group } = forms[style];
  const isWhole = whole.test(core);
  if (!isWhole && !decimal.test(core)) return undefined;
  const plain = core.replace(group, '').replace(',', '.');
  const value = Number(plain) * (negative ? -1 : 1);
  if (!Number.isFinite(value)) return undefined;
  return { value: value === 0 ? 0 : value, whole: isWhole, ...(unit === undefined ? {} : { unit }) };
}

function withoutDressing(text: string): { core: string; negative: boolean; unit: string | undefined } {
  const inner = /^\((.+)\)$/.exec(text)?.[1];
  let core = inner ?? text;
  let negative = inner !== undefined;
  const unit = /[$€£¥%]/.exec(core)?.[0];
  if (unit !== undefined) core = core.replace(/^([+-]?)\s*[$€£¥]\s*/, '$1').replace(/\s*[$€£¥%]$/, '');
  const sign = /^[+-]|[+-]$/.exec(core)?.[0];
  if (sign !== undefined) {
    core = core.startsWith(sign) ? core.slice(1) : core.slice(0, -1);
    negative = negative !== (sign === '-');
  }
  return { core, negative, unit };
}

const truths: Record<string, boolean> = { true: true, false: false, yes: true, no: false, y: true, n: false, t: true, f: false };

export function readBoolean(text: string): boolean | undefined {
  const key = text.trim().toLowerCase();
  return Object.hasOwn(truths, key) ? truths[key] : undefined;
}

/** Which of two leading numbers of a date is the day. */
export type DateOrder = 'dmy' | 'mdy';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const TIME = String.raw`(?:[T ]\s*\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?\s*(?:[AaPp][Mm])?\s*(?:Z|UTC|[+-]\d\d:?\d\d)?)?`;
const iso = new RegExp(`^(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})${TIME}$`);
const numeric = new RegExp(`^(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4}|\\d{2})${TIME}$`);
const dayMonth = new RegExp(`^(\\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})\\.?,?[ -](\\d{4}|\\d{2})${TIME}$`);
const monthDay = new RegExp(`^([A-Za-z]{3,9})\\.? (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})${TIME}$`);
const compact = /^(\d{4})(\d\d)(\d\d)$/;

/** The calendar date of a text as YYYY-MM-DD, or undefined when it is none (30 February is none). Two-digit years: 70–99 are 19xx. */
export function readDate(text: string, order: DateOrder, allowCompact: boolean): string | undefined {
  const t = text.trim();
  const ymd = iso.exec(t) ?? (allowCompact ? compact.exec(t) : null);
  if (ymd) return calendarDate(ymd[1], ymd[2], ymd[3]);
  const parts = numeric.exec(t);
  if (parts) return order === 'dmy' ? calendarDate(parts[3], parts[2], parts[1]) : calendarDate(parts[3], parts[1], parts[2]);
  const dm = dayMonth.exec(t);
  if (dm) return calendarDate(dm[3], monthNumber(dm[2]), dm[1]);
  const md = monthDay.exec(t);
  return md ? calendarDate(md[3], monthNumber(md[1]), md[2]) : undefined;
}

const monthNumber = (name = ''): string => String(months.indexOf(name.slice(0, 3).toLowerCase()) + 1);

function calendarDate(yearText = '', monthText = '', dayText = ''): string | undefined {
  const year = yearText.length === 2 ? Number(yearText) + (Number(yearText) >= 70 ? 1900 : 2000) : Number(yearText);
  const [month, day] = [Number(monthText), Number(dayText)];
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined;
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function daysOf(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}
