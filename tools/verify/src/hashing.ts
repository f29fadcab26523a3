import { createHash } from 'node:crypto';
import { writeCanonical, type Json } from './canonical-json.js';

export const sha256 = (...parts: readonly (Uint8Array | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export const hexOfHash = (...parts: readonly (Uint8Array | string)[]): string => sha256(...parts).toString('hex');

const PIECE = 64 * 1024;

/** SHA-256 of a value's canonical JSON, in hex. The text is never in memory whole: a bundle may be as long as a text can be. */
export function hashOf(value: Json): string {
  const hash = createHash('sha256');
  let text = '';
  writeCanonical(value, (piece) => {
    text += piece;
    if (text.length < PIECE) return;
    hash.update(text);
    text = '';
  });
  return hash.update(text).digest('hex');
}

export const hexBytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
