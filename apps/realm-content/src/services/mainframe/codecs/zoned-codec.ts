/**
 * Zoned decimal (USAGE DISPLAY): one digit a byte. The sign is overpunched on the last or first digit, or stands in a byte of its own.
 *
 * EBCDIC: zone F is plain, C, A and E are plus, D and B minus (IBM z/Architecture Principles of Operation, "Decimal-number formats").
 * ASCII: `{A…I` are plus 0…9, `}J…R` minus 0…9 (the EBCDIC letters translated); `p…y` minus as Micro Focus writes it.
 */
import type { SignClause } from '../copybook/copybook.model.js';
import { SAFE_DIGITS, Undecodable } from './decimal.js';
import type { FieldDecoder } from './field-decoder.js';
import type { NumberCells } from './number-cells.js';

export interface ZonedForm {
  readonly signed: boolean;
  readonly sign?: SignClause | undefined;
  readonly ascii: boolean;
}

export interface SignedDigits {
  readonly negative: boolean;
  readonly digits: string;
}

/** Reads a field without a separate sign: plain digits by arithmetic, all else as `decodeZoned` does. */
export function zonedReader(form: ZonedForm, cells: NumberCells): FieldDecoder {
  const zero = form.ascii ? 0x30 : 0xf0;
  return (bytes, at, end) => {
    let amount = 0;
    let last = end - at > SAFE_DIGITS ? at : end;
    for (let i = at; i < last; i++) {
      const digit = bytes[i]! - zero;
      if (digit < 0 || digit > 9) last = i;
      else amount = amount * 10 + digit;
    }
    if (last === end) return cells.small(false, amount);
    const value = decodeZoned(bytes, at, end, form);
    return value instanceof Undecodable ? value : cells.exact(value.negative, value.digits);
  };
}

export function decodeZoned(bytes: Uint8Array, start: number, end: number, form: ZonedForm): SignedDigits | Undecodable {
  if (form.sign?.separate) return decodeSeparate(bytes, start, end, form);
  const signAt = !form.signed ? -1 : form.sign?.position === 'leading' ? start : end - 1;
  let digits = '';
  let negative = false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    const plain = form.ascii ? byte - 0x30 : byte - 0xf0;
    if (plain >= 0 && plain <= 9) {
      digits += plain;
    } else if (at === signAt) {
      const over = form.ascii ? asciiOverpunch(byte) : ebcdicOverpunch(byte);
      if (over === undefined) return refuse(bytes, start, end, form);
      negative = over.negative;
      digits += over.digit;
    } else {
      return refuse(bytes, start, end, form);
    }
  }
  return { negative, digits };
}

function decodeSeparate(bytes: Uint8Array, start: number, end: number, form: ZonedForm): SignedDigits | Undecodable {
  const leading = form.sign!.position === 'leading';
  const signByte = bytes[leading ? start : end - 1]!;
  const plus = form.ascii ? 0x2b : 0x4e;
  const minus = form.ascii ? 0x2d : 0x60;
  if (signByte !== plus && signByte !== minus) return filled(bytes, start, end, form) ?? new Undecodable('the separate sign is neither + nor -');
  const rest = decodeZoned(bytes, leading ? start + 1 : start, leading ? end : end - 1, { signed: false, ascii: form.ascii });
  return rest instanceof Undecodable ? rest : { negative: signByte === minus, digits: rest.digits };
}

const ebcdicOverpunch = (byte: number): { negative: boolean; digit: number } | undefined => {
  const zone = byte >> 4;
  const digit = byte & 0x0f;
  return digit > 9 || zone < 0x0a ? undefined : { negative: zone === 0x0d || zone === 0x0b, digit };
};

const PLUS = '{ABCDEFGHI';
const MINUS = '}JKLMNOPQR';

function asciiOverpunch(byte: number): { negative: boolean; digit: number } | undefined {
  const character = String.fromCharCode(byte);
  const plus = PLUS.indexOf(character);
  if (plus >= 0) return { negative: false, digit: plus };
  const minus = MINUS.indexOf(character);
  if (minus >= 0) return { negative: true, digit: minus };
  return byte >= 0x70 && byte <= 0x79 ? { negative: true, digit: byte - 0x70 } : undefined;
}

const refuse = (bytes: Uint8Array, start: number, end: number, form: ZonedForm): Undecodable => filled(bytes, start, end, form) ?? new Undecodable('a byte is not a zoned digit');

/** Fields that were never filled carry one value all over; said by name, because it is the commonest reason. */
export function filled(bytes: Uint8Array, start: number, end: number, form: { readonly ascii: boolean }): Undecodable | undefined {
  const first = bytes[start]!;
  for (let at = start + 1; at < end; at++) if (bytes[at] !== first) return undefined;
  if (first === 0x00) return new Undecodable('low-values in a numeric field');
  if (first === 0xff) return new Undecodable('high-values in a numeric field');
  return first === (form.ascii ? 0x20 : 0x40) ? new Undecodable('spaces in a numeric field') : undefined;
}

/** The opposite of `decodeZoned`: preferred signs are C and D (zone F where unsigned), `{…I` and `}…R` in ASCII. */
export function encodeZoned(value: SignedDigits, form: ZonedForm): Uint8Array {
  const out = Uint8Array.from(value.digits, (digit) => (form.ascii ? 0x30 : 0xf0) + Number(digit));
  if (!form.signed) return out;
  const leading = form.sign?.position === 'leading';
  if (form.sign?.separate) {
    const sign = value.negative ? (form.ascii ? 0x2d : 0x60) : form.ascii ? 0x2b : 0x4e;
    return leading ? Uint8Array.of(sign, ...out) : Uint8Array.of(...out, sign);
  }
  const at = leading ? 0 : out.length - 1;
  const digit = Number(value.digits[at]);
  out[at] = form.ascii ? (value.negative ? MINUS : PLUS).charCodeAt(digit) : (value.negative ? 0xd0 : 0xc0) + digit;
  return out;
}
