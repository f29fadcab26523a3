import { createHash, createHmac, createSecretKey, hash, timingSafeEqual, type KeyObject } from 'node:crypto';
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

/** Node makes a key object of raw bytes at every call, which costs six times the HMAC itself. Key bytes must not change. */
const keyObjects = new WeakMap<Uint8Array, KeyObject>();

function keyObjectOf(key: Uint8Array): KeyObject {
  const known = keyObjects.get(key) ?? createSecretKey(key);
  keyObjects.set(key, known);
  return known;
}

/** HMAC-SHA-256 as base64url. */
export const hmac = (key: Uint8Array, data: Uint8Array | string): string => createHmac('sha256', keyObjectOf(key)).update(data).digest('base64url');

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
