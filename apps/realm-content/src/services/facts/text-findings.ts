import type { ContentFact } from '@symphainy/contracts';
import { isoDate, plainDate } from '../../text/plain-dates.js';
import { amountOf, type NormalValue } from './normal-values.js';

/** A value found in running text by its form. */
export type Finding = Pick<ContentFact, 'predicate' | 'value' | 'value_type' | 'confidence'>;

const MONTH = '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)';
const DATES = new RegExp(`\\b(?:\\d{4}-\\d{2}-\\d{2}|\\d{1,2} ${MONTH}\\.?,? \\d{4}|${MONTH}\\.? \\d{1,2}(?:st|nd|rd|th)?,? \\d{4})\\b`, 'g');
// Every repeat is bounded, so that no text makes a pattern try more than a few ways at each place.
const AMOUNTS = /(?:[$€£]\s?|\b(?:USD|EUR|GBP|CHF)\s)(\d{1,3}(?:,\d{3}){1,5}|\d{1,18})(\.\d{1,6})?(?![\d,]{0,4}\d)/g;
const IDENTIFIERS = /\b[A-Z]{2,6}(?:-[A-Z0-9]{1,12}){0,3}-\d[A-Z0-9]{0,20}(?:-[A-Z0-9]{1,12}){0,3}\b/g;
const PERCENTAGES = /\b(\d{1,3}(?:\.\d+)?)\s?(?:%|percent\b)/g;
const ADDRESSES = /\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}\b/g;

/** Dates, amounts, percentages, identifiers and mail addresses of a text, in the order in which they stand; each form is sought once. */
export function findingsIn(text: string): Finding[] {
  const found: { at: number; finding: Finding }[] = [];
  const add = (pattern: RegExp, read: (match: RegExpExecArray) => Finding | undefined): void => {
    for (const match of text.matchAll(pattern)) {
      const finding = read(match);
      if (finding) found.push({ at: match.index, finding });
    }
  };
  add(DATES, ([date]) => dateFinding(date));
  add(AMOUNTS, ([, whole, fraction]) => ({ predicate: 'mentions_amount', value: `${whole!.replaceAll(',', '')}${fraction ?? ''}`, value_type: 'number', confidence: 0.9 }));
  add(PERCENTAGES, ([, number]) => ({ predicate: 'mentions_percentage', value: number!, value_type: 'number', confidence: 0.9 }));
  add(IDENTIFIERS, ([id]) => ({ predicate: 'mentions_identifier', value: id, value_type: 'string', confidence: 0.8 }));
  add(ADDRESSES, ([address]) => ({ predicate: 'mentions_address', value: address.toLowerCase(), value_type: 'string', confidence: 0.95 }));
  return found.toSorted((a, b) => a.at - b.at).map((f) => f.finding);
}

function dateFinding(text: string): Finding | undefined {
  const date = plainDate(text);
  return date === undefined ? undefined : { predicate: 'mentions_date', value: date, value_type: 'date', confidence: 0.9 };
}

/** A stated value by its form: date, number, yes or no, else text. */
export function statedValue(text: string): NormalValue {
  const date = plainDate(text) ?? slashDate(text);
  if (date !== undefined) return { value: date, value_type: 'date', ...(date === text ? {} : { raw: text }) };
  const amount = amountOf(text);
  if (amount !== undefined) return { value: amount.value, value_type: 'number', unit: amount.unit, raw: text };
  const number = /^([-+]?)(\d{1,3}(?:,\d{3})+|0|[1-9]\d*)(\.\d+)?$/.exec(text);
  if (number) return numberOf(`${number[1] === '-' ? '-' : ''}${number[2]!.replaceAll(',', '')}${number[3] ?? ''}`, text);
  if (/^(true|yes)$/i.test(text)) return { value: true, value_type: 'boolean', raw: text };
  if (/^(false|no)$/i.test(text)) return { value: false, value_type: 'boolean', raw: text };
  return { value: text, value_type: 'string' };
}

const numberOf = (value: string, text: string): NormalValue => ({ value, value_type: 'number', ...(value === text ? {} : { raw: text }) });

/** Only where one of the two numbers can be no month. */
function slashDate(text: string): string | undefined {
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  if (!match) return undefined;
  const [first, second, year] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (first > 12) return isoDate(year, second, first);
  return second > 12 ? isoDate(year, first, second) : undefined;
}
