import { begunHash, featureHash, finishedHash } from './feature-hash.js';
import { isStopWord, lettersOf, stem, wordsOf } from './text-terms.js';

/** Something that is counted in a text: a stem, a pair of them, letters. */
export interface Feature {
  /** Its hash among those of its kind. */
  readonly dense: number;
}

export interface Term extends Feature {
  readonly sparse: number;
}

export interface Counted<F extends Feature = Feature> {
  readonly feature: F;
  readonly times: number;
}

/** What is made of a word once, because texts repeat their words. */
interface Remembered extends Feature {
  /** While a text is counted: how often it was met, and which of the text's distinct stems it is. */
  times: number;
  place: number;
}

export interface Stem extends Term, Remembered {
  readonly text: string;
  readonly letters: readonly Remembered[];
  /** Hashes of a pair's first half. */
  readonly densePair: number;
  readonly sparsePair: number;
}

const PAIR = 1;
/** Hashed to 31 bits, of which the lowest says which: 0 a stem, 1 a pair. */
const sparseId = (hash: number, kind: 0 | typeof PAIR): number => ((hash >>> 1) & ~1) | kind;

export const isPairId = (term: number): boolean => (term & PAIR) === PAIR;

/** As many words are remembered; then the memory is begun anew, between two texts. */
const WORDS_MAX = 20_000;

class Memory {
  /** Stems by word; null: a stop word. */
  private readonly words = new Map<string, Stem | null>();
  private readonly stems = new Map<string, Stem>();
  private readonly letters = new Map<string, Remembered>();

  stemsOf(text: string): Stem[] {
    if (this.words.size > WORDS_MAX) for (const memory of [this.words, this.stems, this.letters]) memory.clear();
    const found: Stem[] = [];
    for (const word of wordsOf(text)) {
      let known = this.words.get(word);
      if (known === undefined) this.words.set(word, (known = isStopWord(word) ? null : this.stem(stem(word))));
      if (known !== null) found.push(known);
    }
    return found;
  }

  private stem(text: string): Stem {
    const known = this.stems.get(text);
    if (known !== undefined) return known;
    const letters = lettersOf(text).map((three) => this.letter(three));
    const made = { text, letters, dense: featureHash(text, 'w:'), sparse: sparseId(featureHash(text), 0), densePair: begunHash(`p:${text} `), sparsePair: begunHash(`${text} `), times: 0, place: 0 };
    this.stems.set(text, made);
    return made;
  }

  private letter(text: string): Remembered {
    const known = this.letters.get(text);
    if (known !== undefined) return known;
    const made = { dense: featureHash(text, 't:'), times: 0, place: 0 };
    this.letters.set(text, made);
    return made;
  }
}

const memory = new Memory();

/** The stems of a text in their order, stop words left out. */
export const stemsOf = (text: string): Stem[] => memory.stemsOf(text);

/** Each stem once, in the order of their first places. */
export const countedStems = (stems: readonly Stem[]): Counted<Stem>[] => counted(stems);

/** Three letters at a time of each stem, each three once. */
export const countedLetters = (stems: readonly Stem[]): Counted[] => counted(stems.flatMap(({ letters }) => letters));

function counted<F extends Remembered>(features: readonly F[]): Counted<F>[] {
  const first: F[] = [];
  for (const feature of features) if (feature.times++ === 0) first.push(feature);
  return first.map((feature) => {
    const { times } = feature;
    feature.times = 0;
    return { feature, times };
  });
}

/** Each pair of neighbouring stems once, in the order of their first places. */
export function countedPairs(stems: readonly Stem[]): Counted<Term>[] {
  const width = numbered(stems);
  const found = new Map<number, { feature: Term; times: number }>();
  for (let at = 1; at < stems.length; at++) {
    const [first, second] = [stems[at - 1]!, stems[at]!];
    const key = first.place * width + second.place;
    const known = found.get(key);
    if (known !== undefined) known.times++;
    else found.set(key, { feature: { dense: finishedHash(first.densePair, second.text), sparse: sparseId(finishedHash(first.sparsePair, second.text), PAIR) }, times: 1 });
  }
  return [...found.values()];
}

/** Numbers the distinct stems of a text from 0, and answers how many they are. */
function numbered(stems: readonly Stem[]): number {
  let distinct = 0;
  for (const one of stems) one.place = -1;
  for (const one of stems) if (one.place < 0) one.place = distinct++;
  return distinct;
}
