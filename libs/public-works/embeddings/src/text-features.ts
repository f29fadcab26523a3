import { featureHash } from './feature-hash.js';
import { isStopWord, lettersOf, stem, wordsOf } from './text-terms.js';

/** Something that is counted in a text. Its numbers are made once, because texts repeat their words. */
export interface Feature {
  /** Its hash among those of its kind: stems, pairs, letters. */
  readonly dense: number;
  /** How often it was met; 0 but while a text is counted. */
  times: number;
}

export interface Term extends Feature {
  readonly sparse: number;
}

export interface Stem extends Term {
  readonly text: string;
  readonly letters: readonly Feature[];
  /** Pairs of this stem with those that followed it. */
  readonly pairs: Map<Stem, Term>;
}

const PAIR = 1;
/** Hashed to 31 bits, of which the lowest says which: 0 a stem, 1 a pair. */
const sparseId = (term: string, kind: 0 | typeof PAIR): number => ((featureHash(term) >>> 1) & ~1) | kind;

export const isPairId = (term: number): boolean => (term & PAIR) === PAIR;

/** As many features are remembered; then the memory is begun anew, between two texts. */
const FEATURES_MAX = 100_000;

class Features {
  /** Stems by word; null: a stop word. */
  private readonly words = new Map<string, Stem | null>();
  private readonly stems = new Map<string, Stem>();
  private readonly letters = new Map<string, Feature>();
  private pairs = 0;

  stemsOf(text: string): Stem[] {
    if (this.words.size + this.letters.size + this.pairs > FEATURES_MAX) this.forget();
    const found: Stem[] = [];
    for (const word of wordsOf(text)) {
      let known = this.words.get(word);
      if (known === undefined) this.words.set(word, (known = isStopWord(word) ? null : this.stem(stem(word))));
      if (known !== null) found.push(known);
    }
    return found;
  }

  pair(first: Stem, second: Stem): Term {
    const known = first.pairs.get(second);
    if (known !== undefined) return known;
    const text = `${first.text} ${second.text}`;
    const made = { dense: featureHash(text, 'p:'), sparse: sparseId(text, PAIR), times: 0 };
    first.pairs.set(second, made);
    this.pairs++;
    return made;
  }

  private stem(text: string): Stem {
    const known = this.stems.get(text);
    if (known !== undefined) return known;
    const made = { text, dense: featureHash(text, 'w:'), sparse: sparseId(text, 0), times: 0, letters: lettersOf(text).map((letters) => this.letter(letters)), pairs: new Map<Stem, Term>() };
    this.stems.set(text, made);
    return made;
  }

  private letter(text: string): Feature {
    const known = this.letters.get(text);
    if (known !== undefined) return known;
    const made = { dense: featureHash(text, 't:'), times: 0 };
    this.letters.set(text, made);
    return made;
  }

  private forget(): void {
    for (const memory of [this.words, this.stems, this.letters]) memory.clear();
    this.pairs = 0;
  }
}

const features = new Features();

/** The stems of a text in their order, stop words left out. */
export const stemsOf = (text: string): Stem[] => features.stemsOf(text);

/** The pairs of neighbouring stems, in their order. */
export const pairsOf = (stems: readonly Stem[]): Term[] => stems.slice(1).map((second, at) => features.pair(stems[at]!, second));

/** Hands over each feature once, in the order of their first places, with how often it occurs. */
export function eachCounted<F extends Feature>(counted: Iterable<F>, use: (feature: F, times: number) => void): void {
  const first: F[] = [];
  for (const feature of counted) if (feature.times++ === 0) first.push(feature);
  for (const feature of first) {
    use(feature, feature.times);
    feature.times = 0;
  }
}
