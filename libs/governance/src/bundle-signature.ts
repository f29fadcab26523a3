import { sign } from 'node:crypto';
import { BUNDLE_SCHEMA_VERSION, failure, signedBundle, type GovernanceBundle, type OfferedBundle, type SignedBundle } from '@symphainy/contracts';
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

/**
 * Reads what was offered as a bundle of a form that is known here. `policy.bundle_unsupported`: it is of a later one; `policy.bundle_invalid`: it is no bundle.
 */
export function readOfferedBundle(offered: OfferedBundle): SignedBundle {
  const form = offered.bundle.schema_version ?? 1;
  if (form > BUNDLE_SCHEMA_VERSION) throw failure('policy.bundle_unsupported', { message: `bundle ${offered.bundle.version} is of the form ${form}; up to ${BUNDLE_SCHEMA_VERSION} are known here`, field: '/bundle/schema_version' });
  const read = signedBundle.safeParse(offered);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw failure('policy.bundle_invalid', { message: `bundle ${offered.bundle.version} is none: ${issue?.message ?? 'it does not fit'}`, field: `/${issue?.path.join('/') ?? ''}` });
}

/** The bundle, if its hash is that of its content and a known key signed it; else `policy.bundle_tampered` or `policy.bundle_untrusted`. */
export function verifySignedBundle(signed: SignedBundle, publicKeys: PublicKeys): GovernanceBundle {
  if (bundleHash(signed.bundle) !== signed.hash) throw failure('policy.bundle_tampered', { message: 'the bundle’s content does not have its hash', field: '/hash' });
  const problem = signatureProblem(signed, publicKeys);
  if (problem === 'key') throw failure('policy.bundle_untrusted', { message: `the bundle is signed by key ${signed.key_id}, which is not known here`, field: '/key_id' });
  if (problem === 'signature') throw failure('policy.bundle_tampered', { message: 'the bundle’s signature does not hold', field: '/signature' });
  return signed.bundle;
}
