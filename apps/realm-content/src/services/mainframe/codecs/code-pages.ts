import { codePageTable } from './code-page-tables.js';
import { mixedPages } from './double-byte-tables.js';
import { DoubleBytes } from './double-bytes.js';
import { failure } from '@symphainy/contracts';

/** One byte, one character, but for what `doubles` has. `ascii` pages carry digits as 0x30…, the others as EBCDIC does (0xF0…). */
export interface CodePage {
  readonly name: string;
  readonly family: 'ebcdic' | 'ascii';
  /** 256 characters, by byte. */
  readonly characters: readonly string[];
  /** Byte by character. */
  readonly bytes: ReadonlyMap<string, number>;
  /** The byte of a blank. */
  readonly space: number;
  /** Two bytes a character, between SO and SI: of mixed pages. */
  readonly doubles?: DoubleBytes;
}

/** Our name → the table's number. The table numbers IBM's national pages 20000 + n, as Windows does. */
const EBCDIC: Readonly<Record<string, number>> = {
  cp037: 37, cp273: 20273, cp277: 20277, cp278: 20278, cp280: 20280, cp284: 20284, cp285: 20285, cp297: 20297, cp500: 500, cp870: 870, cp871: 20871, cp875: 875,
  cp420: 20420, cp423: 20423, cp424: 20424, cp838: 20838, cp880: 20880, cp905: 20905, cp924: 20924, cp1025: 21025, cp1026: 1026, cp1047: 1047, cp1140: 1140, cp1141: 1141, cp1142: 1142, cp1143: 1143, cp1144: 1144, cp1145: 1145, cp1146: 1146, cp1147: 1147, cp1148: 1148, cp1149: 1149,
};
const ASCII: Readonly<Record<string, number>> = { ascii: 28591, cp1250: 1250, cp1251: 1251, cp1252: 1252, cp437: 437, cp850: 850, cp852: 852, cp858: 858, cp866: 866 };

export const codePageNames: readonly string[] = [...Object.keys(EBCDIC), ...Object.keys(mixedPages), ...Object.keys(ASCII)];

/** Pages that are others with fewer characters of one's own making. */
const ALIASES: Readonly<Record<string, string>> = { cp5026: 'cp930', cp5035: 'cp939' };

const loaded = new Map<string, CodePage>();

/** A page by any of its usual names (`cp037`, `IBM-037`, `37`, `ibm1047`, `ascii`, `latin1`). Default of the platform: cp037. */
export function codePage(name: string): CodePage {
  const canonical = canonicalName(name);
  const known = loaded.get(canonical);
  if (known) return known;
  const mixed = mixedPages[canonical];
  const number = EBCDIC[canonical] ?? ASCII[canonical];
  if (mixed === undefined && number === undefined) throw failure('copybook.code_page', { message: `the code page ${JSON.stringify(name.slice(0, 40))} is not known`, field: '/options/code_page', fix: `name one of ${codePageNames.join(', ')}` });
  const page = mixed === undefined ? load(canonical, codePageTable(number!) ?? {}) : { ...load(canonical, [...mixed.single]), doubles: DoubleBytes.of(mixed.double) };
  loaded.set(canonical, page);
  return page;
}

function canonicalName(given: string): string {
  const text = given.trim().toLowerCase();
  if (/^(us-)?ascii$|^latin-?1$|^iso-?8859-1$/.test(text)) return 'ascii';
  const number = /^(?:cp|ibm|ccsid|windows)?[-_ ]?0*(\d+)$/.exec(text)?.[1];
  if (number === undefined) return text;
  const name = `cp${number.padStart(3, '0')}`;
  return ALIASES[name] ?? name;
}

/** Control codes (below 0x40, and 0xff) come from cp037 for every EBCDIC page: they are the same in all, and some tables have them wrong. */
function load(name: string, own: Readonly<Record<number, string>>): CodePage {
  const family = name in ASCII ? 'ascii' : 'ebcdic';
  const controls = codePageTable(37) ?? {};
  const table = (byte: number): string | undefined => (family === 'ebcdic' && (byte < 0x40 || byte === 0xff) ? controls[byte] : own[byte]);
  const characters = Array.from({ length: 256 }, (_, byte) => table(byte) ?? '\ufffd');
  return { name, family, characters, bytes: new Map(characters.map((character, byte) => [character, byte])), space: family === 'ebcdic' ? 0x40 : 0x20 };
}

/** A page as it is told beside a layout, so that whoever looks at bytes sees the characters they were read as. */
export const toldPage = ({ name, characters }: CodePage): { name: string; characters: string } => ({ name, characters: characters.join('') });

export function decodeText(bytes: Uint8Array, start: number, end: number, page: CodePage): string {
  let text = '';
  for (let at = start; at < end; at++) text += page.characters[bytes[at]!]!;
  return text;
}

/** Throws when the page lacks a character. */
export function encodeText(text: string, page: CodePage): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const byte = page.bytes.get(character);
    if (byte === undefined) throw new RangeError(`${page.name} has no ${JSON.stringify(character)}`);
    return byte;
  });
}
