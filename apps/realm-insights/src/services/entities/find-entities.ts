import { candidatePairs } from './blocking.js';
import { clusterPairs } from './clustering.js';
import { type ComparedColumn, type Level } from './comparison.js';
import { fitModel, levelsOf, levelWeight, priorWeight, probability, randomAgreement, type Candidates, type LinkageModel } from './linkage-model.js';

export interface MatchedPair {
  readonly a: number;
  readonly b: number;
  readonly probability: number;
  /** Bits for (above 0) or against a match, and of each column. */
  readonly weight: number;
  readonly levels: readonly Level[];
  readonly weights: readonly number[];
}

export interface Entities {
  readonly pairs: readonly MatchedPair[];
  /** Records of one thing, two or more, in order. */
  readonly clusters: readonly (readonly number[])[];
  readonly candidates: number;
  readonly model: LinkageModel;
}

export interface EntityQuestion {
  readonly columns: readonly ComparedColumn[];
  readonly records: number;
  /** Records before it are of one table, the others of a second: then only pairs across are sought. */
  readonly boundary?: number | undefined;
  /** A record of one table has at most one match in the other. */
  readonly oneToOne: boolean;
  readonly threshold: number;
}

const PAIRS_PER_RECORD = 40;
/** Pairs that are compared before others have their turn: some milliseconds. */
const SLICE = 2_000;

/** `onPairs` hears how many pairs were compared, and lets other work of the process run. */
export async function findEntities({ columns, records, boundary, oneToOne, threshold }: EntityQuestion, onPairs: (compared: number) => Promise<void>): Promise<Entities> {
  const mayPair = boundary === undefined ? () => true : (a: number, b: number) => a < boundary !== b < boundary;
  const candidates = await comparedPairs(columns, records, mayPair, onPairs);
  const fitted = fitModel(candidates, records, randomAgreement(columns, records, mayPair), boundary === undefined ? records : Math.min(boundary, records - boundary));
  const model = { ...fitted, prior: (fitted.prior * candidates.a.length) / possiblePairs(records, boundary) };
  const shares = columns.map(valueShares);
  const likely: MatchedPair[] = [];
  candidates.pattern.forEach((pattern, pair) => {
    const [a, b, levels] = [candidates.a[pair]!, candidates.b[pair]!, candidates.patterns[pattern]!];
    const weights = levels.map((level, at) => (level === 3 ? rareWeight(model, at, shares[at]!(a)) : levelWeight(model, at, level)));
    const weight = weights.reduce((sum, bits) => sum + bits, priorWeight(model));
    if (probability(weight) >= threshold) likely.push({ a, b, levels, weights, weight, probability: probability(weight) });
  });
  likely.sort((x, y) => y.weight - x.weight || x.a - y.a || x.b - y.b);
  const pairs = oneToOne && boundary !== undefined ? bestOfEach(likely) : likely;
  return { ...clusterPairs(pairs), candidates: candidates.a.length, model };
}

/** What agreements say (u) is learned from random pairs, so the prior must be of random pairs too, not of those that were chosen for sharing something: of many records that is a thousandth. */
const possiblePairs = (records: number, boundary: number | undefined): number => Math.max(1, boundary === undefined ? (records * (records - 1)) / 2 : boundary * (records - boundary));

async function comparedPairs(columns: readonly ComparedColumn[], records: number, mayPair: (a: number, b: number) => boolean, onPairs: (compared: number) => Promise<void>): Promise<Candidates> {
  const found = { a: [] as number[], b: [] as number[], pattern: [] as number[], patterns: [] as Level[][] };
  const known = new Map<string, number>();
  for (const [a, b] of candidatePairs(columns, records, { pairsPerRecord: PAIRS_PER_RECORD }, mayPair)) {
    const levels = levelsOf(columns, a, b);
    const key = levels.join();
    let pattern = known.get(key);
    if (pattern === undefined) known.set(key, (pattern = found.patterns.push(levels) - 1));
    found.a.push(a);
    found.b.push(b);
    if (found.pattern.push(pattern) % SLICE === 0) await onPairs(found.pattern.length);
  }
  return found;
}

/** Share of the records that hold a record's value: to agree in a rare value says more (Newcombe, 1959). */
function valueShares({ values }: ComparedColumn): (record: number) => number {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return (record) => (counts.get(values[record]!) ?? 1) / values.length;
}

function rareWeight(model: LinkageModel, at: number, share: number): number {
  return Math.log2(model.m[at]![3]! / Math.min(0.99, Math.max(share, model.u[at]![3]! / 10)));
}

/** The surest pairs first; a record that is taken is not offered again. */
function bestOfEach(pairs: readonly MatchedPair[]): MatchedPair[] {
  const taken = new Set<number>();
  return pairs.filter(({ a, b }) => {
    if (taken.has(a) || taken.has(b)) return false;
    taken.add(a).add(b);
    return true;
  });
}
