/**
 * What a column holds, judged from its values and, where values alone cannot tell, its name.
 *
 * A type is given when at least 90 % of the values present read as it; the others become type exceptions. Numbers that only name
 * something (leading zeros, or a column called `zip`, `account no`, `…_id`) are identifiers: adding them up would mean nothing.
 */
import { readBoolean, readDate, readNumber, type DateOrder, type NumberStyle } from '../model/cell-value.js';
import type { ColumnType } from '../model/profile.schema.js';

/** Share of the present values that must read as a type. */
export const TYPE_THRESHOLD = 0.9;

export interface ColumnTyping {
  readonly type: ColumnType;
  /** Share of values that read as the type. */
  readonly share: number;
  readonly format?: string;
  conforms(text: string): boolean;
  numberOf?(text: string): number | undefined;
  dateOf?(text: string): string | undefined;
}

export function inferType(name: string, values: readonly string[]): ColumnTyping {
  if (values.length === 0) return { type: 'empty', share: 1, conforms: () => false };
  return asBoolean(values) ?? asDate(name, values) ?? asDigitIdentifier(name, values) ?? asNumber(values) ?? asTextIdentifier(name, values) ?? { type: 'string', share: 1, conforms: () => true };
}

/** The typing of a type that a caller demands, whatever the values are. */
export function demandType(type: 'integer' | 'decimal' | 'date' | 'boolean', name: string, values: readonly string[]): (text: string) => boolean {
  if (type === 'boolean') return (text) => readBoolean(text) !== undefined;
  if (type === 'date') {
    const { order, compact } = dateReading(name, values);
    return (text) => readDate(text, order, compact) !== undefined;
  }
  const style = numberStyle(values);
  return (text) => {
    const reading = readNumber(text, style);
    return reading !== undefined && (type === 'decimal' || reading.whole);
  };
}

const shareOf = (values: readonly string[], test: (text: string) => boolean): number => values.reduce((n, v) => n + (test(v) ? 1 : 0), 0) / values.length;

const enough = (typing: ColumnTyping): ColumnTyping | undefined => (typing.share >= TYPE_THRESHOLD ? typing : undefined);

function asBoolean(values: readonly string[]): ColumnTyping | undefined {
  const conforms = (text: string) => readBoolean(text) !== undefined;
  return enough({ type: 'boolean', share: shareOf(values, conforms), conforms });
}

const dateNames = /(^|[^a-z])(date|day|dob|birth|dt|on|as_?of)([^a-z]|$)|date|_at$/i;

/** Which order of day and month reads more of the values; `ambiguous` when both read all and the order matters. */
export function dateReading(name: string, values: readonly string[]): { order: DateOrder; compact: boolean; ambiguous: boolean } {
  const compact = dateNames.test(name);
  const reads = (order: DateOrder) => values.filter((v) => readDate(v, order, compact) !== undefined).length;
  const [mdy, dmy] = [reads('mdy'), reads('dmy')];
  const ambiguous = mdy === dmy && values.some((v) => readDate(v, 'mdy', compact) !== readDate(v, 'dmy', compact));
  return { order: dmy > mdy ? 'dmy' : 'mdy', compact, ambiguous };
}

function asDate(name: string, values: readonly string[]): ColumnTyping | undefined {
  const { order, compact, ambiguous } = dateReading(name, values);
  const dateOf = (text: string) => readDate(text, order, compact);
  const conforms = (text: string) => dateOf(text) !== undefined;
  const matters = values.some((v) => readDate(v, 'mdy', compact) !== readDate(v, 'dmy', compact));
  return enough({ type: 'date', share: shareOf(values, conforms), conforms, dateOf, ...(matters ? { format: ambiguous ? `${order} (ambiguous)` : order } : {}) });
}

export function numberStyle(values: readonly string[]): NumberStyle {
  const reads = (style: NumberStyle) => values.filter((v) => readNumber(v, style) !== undefined).length;
  return reads('comma') > reads('dot') ? 'comma' : 'dot';
}

function asNumber(values: readonly string[]): ColumnTyping | undefined {
  const style = numberStyle(values);
  const readings = values.map((v) => readNumber(v, style));
  const present = readings.filter((r) => r !== undefined);
  const whole = present.every((r) => r.whole && r.unit === undefined);
  const units = [...new Set(present.map((r) => r.unit))];
  const unit = units.length === 1 ? units[0] : undefined;
  const format = [style === 'comma' ? 'decimal comma' : '', unit ?? ''].filter((part) => part !== '').join(' ');
  const numberOf = (text: string) => readNumber(text, style)?.value;
  return enough({
    type: whole ? 'integer' : 'decimal',
    share: present.length / values.length,
    conforms: (text) => readNumber(text, style) !== undefined,
    numberOf,
    ...(format === '' ? {} : { format }),
  });
}

const digits = /^\d+$/;
const namesThings = new Set(['id', 'ids', 'uuid', 'guid', 'key', 'code', 'zip', 'zipcode', 'postcode', 'postal', 'phone', 'telephone', 'fax', 'ssn', 'ein', 'sku', 'isbn', 'serial', 'account', 'acct', 'ref', 'reference', 'no', 'nr', 'num', 'number', 'license', 'licence', 'pin', 'fips']);

/** The last word of a column's name says what it holds: `provider_number`, `ZipCode`, `policy-no`, but not `number of claims`. */
export function nameSaysIdentifier(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().split(/[^a-z0-9]+/).filter((w) => w !== '');
  const last = words.at(-1);
  return last !== undefined && namesThings.has(last);
}

function asDigitIdentifier(name: string, values: readonly string[]): ColumnTyping | undefined {
  const conforms = (text: string) => digits.test(text.trim());
  const padded = values.some((v) => /^0\d+$/.test(v.trim()));
  if (!padded && !nameSaysIdentifier(name)) return undefined;
  return enough({ type: 'identifier', share: shareOf(values, conforms), format: 'digits', conforms });
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** A code: no white space, at least one digit. */
const codeForm = /^(?=\S*\d)\S+$/;

function asTextIdentifier(name: string, values: readonly string[]): ColumnTyping | undefined {
  const isUuid = (text: string) => uuidForm.test(text.trim());
  if (shareOf(values, isUuid) >= TYPE_THRESHOLD) return { type: 'identifier', share: shareOf(values, isUuid), format: 'uuid', conforms: isUuid };
  const isCode = (text: string) => codeForm.test(text.trim());
  const share = shareOf(values, isCode);
  const unique = new Set(values).size === values.length && values.length >= 5;
  if (share < TYPE_THRESHOLD || !(nameSaysIdentifier(name) || (unique && oneShape(values)))) return undefined;
  return { type: 'identifier', share, format: 'code', conforms: isCode };
}

/** Letters and digits stand at the same places in at least 90 % of the values. */
function oneShape(values: readonly string[]): boolean {
  const counts = new Map<string, number>();
  for (const value of values) {
    const shape = value.trim().replace(/\p{L}/gu, 'a').replace(/\d/g, '9');
    counts.set(shape, (counts.get(shape) ?? 0) + 1);
  }
  return Math.max(...counts.values()) / values.length >= TYPE_THRESHOLD;
}
