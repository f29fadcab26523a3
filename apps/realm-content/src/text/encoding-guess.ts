import { analyse } from 'chardet';

/** An encoding that a file does not name. */
export interface EncodingGuess {
  readonly encoding: string;
  /** How far it leads the next one that the bytes may be in: from 0.5 (as likely) to 1 (no other). Of the one that is taken where none is clear: below, down to 0. */
  readonly confidence: number;
}

/** Of the words that hold bytes beyond ASCII. */
const SAMPLE_BYTES = 64 * 1024;
/** Fewer say too little. */
const FEWEST_LATIN = 40;
const FEWEST_OTHER = 8;
const LEAD = 2;

/** By the names of chardet; ISO 8859-7 and 8859-8 stand for the Windows pages that hold the same letters. */
const OTHER_SCRIPTS: Readonly<Record<string, RegExp>> = {
  'windows-1251': /\p{Script=Cyrillic}/u, 'KOI8-R': /\p{Script=Cyrillic}/u, 'ISO-8859-5': /\p{Script=Cyrillic}/u, 'windows-1253': /\p{Script=Greek}/u, 'ISO-8859-7': /\p{Script=Greek}/u,
  'windows-1255': /\p{Script=Hebrew}/u, 'ISO-8859-8': /\p{Script=Hebrew}/u, 'windows-1256': /\p{Script=Arabic}/u, 'ISO-8859-6': /\p{Script=Arabic}/u,
};

/** First bytes of characters that people write every day: marks, letters and the first level of ideographs (JIS X 0208, GB 2312, Big5), the syllables of KS X 1001. */
const COMMON_LEADS: Readonly<Record<string, (lead: number) => boolean>> = {
  Shift_JIS: (lead) => lead <= 0x83 || (lead >= 0x88 && lead <= 0x97),
  'EUC-JP': (lead) => lead <= 0xa5 || (lead >= 0xb0 && lead <= 0xcf),
  GB18030: (lead) => (lead >= 0xa1 && lead <= 0xa3) || (lead >= 0xb0 && lead <= 0xd7),
  Big5: (lead) => lead >= 0xa1 && lead <= 0xc6,
  'EUC-KR': (lead) => (lead >= 0xa1 && lead <= 0xa3) || (lead >= 0xb0 && lead <= 0xc8),
};

const MOSTLY = 0.85;

/** What chardet says of ten whole sequences or more for one that is none. */
const DAMAGED_UTF8 = 25;

interface Candidate {
  readonly name: string;
  readonly score: number;
}

/**
 * What text is in that is neither marked nor UTF-8: by chardet, which compares letters and their neighbours with those of languages, told on the words that hold bytes beyond ASCII, and taken at its word where the whole file can be decoded so, it leads
 * clearly, and the text then is of one script. UTF-8, where ten of its sequences or more are whole for one that is not. Else Windows-1252: `confidence` then says how far it leads, and is 0 where the text is in another script and it is not clear how.
 */
export function guessEncoding(bytes: Uint8Array): EncodingGuess {
  const words = wordsBeyondAscii(bytes);
  const found = analyse(words).map(({ name, confidence }): Candidate => ({ name, score: confidence }));
  if (scoreOf(found, ['UTF-8']) >= DAMAGED_UTF8) return { encoding: 'utf-8', confidence: 1 };
  const isOtherScript = highShare(words) > 0.5;
  const best = isOtherScript ? otherScript(bytes, words, found) : centralEuropean(words, found);
  if (best !== undefined) return { encoding: new TextDecoder(best.name).encoding, confidence: best.score };
  const western = isOtherScript ? 0 : scoreOf(found, ['ISO-8859-1', 'windows-1252']);
  const others = Math.max(0, ...found.filter(({ name }) => name !== 'ISO-8859-1' && name !== 'windows-1252').map(({ score }) => score));
  return { encoding: 'windows-1252', confidence: isOtherScript ? 0 : lead(western, others) };
}

const lead = (best: number, next: number): number => (best + next === 0 ? 0.5 : Math.round((best / (best + next)) * 100) / 100);

const scoreOf = (found: readonly Candidate[], names: readonly string[]): number => Math.max(0, ...found.filter(({ name }) => names.includes(name)).map(({ score }) => score));

function wordsBeyondAscii(bytes: Uint8Array): Uint8Array {
  const words: string[] = [];
  let length = 0;
  for (const [word] of Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1').matchAll(/[A-Za-z]{0,40}[\u0080-\u00ff][A-Za-z\u0080-\u00ff@[\\\]^_`{|}~]*/g)) {
    words.push(word);
    length += word.length + 1;
    if (length > SAMPLE_BYTES) break;
  }
  return Buffer.from(words.join(' '), 'latin1');
}

/** In Latin writing a few letters of a word are beyond ASCII, in others nearly all. */
const highShare = (words: Uint8Array): number => words.reduce((sum, byte) => sum + (byte >= 0x80 ? 1 : 0), 0) / Math.max(1, words.reduce((sum, byte) => sum + (byte === 0x20 ? 0 : 1), 0));

function otherScript(bytes: Uint8Array, words: Uint8Array, found: readonly Candidate[]): Candidate | undefined {
  if (words.length < FEWEST_OTHER) return undefined;
  const letters = found.filter(({ name, score }) => score >= 15 && OTHER_SCRIPTS[name] !== undefined && isOfScript(words, name, OTHER_SCRIPTS[name]));
  const doubles = Object.keys(COMMON_LEADS).filter((name) => commonShare(words, name) >= MOSTLY && decodes(bytes, name)).map((name) => ({ name, score: scoreOf(found, [name]) }));
  const [best, next] = [...letters, ...doubles].toSorted((a, b) => b.score - a.score);
  if (best === undefined || (next !== undefined && (best.score < 15 || best.score < next.score * 1.5))) return undefined;
  return { name: best.name, score: lead(Math.max(best.score, 1), next?.score ?? 0) };
}

function isOfScript(words: Uint8Array, name: string, script: RegExp): boolean {
  const beyond = [...new TextDecoder(name).decode(words)].filter((letter) => letter > '\u007f');
  return beyond.filter((letter) => script.test(letter)).length >= beyond.length * MOSTLY;
}

/** How many of the characters of two bytes are common ones; 0 where they are too few, or stand alone among letters of one byte. */
function commonShare(words: Uint8Array, name: string): number {
  const isCommon = COMMON_LEADS[name]!;
  let [characters, common] = [0, 0];
  for (let at = 0; at < words.length; at++) {
    const byte = words[at]!;
    if (byte < 0x80) continue;
    characters++;
    if (name === 'Shift_JIS' && byte >= 0xa1 && byte <= 0xdf) continue;
    if (isCommon(byte)) common++;
    at++;
  }
  return characters < 4 ? 0 : common / characters;
}

function decodes(bytes: Uint8Array, name: string): boolean {
  try {
    new TextDecoder(name, { fatal: true }).decode(bytes);
    return true;
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return false;
    throw error;
  }
}

/** Western languages are written with the same bytes: those of others are believed where there are enough, and they lead by far. */
function centralEuropean(words: Uint8Array, found: readonly Candidate[]): Candidate | undefined {
  if (words.length < FEWEST_LATIN) return undefined;
  const best = found.filter(({ name }) => name === 'windows-1250' || name === 'ISO-8859-2')[0];
  const next = Math.max(0, ...found.filter(({ name }) => name.startsWith('ISO-8859-') || name.startsWith('windows-')).filter(({ name }) => name !== best?.name).map(({ score }) => score));
  return best !== undefined && best.score >= 15 && best.score >= next * LEAD ? { name: best.name, score: lead(best.score, next) } : undefined;
}
