import { createHash, hash, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';

/** SHA-256 of bytes or UTF-8 text, as 32 raw bytes. A Buffer made by Node for each digest costs more than the digest of a short text. */
export function sha256(data: Uint8Array | string): Uint8Array {
  const digest = hash('sha256', data, 'binary');
  const bytes = new Uint8Array(32);
  for (let i = 0; i < 32; i++) bytes[i] = digest.charCodeAt(i);
  return bytes;
}

/** SHA-256 as 64 lower-case hex digits. */
export const sha256Hex = (data: Uint8Array | string): string => hash('sha256', data, 'hex');

/** SHA-256 (hex) of a value's canonical JSON: equal values hash equal, whatever the order of their keys. */
export const hashOf = (value: unknown): string => sha256Hex(canonicalJson(value));

const BLOCK = 64;

/** A key's two padded blocks (RFC 2104); the outer one with room for the inner digest. */
interface HmacPads {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

/** By the key's bytes, which must not change. */
const padsOfKeys = new WeakMap<Uint8Array, HmacPads>();

function padsOf(key: Uint8Array): HmacPads {
  const known = padsOfKeys.get(key);
  if (known !== undefined) return known;
  const block = Buffer.alloc(BLOCK);
  block.set(key.length > BLOCK ? sha256(key) : key);
  const pads = { inner: Buffer.from(block.map((byte) => byte ^ 0x36)), outer: Buffer.concat([block.map((byte) => byte ^ 0x5c), Buffer.alloc(32)]) };
  padsOfKeys.set(key, pads);
  return pads;
}

/** HMAC-SHA-256 as base64url, by two one-shot digests: Node's Hmac object costs more to make and to collect than both of them. */
export function hmac(key: Uint8Array, data: Uint8Array | string): string {
  const { inner, outer } = padsOf(key);
  const message = typeof data === 'string' ? utf8(data) : data;
  const padded = Buffer.allocUnsafe(BLOCK + message.length);
  padded.set(inner, 0);
  padded.set(message, BLOCK);
  outer.write(hash('sha256', padded, 'binary'), BLOCK, 'latin1');
  return hash('sha256', outer, 'base64url');
}

/** The UTF-8 bytes of a text: Buffer's encoder is several times faster than TextEncoder on texts of a message's size. */
export const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');

/** Compares two texts in time that does not depend on where they differ. */
export const equalSecret = (left: string, right: string): boolean => {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
};

/** A running SHA-256 for streams. */
export const sha256Stream = (): { update(chunk: Uint8Array): void; digestHex(): string } => {
  const running = createHash('sha256');
  return { update: (chunk) => void running.update(chunk), digestHex: () => running.digest('hex') };
};
