import { ABSENT, compareValues, LEVELS, type ComparedColumn, type Level } from './comparison.js';

/** How often a level of agreement is seen among matches (m) and among pairs of different things (u), by column. */
export interface LinkageModel {
  readonly m: readonly (readonly number[])[];
  readonly u: readonly (readonly number[])[];
  /** Share of the pairs that match: while it is learned of the candidates, then of all that are possible. */
  readonly prior: number;
  readonly iterations: number;
}

const FIRST_M = [0.08, 0.02, 0.15, 0.75];
/** Made-up matches that hold m near what is usual until the data says otherwise. */
const BELIEVED_MATCHES = 5;
const RANDOM_PAIRS = 40_000;
const RANDOM_PAIRS_PER_RECORD = 40;
const MAX_ITERATIONS = 50;
const CONVERGED = 1e-6;
const SMALLEST = 1e-6;

/** The levels of a pair, one for each column. */
export const levelsOf = (columns: readonly ComparedColumn[], a: number, b: number): Level[] => columns.map((column) => compareValues(column, column.values[a]!, column.values[b]!));

/** u of random pairs, which are nearly all of different things. The pairs follow from a fixed sequence (Numerical Recipes' linear congruence). */
export function randomAgreement(columns: readonly ComparedColumn[], records: number, mayPair: (a: number, b: number) => boolean): number[][] {
  const counts = columns.map(() => new Array<number>(LEVELS).fill(1));
  let state = 1;
  const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const draws = Math.min(RANDOM_PAIRS, records * RANDOM_PAIRS_PER_RECORD);
  for (let drawn = 0; drawn < draws; drawn++) {
    const [a, b] = [Math.floor(next() * records), Math.floor(next() * records)];
    if (a === b || !mayPair(a, b)) continue;
    levelsOf(columns, a, b).forEach((level, at) => {
      if (level !== ABSENT) counts[at]![level]!++;
    });
  }
  return counts.map(shares);
}

const shares = (counts: readonly number[]): number[] => {
  const sum = counts.reduce((total, n) => total + n, 0);
  return counts.map((n) => Math.max(SMALLEST, n / sum));
};

/** Candidate pairs by their pattern of agreement: millions of pairs have some hundreds of patterns. `pattern[i]` is that of the pair `a[i]`, `b[i]`. */
export interface Candidates {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly pattern: readonly number[];
  readonly patterns: readonly (readonly Level[])[];
}

/**
 * m and the prior by expectation maximisation, u held fixed (as Winkler, 2000): no example is needed. Only pairs that are the best of both their records take part, since a thing's likeness to itself is greater
 * than to its neighbours; without that, the two classes found may as well be "of one town" and "far apart". There cannot be more than `mostMatches` matches.
 */
export function fitModel(candidates: Candidates, records: number, u: readonly (readonly number[])[], mostMatches: number): LinkageModel {
  const mostPrior = Math.min(0.5, mostMatches / Math.max(1, candidates.a.length));
  let model: LinkageModel = { m: u.map(() => FIRST_M), u, prior: mostPrior / 2, iterations: 0 };
  for (let iteration = 1; iteration <= MAX_ITERATIONS; iteration++) {
    const next = improved(candidates, records, model, mostPrior, iteration);
    const moved = Math.abs(next.prior - model.prior) + next.m.reduce((sum, levels, at) => sum + levels.reduce((s, p, level) => s + Math.abs(p - model.m[at]![level]!), 0), 0);
    model = next;
    if (moved < CONVERGED) break;
  }
  return model;
}

function improved(candidates: Candidates, records: number, model: LinkageModel, mostPrior: number, iterations: number): LinkageModel {
  const weights = candidates.patterns.map((levels) => levels.reduce<number>((sum, level, at) => sum + levelWeight(model, at, level), priorWeight(model)));
  const mutual = mutualBest(candidates, records, weights);
  const counts = model.u.map(() => FIRST_M.map((share) => share * BELIEVED_MATCHES));
  let matches = 0;
  candidates.patterns.forEach((levels, pattern) => {
    const expected = mutual[pattern]! * probability(weights[pattern]!);
    matches += expected;
    levels.forEach((level, at) => {
      if (level !== ABSENT) counts[at]![level]! += expected;
    });
  });
  return { m: counts.map(shares), u: model.u, prior: Math.min(mostPrior, Math.max(SMALLEST, matches / Math.max(1, candidates.a.length))), iterations };
}

/** For each pattern, how many of its pairs are the best (or as good as the best) that both their records have. */
function mutualBest({ a, b, pattern }: Candidates, records: number, weights: readonly number[]): Float64Array {
  const best = new Float64Array(records).fill(-Infinity);
  for (const [pair, of] of pattern.entries()) {
    const weight = weights[of]!;
    if (weight > best[a[pair]!]!) best[a[pair]!] = weight;
    if (weight > best[b[pair]!]!) best[b[pair]!] = weight;
  }
  const counts = new Float64Array(weights.length);
  for (const [pair, of] of pattern.entries()) if (weights[of]! >= best[a[pair]!]! && weights[of]! >= best[b[pair]!]!) counts[of]!++;
  return counts;
}

/** Bits of evidence of one agreement. */
export const levelWeight = ({ m, u }: LinkageModel, at: number, level: Level): number => (level === ABSENT ? 0 : Math.log2(m[at]![level]! / u[at]![level]!));
export const priorWeight = ({ prior }: LinkageModel): number => Math.log2(prior / (1 - prior));
/** Of a match, from bits of evidence. */
export const probability = (bits: number): number => 1 / (1 + 2 ** -bits);
