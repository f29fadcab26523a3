/** A searchable artifact, as permission to read it is decided. */
export interface SearchedDocument {
  readonly artifact_id: string;
  readonly artifact_type: string;
  readonly execution_id: string;
  readonly session_id: string;
  readonly intent_type: string;
  readonly realm: string;
  readonly user_id: string;
  readonly classification: string | null;
  readonly model: string;
  readonly sparse_model: string;
  readonly passages: number;
  readonly words: number;
}

export interface RankedPassage {
  readonly artifact_id: string;
  readonly chunk: number;
  readonly score: number;
}

export interface WeightedTerm {
  readonly term: number;
  readonly weight: number;
}

/** The index, of one tenant at a time. */
export interface SearchIndex {
  /** Resolves when what was committed before shows, or after the longest wait. */
  settle(): Promise<void>;
  /** All documents, newest first, in pages. */
  documents(tenantId: string): AsyncIterable<readonly SearchedDocument[]>;
  /** How many passages of these documents have each term. */
  frequencies(tenantId: string, documents: readonly string[], terms: readonly number[]): Promise<number[]>;
  /** The passages of these documents with the best BM25 of the terms, best first; `weight` of a term is its rarity and whatever else it counts for, `mean` the mean length. */
  byTerms(tenantId: string, documents: readonly string[], terms: readonly WeightedTerm[], mean: number, depth: number): Promise<RankedPassage[]>;
  /** The passages of these documents nearest to the vector, nearest first; of no more than `most` passages, the newest. */
  byVector(tenantId: string, documents: readonly string[], vector: readonly number[], depth: number, most: number): Promise<RankedPassage[]>;
  /** How much stands in it, and a hash of all that does. */
  fingerprint(tenantId: string): Promise<{ documents: number; passages: number; hash: string }>;
  /** The terms of each of these passages, in their order. */
  termsOf(tenantId: string, passages: readonly Pick<RankedPassage, 'artifact_id' | 'chunk'>[]): Promise<(readonly number[])[]>;
}
