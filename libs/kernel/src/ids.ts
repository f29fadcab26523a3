import { randomFillSync } from 'node:crypto';

/** The only door to fresh identifiers. */
export interface IdSource {
  /** A UUIDv7 (RFC 9562): time-ordered, so keys inserted together lie together. */
  next(): string;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Formats 16 bytes as a UUID string. */
export const formatUuid = (bytes: Uint8Array): string => {
  let text = '';
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += HEX[bytes[i]!];
  }
  return text;
};

/** Writes the UUIDv7 layout over 16 bytes: 48 bits of `epochMs`, version and variant; the other bits stay as they are. */
export const stampUuidV7 = (bytes: Uint8Array, epochMs: number): Uint8Array => {
  const high = Math.floor(epochMs / 0x10000);
  bytes[0] = high >>> 24;
  bytes[1] = high >>> 16;
  bytes[2] = high >>> 8;
  bytes[3] = high;
  bytes[4] = epochMs >>> 8;
  bytes[5] = epochMs;
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return bytes;
};

/**
 * UUIDv7 ids that never go backwards within one source, even within a millisecond:
 * the 12 bits of rand_a count up (RFC 9562, section 6.2, method 1) and borrow from the clock when they run out.
 */
export const uuidV7Source = (now: () => number): IdSource => {
  const pool = new Uint8Array(16 * 256);
  let used = pool.length;
  let lastMs = 0;
  let counter = 0;
  return {
    next() {
      if (used === pool.length) {
        randomFillSync(pool);
        used = 0;
      }
      const bytes = pool.slice(used, used + 16);
      used += 16;
      const ms = now();
      if (ms > lastMs) {
        lastMs = ms;
        counter = bytes[7]!;
      } else if (++counter > 0xfff) {
        lastMs += 1;
        counter = bytes[7]!;
      }
      bytes[6] = counter >>> 8;
      bytes[7] = counter;
      return formatUuid(stampUuidV7(bytes, lastMs));
    },
  };
};

export const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
