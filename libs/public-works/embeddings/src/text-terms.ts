/**
 * What a text is sought by: its words without stop words and the wording of questions, stemmed; the letters of stems. Vectors and rankings are built on it, so a change of any
 * rule is a new version of each of them. English endings and stop words; words of other languages stay as they are.
 */

const STOP = new Set(
  'a an and are as at be been but by can could did do does done for from had has have having he her hers him his how i if in into is it its itself may me might more most must my no nor not of on once only or our ours out over own same shall she should so some such than that the their theirs them then there these they this those to too under until up us very was we were what when where which while who whom whose why will with would you your yours list describe name tell give explain many much'.split(' '),
);

export const isStopWord = (word: string): boolean => STOP.has(word);

/** Endings that English words change by, longest first: a light stemmer after Harman's S-stemmer (1991), with the commonest verb endings. */
export function stem(word: string): string {
  if (word.length < 4) return word;
  const plain = word.replace(/ies$/, 'y').replace(/(ss|x|z|ch|sh)es$/, '$1').replace(/([^su])s$/, '$1');
  const verb = plain.replace(/(?:ations?|ating|ated|ators?)$/, 'at').replace(/(?:ing|edly|ed|ly|er)$/, '');
  const base = verb.length >= 3 ? verb : plain;
  return base.replace(/([^aeiouls])\1$/, '$1').replace(/([^aeiou])e$/, '$1').replace(/y$/, 'i');
}

/** Scripts that set no blanks between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const ASCII = /^[\x00-\x7f]*$/;

const plain = (text: string): string[] => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/['’](?:s\b)?/g, '').match(/[\p{L}\p{N}]+/gu) ?? [];

/** Runs of letters and digits, lower case, without accents; a run of a script without blanks is taken two characters at a time, overlapping. */
export function wordsOf(text: string): readonly string[] {
  if (ASCII.test(text)) return text.toLowerCase().replace(/'(?:s\b)?/g, '').match(/[a-z0-9]+/g) ?? [];
  return plain(text).flatMap((run) => (UNSPACED.test(run) ? characterPairs([...run]) : [run]));
}

const characterPairs = (characters: readonly string[]): string[] => (characters.length === 1 ? [...characters] : characters.slice(1).map((character, at) => `${characters[at]}${character}`));

/** Three letters at a time of a stem, its beginning marked. */
export const lettersOf = (stemmed: string): readonly string[] => (stemmed.length < 4 ? [] : Array.from({ length: stemmed.length - 1 }, (_, at) => `^${stemmed}`.slice(at, at + 3)));
