import type { Readable } from 'node:stream';

/** Bytes named by content, under a tenant. Writing the same bytes twice is one object. */
export interface ObjectStore {
  /**
   * Streams bytes in, counting and hashing; nothing is visible before the last byte is durable, and nothing stays when the source fails.
   * `maxBytes`: more than that rejects with ObjectTooLargeError and leaves nothing.
   */
  put(tenantId: string, source: AsyncIterable<Uint8Array>, options?: { readonly maxBytes?: number }): Promise<{ hash: string; size: number }>;
  /** A stream of the bytes, or of `[start, end]` (inclusive). Rejects with ObjectMissingError. */
  get(tenantId: string, hash: string, range?: { readonly start: number; readonly end: number }): Promise<Readable>;
  stat(tenantId: string, hash: string): Promise<{ size: number } | undefined>;
  delete(tenantId: string, hash: string): Promise<void>;
}

export class ObjectMissingError extends Error {
  override readonly name = 'ObjectMissingError';
}

export class ObjectTooLargeError extends Error {
  override readonly name = 'ObjectTooLargeError';
}
