/**
 * Hot state: the newest fold of each live execution, for quick reads. A follower writes it, compare-and-set by sequence number,
 * so an older write never replaces a newer one. Never read to decide anything; losing it loses nothing.
 */
export interface HotState {
  /** Stores `value` unless a value of the same or a higher seq is there. Many at once: one round trip. */
  setMany(entries: readonly { readonly tenantId: string; readonly key: string; readonly seq: number; readonly value: Uint8Array; readonly ttlSeconds?: number }[]): Promise<void>;
  get(tenantId: string, key: string): Promise<{ seq: number; value: Uint8Array } | undefined>;
  delete(tenantId: string, key: string): Promise<void>;
  close(): Promise<void>;
}
