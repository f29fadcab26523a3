import { countsOf, type CodedColumn } from './coded-table.js';

/** A value whose form is not one that the column's values have. */
export interface FormFinding {
  readonly form: string;
  readonly usual: string;
  readonly confidence: number;
  /** The usual wording with the value's own numbers, where only words differ. */
  readonly suggested?: string;
}

/** Forms that make up the column; a form below this share of rows is an exception. */
const USUAL_SHARE = 0.03;
const COVERED = 0.9;
const MAX_USUAL = 6;
const LEAST_ROWS = 20;
const LEAST_CONFIDENCE = 0.3;
const MOST_CONFIDENCE = 0.95;

/**
 * Values of an unusual form, by code. The form of a value is its text with runs of digits as `9` and, where words vary, runs of letters as `a`. Where at most six forms make up at least 90 % of a
 * column and one of them has a digit, values of other forms are findings: the more the column keeps to its forms, the surer. Columns of mere words have too many rightful forms for that.
 */
export function unusualForms(column: CodedColumn): Map<number, FormFinding> {
  return exceptions(column, wordingOf) ?? exceptions(column, formOf) ?? new Map<number, FormFinding>();
}

function exceptions(column: CodedColumn, read: (value: string) => string): Map<number, FormFinding> | undefined {
  const counts = countsOf(column);
  const forms = column.values.map(read);
  const byForm = new Map<string, number>();
  let present = 0;
  for (let code = 1; code < forms.length; code++) {
    present += counts[code]!;
    byForm.set(forms[code]!, (byForm.get(forms[code]!) ?? 0) + counts[code]!);
  }
  const usual = [...byForm].filter(([, n]) => n / present >= USUAL_SHARE).toSorted((a, b) => b[1] - a[1]);
  const covered = usual.reduce((sum, [, n]) => sum + n, 0) / present;
  if (present < LEAST_ROWS || usual.length > MAX_USUAL || covered < COVERED || !usual.some(([form]) => form.includes('9'))) return undefined;
  const [first] = usual[0]!;
  const names = new Set(usual.map(([form]) => form));
  const confidence = LEAST_CONFIDENCE + ((covered - COVERED) / (1 - COVERED)) * (MOST_CONFIDENCE - LEAST_CONFIDENCE);
  return new Map(forms.flatMap((form, code) => (code === 0 || counts[code] === 0 || names.has(form) ? [] : [[code, { form, usual: first, confidence, ...suggestion(column.values[code]!, form, first) }] as const])));
}

/** Only where the usual form has words of its own and as many numbers as the value. */
function suggestion(value: string, form: string, usual: string): { suggested?: string } {
  const numbers = value.match(/\p{Nd}+/gu) ?? [];
  if (formOf(form) !== formOf(usual) || usual === formOf(usual) || numbers.length !== usual.split('9').length - 1) return {};
  let next = 0;
  return { suggested: usual.replaceAll('9', () => numbers[next++]!) };
}

const NUMBER = /^[-+]?(?:\d+|\d{1,3}(?:,\d{3}){1,6})(?:[.,]\d+)?$/;

/** Numbers are of one form, however they are written. */
const wordingOf = (value: string): string => (NUMBER.test(value) ? '9' : value.replace(/\p{Nd}+/gu, '9').replace(/\s+/g, ' '));
export const formOf = (value: string): string => wordingOf(value).replace(/\p{L}+/gu, 'a');
