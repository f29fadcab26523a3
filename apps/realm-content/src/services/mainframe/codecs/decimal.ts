/** Why a field's bytes are no value of its type. Returned, not thrown: one bad field never stops its record. */
export class Undecodable {
  constructor(readonly reason: string) {}
}

/** A whole number that JavaScript numbers hold exactly has at most this many digits. */
export const SAFE_DIGITS = 15;

/**
 * Canonical decimal text of a digit string with `scale` places (negative: zeros are appended). No leading zeros but one before the
 * point, exactly `scale` places after it, no negative zero.
 */
export function decimalText(negative: boolean, digits: string, scale: number): string {
  const whole = scale < 0 ? digits + '0'.repeat(-scale) : digits;
  const padded = scale > 0 ? whole.padStart(scale + 1, '0') : whole;
  const integer = (scale > 0 ? padded.slice(0, -scale) : padded).replace(/^0+(?=\d)/, '') || '0';
  const text = scale > 0 ? `${integer}.${padded.slice(-scale)}` : integer;
  return negative && /[1-9]/.test(text) ? `-${text}` : text;
}

/** The parts of a decimal text as a field of `digits` positions and `scale` places holds it. Throws where it does not fit. */
export function decimalParts(text: string, digits: number, scale: number): { negative: boolean; digits: string } {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) throw new RangeError('it takes a decimal number');
  const fraction = match[3] ?? '';
  const all = scale >= 0 ? match[2]! + fraction.padEnd(scale, '0') : match[2]!.slice(0, scale) || '0';
  if (scale < 0 && /[1-9]/.test(match[2]!.slice(scale))) throw new RangeError(`it holds whole multiples of 1${'0'.repeat(-scale)}`);
  const significant = all.replace(/^0+/, '');
  if (fraction.length > Math.max(scale, 0) || significant.length > digits) throw new RangeError(`it has room for ${digits} digits, ${Math.max(scale, 0)} of them after the point`);
  return { negative: match[1] === '-', digits: significant.padStart(digits, '0') };
}
