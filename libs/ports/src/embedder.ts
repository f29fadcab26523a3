/** Turns texts into vectors that are near each other where the texts are alike. */
export interface Embedder {
  /** Names the algorithm or model with its version: vectors of equal names can be compared, others cannot. */
  readonly model: string;
  /** The same text gives the same vector on every machine and for ever, so it may be computed again instead of being taken from the record. */
  readonly deterministic: boolean;
  /** One vector for each text, in order, of length 1 or all zero. Rejects with a PlatformError (`embedding.*`), and when the signal is aborted. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<number[][]>;
}
