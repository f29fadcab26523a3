/** What one way of ranking says of a passage: its rank from 1, and its score there. */
export interface Part {
  readonly rank: number;
  readonly score: number;
}

export interface Ranking<K, N extends string> {
  readonly name: N;
  /** How much its ranks count beside those of others. */
  readonly weight: number;
  /** Best first. */
  readonly ranked: readonly { readonly key: K; readonly score: number }[];
}

export interface Fused<K, N extends string> {
  readonly key: K;
  readonly score: number;
  readonly parts: Readonly<Partial<Record<N, Part>>>;
}

/**
 * Reciprocal rank fusion (Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods", SIGIR 2009): a passage's score is the sum of
 * weight / (RANK_OFFSET + rank) over the rankings that have it. Scores of different kinds need not be comparable. They took 60 for many rankings, each a thousand deep; of two, of which one is much the better,
 * a small offset keeps the better one's first ranks first (docs/quality.md tells how it was chosen).
 */
export const RANK_OFFSET = 5;

/** Best first; of equals the one that the first ranking has first. */
export function fuseRanks<K, N extends string>(rankings: readonly Ranking<K, N>[]): Fused<K, N>[] {
  const fused = new Map<K, { score: number; parts: Partial<Record<N, Part>> }>();
  for (const { name, weight, ranked } of rankings) {
    for (const [at, { key, score }] of ranked.entries()) {
      const known = fused.get(key);
      const parts: Partial<Record<N, Part>> = { ...known?.parts, [name]: { rank: at + 1, score: rounded(score) } };
      fused.set(key, { score: (known?.score ?? 0) + weight / (RANK_OFFSET + at + 1), parts });
    }
  }
  return [...fused].map(([key, { score, parts }]) => ({ key, score: rounded(score), parts })).toSorted((a, b) => b.score - a.score);
}

const rounded = (value: number): number => Number(value.toFixed(6));
