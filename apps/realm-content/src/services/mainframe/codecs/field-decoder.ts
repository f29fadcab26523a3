import type { ColumnType, ContentCell } from '@symphainy/contracts';
import type { Field } from '../copybook/copybook-layout.js';
import { expandPicture, inPlainNames } from '../copybook/picture.js';
import { binaryReader } from './binary-codec.js';
import { decodeText, type CodePage } from './code-pages.js';
import { SAFE_DIGITS, Undecodable } from './decimal.js';
import { readEdited } from './edited-number.js';
import { decodeFloat, type FloatForm } from './float-codec.js';
import { doubleDecoder, mixedDecoder, type MixedPage } from './mixed-text.js';
import { numberCells, type NumberCells } from './number-cells.js';
import { packedReader } from './packed-codec.js';
import { textDecoder, type TextForm } from './text-codec.js';
import { decodeZoned, filled, zonedReader, type SignedDigits, type ZonedForm } from './zoned-codec.js';

export interface DecodeForm extends TextForm {
  readonly floats: FloatForm;
  /** Binary items may hold all that their bytes can (`bytes`, default), or only what their picture says (`picture`). */
  readonly binaryRange: 'bytes' | 'picture';
  /** What some numbers must lie within, by item. */
  readonly ranges?: Readonly<Record<string, { readonly min?: number | undefined; readonly max?: number | undefined }>> | undefined;
}

/** Reads the bytes from `at` up to, but without, `end`. */
export type FieldDecoder = (bytes: Uint8Array, at: number, end: number) => ContentCell | Undecodable;

/** Opaque bytes (pointers, indices, object references) are shown as hexadecimal text. */
export const isOpaque = (field: Field): boolean => field.usage === 'index' || field.usage === 'pointer';

export const isText = (field: Field): boolean => field.picture?.category === 'text' || field.picture?.category === 'national';

/** How the cells of an elementary field are written: exact numbers as `integer` where JSON holds them, else as `decimal`. */
export function fieldType(field: Field): ColumnType {
  if (field.usage === 'float' || field.usage === 'double') return 'number';
  if (isOpaque(field) || isText(field)) return 'string';
  const picture = field.picture!;
  return picture.scale <= 0 && picture.digits - picture.scale <= SAFE_DIGITS ? 'integer' : 'decimal';
}

/** A decoder made once for a field and run on every record. */
export function fieldDecoder(field: Field, form: DecodeForm): FieldDecoder {
  if (isOpaque(field)) return (bytes, at, end) => Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString('hex');
  if (field.usage === 'float' || field.usage === 'double') return (bytes, at) => decodeFloat(bytes, at, field.length === 4 ? 4 : 8, form.floats);
  if (isText(field)) return textualDecoder(field, form);
  return within(numberDecoder(field, form, numberCells(fieldType(field) === 'integer', field.picture!.scale)), form.ranges?.[field.name]);
}

/** Double-byte items are in Unicode where the code page has no double-byte half. */
function textualDecoder(field: Field, form: DecodeForm): FieldDecoder {
  const mixed = mixedForm(form);
  if (!isWide(field)) return mixed === undefined ? textDecoder(form) : mixedDecoder(mixed);
  return field.usage === 'double_byte' && mixed !== undefined ? doubleDecoder(mixed) : nationalDecoder(form);
}

const mixedForm = (form: DecodeForm): (DecodeForm & { readonly page: MixedPage }) | undefined => (isMixed(form.page) ? { ...form, page: form.page } : undefined);

export const isMixed = (page: CodePage): page is MixedPage => page.doubles !== undefined;

/** Two bytes a character. */
export const isWide = (field: Field): boolean => field.picture?.category === 'national' && (field.usage === 'national' || field.usage === 'double_byte');

function within(decode: FieldDecoder, range: { readonly min?: number | undefined; readonly max?: number | undefined } | undefined): FieldDecoder {
  if (range === undefined) return decode;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = range;
  return (bytes, at, end) => {
    const value = decode(bytes, at, end);
    return value instanceof Undecodable || value === null || (Number(value) >= min && Number(value) <= max) ? value : new Undecodable('a number outside the range that is demanded of it');
  };
}

function nationalDecoder(form: DecodeForm): FieldDecoder {
  return (bytes, at, end) => {
    const text = utf16be(bytes, at, end);
    const shown = form.controls === 'keep' ? text : text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
    if (form.trim === 'none') return shown;
    return form.trim === 'right' ? shown.replace(/ +$/, '') : shown.replace(/^ +| +$/g, '');
  };
}

const UTF16BE = new TextDecoder('utf-16be', { ignoreBOM: true });
const utf16be = (bytes: Uint8Array, start: number, end: number): string => UTF16BE.decode(bytes.subarray(start, end));

/** Of a field with a number's picture; `cells` makes what becomes of the number. */
export function numberDecoder(field: Field, form: DecodeForm, cells: NumberCells): FieldDecoder {
  const { usage } = field;
  const picture = field.picture!;
  switch (usage) {
    case 'binary':
    case 'comp5':
    case 'comp9':
      return binaryReader({ signed: picture.signed, littleEndian: usage === 'comp9', digits: form.binaryRange === 'picture' && usage === 'binary' ? picture.digits : undefined }, cells);
    case 'packed':
    case 'packed_unsigned':
      return packedReader({ signed: picture.signed, signNibble: usage === 'packed' }, cells);
    default:
      return picture.category === 'edited' ? exactly(editedDigits(field, form), cells) : displayDecoder(field, form, cells);
  }
}

/** A SIGN clause makes an item signed even where its picture has no S, as some compilers allow. */
function displayDecoder(field: Field, form: DecodeForm, cells: NumberCells): FieldDecoder {
  if (field.usage === 'national') return exactly((bytes, at, end) => readEdited(inPlainNames(utf16be(bytes, at, end), field.picture?.special), field.picture?.scale ?? 0), cells);
  const zoned = zonedForm(field, form.page.family === 'ascii');
  const read = zoned.sign?.separate ? exactly((bytes, at, end) => decodeZoned(bytes, at, end, zoned), cells) : zonedReader(zoned, cells);
  return field.blankWhenZero ? blankAsZero(read, form.page.space, cells) : read;
}

/** BLANK WHEN ZERO: a field of blanks alone is a zero. */
const blankAsZero = (read: FieldDecoder, space: number, cells: NumberCells): FieldDecoder => (bytes, at, end) => {
  for (let i = at; i < end; i++) if (bytes[i] !== space) return read(bytes, at, end);
  return cells.exact(false, '0');
};

export const zonedForm = (field: Field, ascii: boolean): ZonedForm => ({ signed: field.picture!.signed || field.sign !== undefined, sign: field.sign, ascii });

type DigitsDecoder = (bytes: Uint8Array, at: number, end: number) => SignedDigits | Undecodable;

const exactly = (decode: DigitsDecoder, cells: NumberCells): FieldDecoder => (bytes, at, end) => {
  const value = decode(bytes, at, end);
  return value instanceof Undecodable ? value : cells.exact(value.negative, value.digits);
};

const ZERO: SignedDigits = { negative: false, digits: '0' };

/** Where no place is a 9 a zero is laid out as nothing: blanks, or asterisks around the point (ISO/IEC 1989, "Zero suppression"). */
function editedDigits(field: Field, form: DecodeForm): DigitsDecoder {
  const { scale, special, text: picture } = field.picture!;
  const ascii = form.page.family === 'ascii';
  const vanishes = field.blankWhenZero || !expandPicture(inPlainNames(picture, special)).includes('9');
  return (bytes, at, end) => {
    const fill = filled(bytes, at, end, { ascii });
    if (fill) return vanishes && fill.reason.startsWith('spaces') ? ZERO : fill;
    const text = decodeText(bytes, at, end, form.page);
    return vanishes && /^[*.,]*\*[*.,]*$/.test(text) ? ZERO : readEdited(inPlainNames(text, special), scale);
  };
}
