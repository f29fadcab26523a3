import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { Signature } from './evidence-format.js';

/** What stands before the 32 raw bytes of an Ed25519 public key in DER (RFC 8410). */
const SPKI_HEADER = Buffer.from('302a300506032b6570032100', 'hex');

export type KeysById = ReadonlyMap<string, KeyObject>;

/** Whom the verifier trusts, by what they may sign. Keys for bundles may be missing: then those count that a trusted checkpoint key vouches for. */
export interface TrustedKeys {
  readonly checkpoint: KeysById;
  readonly bundle: KeysById | undefined;
}

/** A raw key as base64url. Throws when it is none. */
export function publicKey(base64url: string): KeyObject {
  const raw = Buffer.from(base64url, 'base64url');
  if (raw.length !== 32) throw new Error('an Ed25519 public key has 32 bytes');
  return createPublicKey({ key: Buffer.concat([SPKI_HEADER, raw]), format: 'der', type: 'spki' });
}

/**
 * A key file: one key a line, `checkpoint <key_id>=<base64url>` or `bundle <key_id>=<base64url>`; without the word, a checkpoint key. Lines that
 * begin with `#` are remarks. Throws, naming the line, when it is something else.
 */
export function readKeyFile(file: string): TrustedKeys {
  const keys = { checkpoint: new Map<string, KeyObject>(), bundle: new Map<string, KeyObject>() };
  for (const [i, line] of file.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    const parts = /^(?:(checkpoint|bundle)\s+)?([A-Za-z0-9_.-]{1,40})=([A-Za-z0-9_-]{43}=?)$/.exec(line.trim());
    if (parts === null) throw new Error(`line ${i + 1} is no key: it reads [checkpoint|bundle] <key_id>=<32 bytes as base64url>`);
    const [, kind = 'checkpoint', id = '', key = ''] = parts;
    const named = keys[kind as keyof typeof keys];
    if (named.has(id)) throw new Error(`line ${i + 1} names the ${kind} key ${id} again: keep the one that you trust`);
    named.set(id, publicKey(key));
  }
  if (keys.checkpoint.size === 0) throw new Error('it holds no checkpoint key');
  return { checkpoint: keys.checkpoint, bundle: keys.bundle.size === 0 ? undefined : keys.bundle };
}

/** Why a signature does not count; undefined: it does. */
export function signatureProblem({ hash, signature, key_id }: Signature, keys: KeysById): string | undefined {
  const key = keys.get(key_id);
  if (key === undefined) return `it is signed by key ${key_id}, which is not trusted`;
  const bytes = Buffer.from(signature, 'base64url');
  if (bytes.toString('base64url') !== signature) return 'its signature is not written as base64url';
  return verify(null, Buffer.from(hash, 'hex'), key, bytes) ? undefined : `its signature is not that of key ${key_id}`;
}
