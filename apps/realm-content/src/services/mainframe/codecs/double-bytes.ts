import { inflateSync } from 'node:zlib';
import { doubleHalves, joined } from './double-byte-tables.js';

const FIRST = 0x40;
const LAST = 0xfe;
const WIDTH = LAST - FIRST + 1;

/** Bytes that shift into and out of two bytes a character, in text that has both. */
export const SHIFT_OUT = 0x0e;
export const SHIFT_IN = 0x0f;

/** The double-byte half of a mixed code page. */
export class DoubleBytes {
  private codes: ReadonlyMap<string, number> | undefined;

  private constructor(private readonly characters: readonly (string | undefined)[]) {}

  static readonly loaded = new Map<keyof typeof doubleHalves, DoubleBytes>();

  static of(name: keyof typeof doubleHalves): DoubleBytes {
    const known = DoubleBytes.loaded.get(name);
    if (known !== undefined) return known;
    const made = new DoubleBytes(charactersOf(name));
    DoubleBytes.loaded.set(name, made);
    return made;
  }

  /** Undefined: the page has none there. */
  character(high: number, low: number): string | undefined {
    return high < FIRST || low < FIRST || high > LAST || low > LAST ? undefined : this.characters[(high - FIRST) * WIDTH + low - FIRST];
  }

  /** The two bytes of a character as one number; of several that read as it, the first. */
  code(character: string): number | undefined {
    this.codes ??= new Map(this.characters.flatMap((one, at) => (one === undefined ? [] : [[one, at] as const])).reverse());
    const at = this.codes.get(character);
    return at === undefined ? undefined : ((FIRST + Math.floor(at / WIDTH)) << 8) | (FIRST + (at % WIDTH));
  }
}

/** As `double-byte-tables.ts` tells them. */
function charactersOf(name: keyof typeof doubleHalves): (string | undefined)[] {
  const characters: (string | undefined)[] = [];
  let [before, number, shift] = [0, 0, 0];
  for (const byte of inflateSync(Buffer.from(doubleHalves[name], 'base64'))) {
    number |= (byte & 0x7f) << shift;
    shift += 7;
    if (byte > 0x7f) continue;
    if (number > 0) before += ((number - 1) & 1 ? -(number >> 1) : (number - 1) >> 1) + 1;
    characters.push(number === 0 ? undefined : String.fromCodePoint(before));
    [number, shift] = [0, 0];
  }
  for (const [code, text] of Object.entries(joined[name] ?? {})) characters[((Number(code) >> 8) - FIRST) * WIDTH + (Number(code) & 0xff) - FIRST] = text;
  return characters;
}
