import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { sha256Hex, type EnvVariable } from '@symphainy/kernel';

/** DER headers of an Ed25519 key (RFC 8410): what stands before the 32 raw bytes. */
const PKCS8_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_HEADER = Buffer.from('302a300506032b6570032100', 'hex');

/** What bundles, checkpoints and exports are signed with. `publicKey` is the raw key as base64url: what a verifier is given. */
export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly publicKey: string;
}

/** Public keys by key id: raw 32 bytes as base64url, or PEM. */
export type PublicKeys = Readonly<Record<string, string>>;

/** Reads an Ed25519 private key: PEM (PKCS 8), or its 32-byte seed as base64url. The key id follows from the key. */
export function readSigningKey(text: string): SigningKey {
  const privateKey = privateKeyOf(text.trim());
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('must be an Ed25519 private key');
  const raw = rawPublicKey(createPublicKey(privateKey));
  return { keyId: keyIdOf(raw), privateKey, publicKey: raw.toString('base64url') };
}

const PRIVATE_KEY_FORM = 'Ed25519 private key: PEM, or its 32-byte seed as base64url';

/** A signing key as a service's env contract has it. It has no default: what is signed with a key that others know proves nothing. */
export const signingKeyVariable = (about: { readonly description: string; readonly group: string }): EnvVariable<SigningKey> => ({
  ...about,
  sensitive: true,
  required: true,
  defaultText: undefined,
  form: PRIVATE_KEY_FORM,
  parse(text) {
    try {
      return readSigningKey(text);
    } catch {
      // Node's own message may quote the key.
      throw new Error(`must be an ${PRIVATE_KEY_FORM}`);
    }
  },
});

/** Reads public keys from one text: keys separated by commas, each `<key_id>=<key>` or a key alone, whose id follows from it. */
export function readPublicKeys(text: string): PublicKeys {
  const entries = text.split(',').map((part) => part.trim()).filter((part) => part !== '');
  return Object.fromEntries(entries.map(publicKeyEntry));
}

function privateKeyOf(text: string): KeyObject {
  if (text.startsWith('-----')) return createPrivateKey(text);
  const seed = Buffer.from(text, 'base64url');
  if (seed.length !== 32) throw new Error('must be an Ed25519 private key: PEM, or a 32-byte seed as base64url');
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEADER, seed]), format: 'der', type: 'pkcs8' });
}

export function publicKeyOf(text: string): KeyObject {
  if (text.startsWith('-----')) return createPublicKey(text);
  const raw = Buffer.from(text, 'base64url');
  if (raw.length !== 32) throw new Error('must be an Ed25519 public key: PEM, or its 32 bytes as base64url');
  return createPublicKey({ key: Buffer.concat([SPKI_HEADER, raw]), format: 'der', type: 'spki' });
}

const rawPublicKey = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' }).subarray(SPKI_HEADER.length);

/** A key's id: the first 16 hex digits of its SHA-256, so that no two keys share one by mistake. */
const keyIdOf = (raw: Uint8Array): string => sha256Hex(raw).slice(0, 16);

/** An id holds no base64 padding sign, so a leading `id=` is told from a key that merely ends in `=`. */
function publicKeyEntry(part: string): [string, string] {
  const named = /^([A-Za-z0-9_.-]{1,40})=(.{40,})$/s.exec(part);
  const [id, key] = named ? [named[1] ?? '', named[2] ?? ''] : [undefined, part];
  return [id ?? keyIdOf(rawPublicKey(publicKeyOf(key))), key];
}
