import { sign } from 'node:crypto';
import { failure, type GovernanceBundle, type SignedBundle } from '@symphainy/contracts';
import { sha256Hex } from '@symphainy/kernel';
import { bundleHash } from './bundle-digest.js';
import { signHash, signatureProblem } from './signed-statement.js';
import type { PublicKeys, SigningKey } from './signing-keys.js';

/** The bundle with its salt, its hash and the signature over the hash's 32 bytes. */
export function signBundle(unsalted: GovernanceBundle, key: SigningKey): SignedBundle {
  const bundle = { ...unsalted, salt: unsalted.salt ?? saltFor(unsalted, key) };
  return { bundle, ...signHash(bundleHash(bundle), key) };
}

/** Follows from the private key, so that nobody without it can guess, and signing twice gives the same bundle. */
const saltFor = ({ version, created_at }: GovernanceBundle, key: SigningKey): string => sha256Hex(sign(null, Buffer.from(`bundle salt ${version} ${created_at}`), key.privateKey));

/** The bundle, if its hash is that of its content and a known key signed it; else `policy.bundle_invalid`. */
export function verifySignedBundle(signed: SignedBundle, publicKeys: PublicKeys): GovernanceBundle {
  if (bundleHash(signed.bundle) !== signed.hash) throw failure('policy.bundle_invalid', { message: 'the bundle’s content does not have its hash', field: '/hash' });
  const problem = signatureProblem(signed, publicKeys);
  if (problem === 'key') throw failure('policy.bundle_invalid', { message: `the bundle is signed by key ${signed.key_id}, which is not known here`, field: '/key_id' });
  if (problem === 'signature') throw failure('policy.bundle_invalid', { message: 'the bundle’s signature does not hold', field: '/signature' });
  return signed.bundle;
}
