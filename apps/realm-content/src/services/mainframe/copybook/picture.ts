/**
 * PICTURE strings.
 *
 * `text`: X, A, or insertion-edited pictures read as they stand. `national`: N, two bytes a character. `number`: 9, S, V, P.
 * `edited`: a number laid out for people (Z, *, sign, currency, comma, explicit point), which reads back as a number.
 */
export interface Picture {
  readonly category: 'text' | 'national' | 'number' | 'edited';
  /** As written, in capitals. */
  readonly text: string;
  /** Characters when the item is DISPLAY; V, P and S take none. */
  readonly size: number;
  /** Digit positions. */
  readonly digits: number;
  /** Digits after the decimal point; negative where P stands at the right (`99PPP` is -3). */
  readonly scale: number;
  readonly signed: boolean;
  /** Of edited pictures: how their program writes points and currency; default: `.` and `$`. */
  readonly special?: SpecialNames;
}

/** What SPECIAL-NAMES of a program says of its pictures. */
export interface SpecialNames {
  /** DECIMAL-POINT IS COMMA: `.` and `,` change places, in pictures and in what they lay out. */
  readonly decimalComma: boolean;
  /** CURRENCY SIGN: one character, in pictures and in what they lay out. */
  readonly currency: string;
}

export const PLAIN_NAMES: SpecialNames = { decimalComma: false, currency: '$' };

/** A picture, or what it lays out, with `.` as its point and `$` as its currency. */
export function inPlainNames(text: string, { decimalComma, currency }: SpecialNames = PLAIN_NAMES): string {
  const plain = decimalComma ? text.replace(/[.,]/g, (mark) => (mark === '.' ? ',' : '.')) : text;
  return currency === '$' ? plain : plain.replaceAll(currency, '$');
}

/** The opposite of `inPlainNames`. */
export function inOwnNames(text: string, { decimalComma, currency }: SpecialNames = PLAIN_NAMES): string {
  const own = currency === '$' ? text : text.replaceAll('$', currency);
  return decimalComma ? own.replace(/[.,]/g, (mark) => (mark === '.' ? ',' : '.')) : own;
}

/** Why a picture cannot be read. */
export class PictureError extends Error {
  override readonly name = 'PictureError';
}

const MAX_SIZE = 16 * 1024 * 1024;

/** Throws a PictureError. */
export function parsePicture(source: string, special: SpecialNames = PLAIN_NAMES): Picture {
  const text = source.toUpperCase();
  const symbols = expandPicture(inPlainNames(text, special));
  if (/^[XA9]*[XA][XA9]*$/.test(symbols)) return textPicture(text, symbols.length);
  if (/^[NG]+$/.test(symbols)) return { ...textPicture(text, symbols.length * 2), category: 'national' };
  if (/^S?[9VP]+$/.test(symbols) && /9/.test(symbols)) return numberPicture(text, symbols);
  if (/^[XA90B/]+$/.test(symbols)) return textPicture(text, symbols.length);
  if (/^[SVP9Z*+\-,.$B0/€£CRDB]+$/.test(symbols) && /[9Z*+\-$]/.test(symbols)) return { ...editedPicture(text, symbols), ...(special === PLAIN_NAMES ? {} : { special }) };
  throw new PictureError(`the picture ${source} is not understood`);
}

/** `9(3)V99` as `999V99`; repeats longer than a record are refused before they are built. */
export function expandPicture(text: string): string {
  const total = [...text.matchAll(/\((\d+)\)/g)].reduce((sum, match) => sum + Number(match[1]), text.length);
  if (total > MAX_SIZE) throw new PictureError(`the picture ${text} is longer than ${MAX_SIZE} characters`);
  const symbols = text.replace(/(.)\((\d+)\)/g, (_, symbol: string, times: string) => symbol.repeat(Number(times)));
  if (symbols === '' || /[()]/.test(symbols)) throw new PictureError(`the picture ${text} is not understood`);
  return symbols;
}

const textPicture = (text: string, size: number): Picture => ({ category: 'text', text, size, digits: 0, scale: 0, signed: false });

function numberPicture(text: string, symbols: string): Picture {
  const signed = symbols.startsWith('S');
  const body = signed ? symbols.slice(1) : symbols;
  if ((body.match(/V/g) ?? []).length > 1) throw new PictureError(`the picture ${text} has two decimal points`);
  const digits = count(body, '9');
  return { category: 'number', text, size: digits, digits, scale: scaleOf(body), signed };
}

/** P at the left moves the point left of the digits, P at the right moves it right of them. */
function scaleOf(body: string): number {
  const places = count(body, 'P');
  const bare = body.replace('V', '');
  if (places > 0) return bare.startsWith('P') ? count(bare, '9') + places : -places;
  const point = body.indexOf('V');
  return point < 0 ? 0 : count(body.slice(point), '9');
}

/** A run of one floating sign or currency symbol is one sign and digits, before the point and behind it (`$$$.$$`). */
function editedPicture(text: string, symbols: string): Picture {
  const signed = /[S+\-]|CR|DB/.test(symbols);
  const size = symbols.replace(/[VPS]/g, '').length;
  const point = Math.max(symbols.indexOf('.'), symbols.indexOf('V'));
  const fraction = point < 0 ? '' : symbols.slice(point + 1).replace(/(CR|DB)$/, '');
  const floating = /([+\-$€£])[,.B0/]*\1/.exec(symbols)?.[1];
  const places = (part: string): number => [...part].filter((symbol) => symbol === floating || /[9Z*]/.test(symbol)).length;
  return { category: 'edited', text, size, digits: places(symbols) - (floating === undefined ? 0 : 1), scale: places(fraction), signed };
}

const count = (text: string, symbol: string): number => text.split(symbol).length - 1;
