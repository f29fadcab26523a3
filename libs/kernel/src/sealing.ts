import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { hmac, utf8 } from './hashing.js';

const CIPHER = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

/** A fresh 256-bit key from the operating system's random source. */
export const randomKey = (): Uint8Array => randomBytes(32);

/** A 256-bit key for one purpose, out of another key (HKDF-SHA-256, RFC 5869). */
export const derivedKey = (key: Uint8Array, purpose: string): Uint8Array => new Uint8Array(hkdfSync('sha256', key, new Uint8Array(0), purpose, 32));

/**
 * Encrypts with AES-256-GCM under a nonce that follows from key, context and content (as RFC 8452 does for its own mode): the same in the same context gives the same
 * bytes, so that what is computed again can be compared; a nonce comes back only with the same message. `context` is authenticated, and not in the result.
 */
export function seal(key: Uint8Array, context: string, plain: Uint8Array | string): Uint8Array {
  const bytes = typeof plain === 'string' ? utf8(plain) : plain;
  const about = utf8(context);
  const nonce = Buffer.from(hmac(derivedKeyOf(key), Buffer.concat([utf8(`${about.length}\n`), about, bytes])), 'base64url').subarray(0, NONCE);
  const cipher = createCipheriv(CIPHER, key, nonce);
  cipher.setAAD(about);
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** What `seal` encrypted; undefined when key, context or bytes are others. */
export function unseal(key: Uint8Array, context: string, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < NONCE + TAG) return undefined;
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE));
  decipher.setAAD(utf8(context));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  const plain = decipher.update(sealed.subarray(NONCE, sealed.length - TAG));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return undefined;
  }
}

/** By the key's bytes, which must not change. */
const nonceKeys = new WeakMap<Uint8Array, Uint8Array>();

function derivedKeyOf(key: Uint8Array): Uint8Array {
  const known = nonceKeys.get(key) ?? derivedKey(key, 'nonce');
  nonceKeys.set(key, known);
  return known;
}

/** Plain bytes of one chunk of a sealed stream. */
export const SEALED_CHUNK = 64 * 1024;
const SEALED_CHUNK_BYTES = SEALED_CHUNK + TAG;

/** The size of a sealed stream of so many plain bytes: an empty one has one chunk. */
export const sealedSize = (size: number): number => size + TAG * Math.max(1, Math.ceil(size / SEALED_CHUNK));

/**
 * Encrypts a stream in chunks of 64 KiB, each with its number and whether it is the last in its nonce (the STREAM construction: Hoang, Reyhanitabar, Rogaway, Vizár 2015), so
 * that chunks cannot be dropped, swapped or cut off, and any can be read alone. The key is for this one stream: never give it to another.
 */
export async function* sealStream(key: Uint8Array, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let number = 0;
  let rest = Buffer.alloc(0);
  for await (const bytes of source) {
    rest = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes]);
    let taken = 0;
    for (; rest.length - taken > SEALED_CHUNK; taken += SEALED_CHUNK) yield sealedChunk(key, number++, false, rest.subarray(taken, taken + SEALED_CHUNK));
    rest = rest.subarray(taken);
  }
  yield sealedChunk(key, number, true, rest);
}

function sealedChunk(key: Uint8Array, number: number, last: boolean, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, chunkNonce(number, last));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function chunkNonce(number: number, last: boolean): Uint8Array {
  const nonce = Buffer.alloc(NONCE);
  nonce.writeUInt32BE(number, NONCE - 5);
  nonce[NONCE - 1] = last ? 1 : 0;
  return nonce;
}

/** Plain bytes `start` to `end` (both included) of a sealed stream whose plain size is `size`: which of its sealed bytes hold them. */
export function sealedRange(start: number, end: number, size: number): { readonly start: number; readonly end: number } {
  const last = Math.floor(end / SEALED_CHUNK);
  return { start: Math.floor(start / SEALED_CHUNK) * SEALED_CHUNK_BYTES, end: Math.min((last + 1) * SEALED_CHUNK_BYTES, sealedSize(size)) - 1 };
}

/** The stream that a wrong key, or changed bytes, cannot give. */
export class UnsealError extends Error {
  override readonly name = 'UnsealError';
}

/** Plain bytes of a sealed stream, from plain byte `start` to `end` (both included); `source` gives the sealed bytes that `sealedRange` names. Throws UnsealError. */
export async function* unsealStream(key: Uint8Array, source: AsyncIterable<Uint8Array>, size: number, { start = 0, end = size - 1 }: { readonly start?: number; readonly end?: number } = {}): AsyncGenerator<Uint8Array> {
  const lastChunk = Math.max(0, Math.ceil(size / SEALED_CHUNK) - 1);
  let number = Math.floor(start / SEALED_CHUNK);
  const plainOf = (bytes: Uint8Array): Uint8Array => {
    const at = number * SEALED_CHUNK;
    const plain = unsealedChunk(key, number, number === lastChunk, bytes);
    number++;
    return plain.subarray(Math.max(0, start - at), Math.max(0, end + 1 - at));
  };
  let rest = Buffer.alloc(0);
  for await (const bytes of source) {
    rest = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes]);
    let taken = 0;
    for (; rest.length - taken >= SEALED_CHUNK_BYTES; taken += SEALED_CHUNK_BYTES) yield plainOf(rest.subarray(taken, taken + SEALED_CHUNK_BYTES));
    rest = rest.subarray(taken);
  }
  if (rest.length > 0) yield plainOf(rest);
  if (number <= Math.floor(Math.max(0, end) / SEALED_CHUNK)) throw new UnsealError('the sealed bytes end too soon');
}

function unsealedChunk(key: Uint8Array, number: number, last: boolean, sealed: Uint8Array): Uint8Array {
  if (sealed.length < TAG) throw new UnsealError('the sealed bytes end too soon');
  const decipher = createDecipheriv(CIPHER, key, chunkNonce(number, last));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    throw new UnsealError('the sealed bytes are not those that were written');
  }
}
