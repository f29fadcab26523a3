/** A number that no double holds. */
export class ExactNumber {
  /** `isDecimal`: the text is canonical decimal text; else it is as the file writes it, with an exponent that would make megabytes of zeros. */
  constructor(
    readonly text: string,
    readonly isDecimal: boolean,
  ) {}

  /** Its own digits also where it is written as JSON again. */
  toJSON(): unknown {
    return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(this.text);
  }
}

/** JSON, with the numbers that a double does not hold as what they say. */
export type ExactJson = null | boolean | number | string | ExactNumber | readonly ExactJson[] | { readonly [key: string]: ExactJson };

/** Only such numbers can be more than a double holds: of sixteen digits or more, or with an exponent. */
const MAYBE_INEXACT = /\d[\d.]{15}|\d[eE][+-]?\d/;

/** Digits that a number is written out with. */
const MOST_DIGITS = 1_000;

/** Throws a SyntaxError. */
export function exactJson(text: string): ExactJson {
  if (!MAYBE_INEXACT.test(text)) return JSON.parse(text) as ExactJson;
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => (typeof value === 'number' && context?.source !== undefined ? exactNumber(value, context.source) : value)) as ExactJson;
}

function exactNumber(value: number, source: string): number | ExactNumber {
  if (source.length < 16 && Number.isFinite(value) && !/[eE]/.test(source)) return value;
  const exact = decimalOf(source);
  if (exact !== undefined) return exact === decimalOf(String(value)) ? value : new ExactNumber(exact, true);
  return Number.isFinite(value) && value !== 0 ? value : new ExactNumber(source, false);
}

/** A JSON number without an exponent and without zeros that say nothing; undefined: it would have too many digits. */
export function decimalOf(source: string): string | undefined {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  if (whole === undefined || Math.abs(Number(exponent)) + whole.length + fraction.length > MOST_DIGITS) return undefined;
  const point = whole.length + Number(exponent);
  const digits = `${'0'.repeat(Math.max(0, -point))}${whole}${fraction}`.padEnd(point, '0');
  const at = Math.max(0, point);
  const plain = `${digits.slice(0, at).replace(/^0+/, '') || '0'}.${digits.slice(at)}`.replace(/\.?0*$/, '');
  return plain === '0' ? '0' : `${sign}${plain}`;
}
