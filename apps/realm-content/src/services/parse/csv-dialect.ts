import { SEPARATORS } from '../../text/separators.js';
import type { CsvDialect } from './csv-records.js';

const DELIMITERS = [',', ';', '\t', '|', '^', '~', ...SEPARATORS] as const;

/** How a text with this delimiter quotes and escapes, told from its beginning. */
export function dialectOf(sample: string, delimiter: string): CsvDialect {
  const quote = detectQuote(sample, delimiter);
  return { delimiter, quote, escape: quote === '"' ? detectEscape(sample, delimiter) : '"', spaced: detectSpaced(sample, delimiter) };
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Single quotes, where there are no others, one of them holds a delimiter, and each that begins a field ends one. */
function detectQuote(sample: string, delimiter: string): '"' | "'" {
  if (sample.includes('"') || !sample.includes("'")) return '"';
  const d = escaped(delimiter);
  const lines = sample.split(/\r\n|\r|\n/).slice(0, 1000);
  const fields = lines.flatMap((line) => [...line.matchAll(new RegExp(`(?:^|${d})('(?:[^']|'')*')(?=${d}|$)`, 'g'))].map((match) => match[1]!));
  const begun = lines.reduce((sum, line) => sum + (line.replace(/'(?:[^']|'')*'/g, '').match(new RegExp(`(?:^|${d})'`, 'g'))?.length ?? 0), 0);
  return begun === 0 && fields.some((field) => field.includes(delimiter)) ? "'" : '"';
}

/** A quote behind a delimiter and blanks opens a field only where blanks follow every delimiter. */
function detectSpaced(sample: string, delimiter: string): boolean {
  const d = escaped(delimiter);
  if (delimiter.trim() === '' || !new RegExp(`${d} +"`).test(sample)) return false;
  const plain = sample.replace(/"(?:[^"]|"")*"/g, '"').replace(new RegExp(`${d}$`), '');
  return !new RegExp(`${d}(?! )`).test(plain);
}

/** A backslash before a quote that closes nothing shows that the file escapes by backslashes; with doubled quotes beside it, by either. */
function detectEscape(sample: string, delimiter: string): CsvDialect['escape'] {
  const ends = ['\r', '\n', '"', delimiter];
  const at = [...sample.matchAll(/\\"(?=[^])/g)].find((match) => !ends.some((end) => sample.startsWith(end, match.index + 2)));
  if (at === undefined) return '"';
  return /[^\\,;|\t\r\n]""[^,;|\t\r\n]/.test(sample) ? 'both' : '\\';
}

/** Quoted text left out: of lines taken together, or of each by itself where a stray quote would turn what stands behind it inside out. */
function unquoted(sample: string): string {
  const plain = sample.replace(/"(?:[^"]|"")*"/g, '');
  return plain.includes('"') ? sample.replace(/"(?:[^"\r\n]|"")*"/g, '') : plain;
}

/** Most fields a line, most evenly; quoted text does not count. */
export function detectDelimiter(sample: string): string {
  const lines = unquoted(sample).split(/\r\n|\r|\n/).filter((line) => line.trim() !== '').slice(0, 100);
  const score = (delimiter: string): number => {
    const counts = lines.map((line) => line.split(delimiter).length);
    const typical = counts.toSorted((a, b) => a - b)[Math.floor(counts.length / 2)] ?? 1;
    return typical < 2 ? 0 : (counts.filter((count) => count === typical).length / counts.length) * 100 + typical;
  };
  const best = DELIMITERS.reduce<string>((found, delimiter) => (score(delimiter) > score(found) ? delimiter : found), ',');
  return score(best) < 100 && score(':') > 100 && lines.length > 1 && !lines.some(isColonText) ? ':' : best;
}

/** Colons also stand behind keys, and in times and addresses; they part fields only where nothing else does, in every line alike. */
const isColonText = (line: string): boolean => /: |:\/\//.test(line) || /^\s*\d{1,2}:\d\d(:\d\d)?\s*$/.test(line);
