import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from './canonical-json.js';

export const sha256 = (...parts: readonly (Uint8Array | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export const hexOfHash = (...parts: readonly (Uint8Array | string)[]): string => sha256(...parts).toString('hex');

/** SHA-256 of a value's canonical JSON, in hex. */
export const hashOf = (value: Json): string => hexOfHash(canonicalJson(value));

export const hexBytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
