/** Numbers as laid out for people by an edited picture: fill and currency are passed over, the sign may stand at either end. */
import { Undecodable } from './decimal.js';
import type { SignedDigits } from './zoned-codec.js';

const OVERPUNCHED = '{ABCDEFGHI}JKLMNOPQR';

/** `scale`: the picture's places; an explicit point in the text takes precedence over it. */
export function readEdited(text: string, scale: number): SignedDigits | Undecodable {
  let rest = text.replace(/[*,\s$€£]/g, '').toUpperCase();
  if (rest === '') return new Undecodable('an edited number without digits');
  let negative = /^-|-$|CR$|DB$/.test(rest);
  rest = rest.replace(/^[+-]|[+-]$|CR$|DB$/g, '');
  const punch = OVERPUNCHED.indexOf(rest.at(-1) ?? ' ');
  if (punch >= 0) {
    rest = rest.slice(0, -1) + (punch % 10);
    negative ||= punch >= 10;
  }
  const match = /^(\d*)(?:\.(\d*))?$/.exec(rest);
  if (!match || rest === '.') return new Undecodable('an edited number that does not read as one');
  return { negative, digits: match[2] === undefined ? rest : match[1] + match[2].padEnd(scale, '0').slice(0, scale) };
}
