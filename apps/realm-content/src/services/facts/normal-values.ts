import type { ContentFact } from '@symphainy/contracts';
import { isoDate, plainDate } from '../../text/plain-dates.js';

/** A value as facts have it: in its normal form, with the source's text beside it where that is another. */
export type NormalValue = Pick<ContentFact, 'value' | 'value_type'> & { raw?: string; unit?: string };

const CODES: Readonly<Record<string, string>> = { '€': 'EUR', '£': 'GBP', '₹': 'INR', '₩': 'KRW', '₺': 'TRY', '₽': 'RUB', '₪': 'ILS', '₫': 'VND', '₴': 'UAH' };
const SIGN = '[$€£¥₹₩₺₽₪₫₴]|[A-Z]{3}';
const ENGLISH = '\\d{1,3}(?:,\\d{3}){1,6}(?:\\.\\d+)?|\\d{1,18}(?:\\.\\d+)?';
const CONTINENTAL = "\\d{1,3}(?:[.’' \\u00a0]\\d{3}){0,6},\\d{2}";
const AMOUNT = new RegExp(`^([-+−(]?)\\s?(?:(${SIGN})\\s?)?([-+−]?)\\s?(${ENGLISH}|${CONTINENTAL})\\s?(${SIGN})?(\\)?)$`);

/** A number with its sign of money: `($1,240.50)` → -1240.50 `$`; `1.234,56 €` → 1234.56 EUR; undefined: it is none, or states no money. */
export function amountOf(text: string): { readonly value: string; readonly unit: string } | undefined {
  const match = AMOUNT.exec(text.trim());
  if (!match) return undefined;
  const [, lead, before, inner, digits, after, close] = match as unknown as string[];
  const sign = before ?? after;
  if (sign === undefined || (before !== undefined && after !== undefined) || (lead === '(') !== (close === ')')) return undefined;
  const plain = new RegExp(`^(?:${CONTINENTAL})$`).test(digits!) ? digits!.replace(/[.’' \u00a0]/g, '').replace(',', '.') : digits!.replaceAll(',', '');
  const negative = lead === '(' || /[-−]/.test(`${lead}${inner}`);
  return { value: `${negative && !/^0+(\.0+)?$/.test(plain) ? '-' : ''}${plain.replace(/^0+(?=\d)/, '')}`, unit: CODES[sign] ?? sign };
}

const EPOCH_MS = /^\d{12,13}$/;
/** From 1990 to 2100: a number outside is no moment that papers speak of. */
const [FIRST_MS, LAST_MS] = [631_152_000_000, 4_102_444_800_000];

/** A date in any form that reads in one way; a day first before dots; milliseconds since 1970 (UTC), where the member is a date. */
export function dateOf(text: string): string | undefined {
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
  if (dotted) return isoDate(Number(dotted[3]), Number(dotted[2]), Number(dotted[1]));
  const time = /^(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d/.exec(text);
  if (time) return plainDate(time[1]!);
  if (EPOCH_MS.test(text) && Number(text) >= FIRST_MS && Number(text) < LAST_MS) return new Date(Number(text)).toISOString().slice(0, 10);
  return plainDate(text);
}

/** Blanks at the ends and within made one, dashes made plain: what an identifier is compared by. */
const identifierOf = (text: string): string => text.normalize('NFKC').replace(/[‐‑‒–—−]/g, '-').replace(/\s+/g, ' ').trim();

/** A value in the form that its canonical member has: a date, or an identifier; the source's own text is kept where it was another. */
export function canonicalValue(found: NormalValue, member: { readonly format?: string | undefined; readonly identifies: boolean }): NormalValue {
  const text = typeof found.value === 'string' ? found.value : typeof found.value === 'number' ? String(found.value) : undefined;
  if (text === undefined) return found;
  const kept = found.raw ?? text;
  if (member.format === 'date' && found.value_type !== 'date') {
    const date = dateOf(text);
    return date === undefined ? found : { ...found, value: date, value_type: 'date', raw: kept };
  }
  if (!member.identifies) return found;
  const identifier = identifierOf(kept);
  return identifier === found.value && found.value_type === 'string' ? found : { value: identifier, value_type: 'string', ...(identifier === kept ? {} : { raw: kept }) };
}

/** The unit of a table's column, as a code where it tells one. */
export const unitOf = (unit: string | undefined): string | undefined => (unit === undefined ? undefined : (CODES[unit] ?? unit));
