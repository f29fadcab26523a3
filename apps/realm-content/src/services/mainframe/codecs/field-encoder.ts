/** The opposite of the field decoders: a cell's bytes in the form that a mainframe program writes (preferred signs, blanks after text). */
import type { ContentCell } from '@symphainy/contracts';
import type { Field } from '../copybook/copybook-layout.js';
import { encodeBinary } from './binary-codec.js';
import { decimalParts } from './decimal.js';
import { writeEdited } from './edited-number.js';
import { isMixed, isOpaque, isText, isWide, zonedForm, type DecodeForm } from './field-decoder.js';
import { encodeFloat } from './float-codec.js';
import { doubleBlank, encodeDoubles, encodeMixed } from './mixed-text.js';
import { encodePacked } from './packed-codec.js';
import { encodeZoned, type SignedDigits } from './zoned-codec.js';

/** Fills exactly the field's length. Throws a RangeError when the cell has no place in the field. */
export type FieldEncoder = (cell: Exclude<ContentCell, null>) => Uint8Array;

export function fieldEncoder(field: Field, form: DecodeForm): FieldEncoder {
  if (isOpaque(field)) return (cell) => exactLength(Buffer.from(String(cell), 'hex'), field);
  if (field.usage === 'float' || field.usage === 'double') return (cell) => encodeFloat(Number(cell), field.length === 4 ? 4 : 8, form.floats);
  if (isText(field)) return textualEncoder(field, form);
  return numberEncoder(field, form);
}

function textualEncoder(field: Field, form: DecodeForm): FieldEncoder {
  const { page } = form;
  if (!isMixed(page)) return isWide(field) ? nationalEncoder(field) : textEncoder(field, form);
  if (!isWide(field)) return (cell) => filled(encodeMixed(String(cell), page), [page.space], field);
  const blank = doubleBlank(page);
  return field.usage === 'double_byte' ? (cell) => filled(encodeDoubles(String(cell), page), [blank >> 8, blank & 0xff], field) : nationalEncoder(field);
}

function filled(bytes: readonly number[], blank: readonly number[], field: Field): Uint8Array {
  if (bytes.length > field.length) throw new RangeError(`it has room for ${field.length} bytes, not ${bytes.length}`);
  const from = field.justified ? field.length - bytes.length : 0;
  const out = Uint8Array.from({ length: field.length }, (_, at) => blank[at % blank.length]!);
  out.set(bytes, from);
  return out;
}

function textEncoder(field: Field, { page }: DecodeForm): FieldEncoder {
  return (cell) => {
    const out = new Uint8Array(field.length).fill(page.space);
    const text = String(cell);
    if (text.length > field.length) throw new RangeError(`it has room for ${field.length} characters, not ${text.length}`);
    const from = field.justified ? field.length - text.length : 0;
    for (let at = 0; at < text.length; at++) out[from + at] = byteOf(text[at]!, page);
    return out;
  };
}

function byteOf(character: string, page: DecodeForm['page']): number {
  const byte = page.bytes.get(character);
  if (byte === undefined) throw new RangeError(`${page.name} has no character U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`);
  return byte;
}

const nationalEncoder =
  (field: Field): FieldEncoder =>
  (cell) =>
    exactLength(Buffer.from(String(cell).padEnd(field.length / 2), 'utf16le').swap16(), field);

function exactLength(bytes: Uint8Array, field: Field): Uint8Array {
  if (bytes.length !== field.length) throw new RangeError(`it takes ${field.length} bytes, not ${bytes.length}`);
  return bytes;
}

function numberEncoder(field: Field, form: DecodeForm): FieldEncoder {
  const { usage, length } = field;
  const { digits, scale, signed } = field.picture!;
  const mayBeNegative = signed || field.sign !== undefined;
  const parts = (cell: ContentCell, room: number) => {
    const value = decimalParts(plain(cell), room, scale);
    if (value.negative && !mayBeNegative) throw new RangeError('its picture has no sign');
    return value;
  };
  switch (usage) {
    case 'binary':
    case 'comp5':
    case 'comp9':
      return (cell) => encodeBinary(parts(cell, 40), length, { signed, littleEndian: usage === 'comp9' });
    case 'packed':
    case 'packed_unsigned':
      return (cell) => encodePacked(parts(cell, length * 2 - (usage === 'packed' ? 1 : 0)), length, signed, usage === 'packed');
    case 'national':
      return (cell) => exactLength(Buffer.from(writeEdited(parts(cell, 40), field.picture!), 'utf16le').swap16(), field);
    default:
      return field.picture!.category === 'edited' ? editedEncoder(field, form) : zonedEncoder(field, form, (cell) => parts(cell, digits));
  }
}

function zonedEncoder(field: Field, { page }: DecodeForm, parts: (cell: ContentCell) => SignedDigits): FieldEncoder {
  const form = zonedForm(field, page.family === 'ascii');
  return (cell) => {
    const value = parts(cell);
    return field.blankWhenZero && /^0*$/.test(value.digits) ? new Uint8Array(field.length).fill(page.space) : encodeZoned(value, form);
  };
}

function editedEncoder(field: Field, { page }: DecodeForm): FieldEncoder {
  return (cell) => {
    const value = decimalParts(plain(cell), field.picture!.digits, field.picture!.scale);
    const text = field.blankWhenZero && /^0*$/.test(value.digits) ? '' : writeEdited(value, field.picture!);
    return Uint8Array.from(text.padEnd(field.length), (character) => byteOf(character, page));
  };
}

/** JSON writes large and small numbers with an exponent; integers here never have one below 10^21. */
const plain = (cell: ContentCell): string => (typeof cell === 'number' ? cell.toFixed(0) : String(cell));
