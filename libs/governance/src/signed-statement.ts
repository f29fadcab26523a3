import { sign, verify } from 'node:crypto';
import { hashOf } from '@symphainy/kernel';
import { publicKeyOf, type PublicKeys, type SigningKey } from './signing-keys.js';

/** What stands beside a statement: SHA-256 of its canonical JSON, and an Ed25519 signature over those 32 bytes (base64url). */
export interface Signature {
  readonly hash: string;
  readonly signature: string;
  readonly key_id: string;
}

/** Signs a hash: 64 hex digits, of which the 32 bytes are signed. */
export const signHash = (hash: string, key: SigningKey): Signature => ({ hash, signature: sign(null, Buffer.from(hash, 'hex'), key.privateKey).toString('base64url'), key_id: key.keyId });

/** Signs a statement. Its `type` member says what it is, so that no signature can be taken for one of another kind. */
export const signStatement = (statement: { readonly type: string }, key: SigningKey): Signature => signHash(hashOf(statement), key);

/** Why a signature does not hold: no such key here, or it is not that key's. Undefined: it holds. */
export function signatureProblem({ hash, signature, key_id }: Signature, keys: PublicKeys): 'key' | 'signature' | undefined {
  const text = Object.hasOwn(keys, key_id) ? keys[key_id] : undefined;
  if (text === undefined) return 'key';
  return verify(null, Buffer.from(hash, 'hex'), publicKeyOf(text), Buffer.from(signature, 'base64url')) ? undefined : 'signature';
}
