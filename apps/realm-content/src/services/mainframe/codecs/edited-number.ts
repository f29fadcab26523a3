/** Numbers as laid out for people by an edited picture: fill and currency are passed over, the sign may stand at either end. */
import { expandPicture, inOwnNames, inPlainNames, type Picture } from '../copybook/picture.js';
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

/**
 * A number laid out by its picture (ISO/IEC 1989, "Editing rules"): zeros that Z, * and floating symbols stand for are suppressed up to the first digit, a fixed sign
 * or currency symbol stands where it is written, CR and DB only where the number is negative.
 */
export function writeEdited(value: SignedDigits, { text, special }: Picture): string {
  return inOwnNames(laidOut(value, expandPicture(inPlainNames(text, special))), special);
}

function laidOut({ negative, digits }: SignedDigits, symbols: string): string {
  const minus = negative && /[1-9]/.test(digits);
  const floating = /([+\-$€£])\1/.exec(symbols)?.[1];
  const places = [...symbols].map((symbol, at) => (/[9Z*]/.test(symbol) || (symbol === floating && symbols.indexOf(symbol) !== at) ? at : -1)).filter((at) => at >= 0);
  const value = digits.slice(-places.length).padStart(places.length, '0');
  const point = symbols.search(/[.V]/);
  const fill = symbols.includes('*') ? '*' : ' ';
  const wholeZero = !/[1-9]/.test(value) && !symbols.includes('9');
  let started = false;
  let digit = 0;
  const out: string[] = [];
  let floatAt = -1;
  for (let at = 0; at < symbols.length; at++) {
    const symbol = symbols[at]!;
    if (symbol === 'V' || symbol === 'P' || symbol === 'S') continue;
    if (places.includes(at)) {
      const d = value[digit++]!;
      started ||= d !== '0' || symbol === '9' || (point >= 0 && at > point && !wholeZero);
      if (!started) floatAt = symbol === floating ? out.length : floatAt;
      out.push(started ? d : fill);
    } else if (symbol === floating) {
      floatAt = out.length;
      out.push(' ');
    } else {
      out.push(insertion(symbol, symbols, at, minus, started, fill));
      started ||= symbol === '.' && !wholeZero;
    }
  }
  if (floating !== undefined && floatAt >= 0 && !wholeZero) out[floatAt] = signOf(floating, minus);
  return out.join('');
}

const signOf = (symbol: string, minus: boolean): string => (symbol === '+' ? (minus ? '-' : '+') : symbol === '-' ? (minus ? '-' : ' ') : symbol);

function insertion(symbol: string, symbols: string, at: number, minus: boolean, started: boolean, fill: string): string {
  if (symbol === 'C' || symbol === 'R' || symbol === 'D') return minus ? symbol : ' ';
  if (symbol === 'B') return symbols[at - 1] === 'D' ? (minus ? 'B' : ' ') : ' ';
  if (symbol === '+' || symbol === '-') return signOf(symbol, minus);
  if (symbol === ',' || symbol === '/' || symbol === '0') return started ? symbol : fill;
  return symbol;
}
