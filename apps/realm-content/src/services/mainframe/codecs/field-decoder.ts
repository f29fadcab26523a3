import type { ColumnType, ContentCell } from '@symphainy/contracts';
import { decodeBinary } from './binary-codec.js';
import { decodeText, type CodePage } from './code-pages.js';
import type { Field } from '../copybook/copybook-layout.js';
import { decimalText, SAFE_DIGITS, Undecodable } from './decimal.js';
import { readEdited } from './edited-number.js';
import { decodeFloat, type FloatForm } from './float-codec.js';
import { decodePacked } from './packed-codec.js';
import { decodeZoned, filled, type SignedDigits } from './zoned-codec.js';

export interface DecodeForm {
  readonly page: CodePage;
  readonly floats: FloatForm;
  /** Blanks at the ends of text: gone at both (default), at the right only, or kept. */
  readonly trim: 'both' | 'right' | 'none';
  /** Control characters in text: shown as blanks (default) or kept. */
  readonly controls: 'blank' | 'keep';
}

export type FieldDecoder = (bytes: Uint8Array, at: number) => ContentCell | Undecodable;

/** How the cells of an elementary field are written: exact numbers as `integer` where JSON holds them, else as `decimal`. */
export function fieldType(field: Field): ColumnType {
  if (field.usage === 'float' || field.usage === 'double') return 'number';
  if (field.usage === 'index' || field.usage === 'pointer') return 'integer';
  const picture = field.picture!;
  if (picture.category === 'text' || picture.category === 'national') return 'string';
  return picture.scale <= 0 && picture.digits - picture.scale <= SAFE_DIGITS ? 'integer' : 'decimal';
}

/** A decoder made once for a field and run on every record. */
export function fieldDecoder(field: Field, form: DecodeForm): FieldDecoder {
  const type = fieldType(field);
  if (type === 'string') return textDecoder(field, form);
  if (type === 'number') return (bytes, at) => decodeFloat(bytes, at, field.length === 4 ? 4 : 8, form.floats);
  const scale = field.picture?.scale ?? 0;
  const digits = digitsDecoder(field, form);
  return (bytes, at) => {
    const value = digits(bytes, at);
    if (value instanceof Undecodable) return value;
    const text = decimalText(value.negative, value.digits, scale);
    if (type === 'decimal') return text;
    return text.length <= SAFE_DIGITS + 1 ? Number(text) : new Undecodable('a binary value far beyond its picture');
  };
}

function textDecoder(field: Field, form: DecodeForm): FieldDecoder {
  const { length } = field;
  const national = field.picture?.category === 'national';
  return (bytes, at) => {
    const text = national ? utf16be(bytes, at, at + length) : decodeText(bytes, at, at + length, form.page);
    const shown = form.controls === 'keep' ? text : text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
    if (form.trim === 'none') return shown;
    return form.trim === 'right' ? shown.replace(/ +$/, '') : shown.replace(/^ +| +$/g, '');
  };
}

const utf16be = (bytes: Uint8Array, start: number, end: number): string => new TextDecoder('utf-16be').decode(bytes.subarray(start, end));

function digitsDecoder(field: Field, form: DecodeForm): (bytes: Uint8Array, at: number) => SignedDigits | Undecodable {
  const { length, usage } = field;
  const signed = field.picture?.signed ?? false;
  const ascii = form.page.family === 'ascii';
  switch (usage) {
    case 'binary':
    case 'comp5':
    case 'comp9':
    case 'index':
    case 'pointer':
      return (bytes, at) => decodeBinary(bytes, at, at + length, signed, usage === 'comp9');
    case 'packed':
      return (bytes, at) => decodePacked(bytes, at, at + length, signed);
    case 'national':
      return (bytes, at) => readEdited(utf16be(bytes, at, at + length), field.picture?.scale ?? 0);
    default:
      return field.picture?.category === 'edited' ? editedDecoder(field, form) : zonedDecoder(field, ascii);
  }
}

/** A SIGN clause makes an item signed even where its picture has no S, as some compilers allow. */
function zonedDecoder(field: Field, ascii: boolean): (bytes: Uint8Array, at: number) => SignedDigits | Undecodable {
  const zoned = { signed: field.picture!.signed || field.sign !== undefined, sign: field.sign, ascii };
  return (bytes, at) => decodeZoned(bytes, at, at + field.length, zoned);
}

function editedDecoder(field: Field, form: DecodeForm): (bytes: Uint8Array, at: number) => SignedDigits | Undecodable {
  const { length } = field;
  const scale = field.picture!.scale;
  const ascii = form.page.family === 'ascii';
  return (bytes, at) => filled(bytes, at, at + length, { ascii }) ?? readEdited(decodeText(bytes, at, at + length, form.page), scale);
}
