import type { DisclosedBundle, GovernanceBundle, SignedBundle } from '@symphainy/contracts';
import { canonicalJson, hashOf, sha256Hex } from '@symphainy/kernel';

/**
 * A bundle's hash is taken over digests of its entries, so that a tenant can be shown the entries that concern it, and prove that they are
 * of the signed bundle, without being shown anybody else's. Each entry is digested with a salt of its own that follows from the bundle's:
 * a digest alone says nothing about an entry that could be guessed.
 *
 *   entry salt = SHA-256(bundle salt ‖ "/" ‖ list ‖ "/" ‖ position), in hex
 *   digest     = SHA-256(canonical JSON of [entry salt, entry])
 *   hash       = SHA-256(canonical JSON of the bundle without its salt, each list replaced by its entries' digests)
 */
type BundleLists = { [list: string]: readonly unknown[] };

interface Parted {
  readonly head: Record<string, unknown>;
  readonly lists: BundleLists;
}

function parted({ salt: _, ...bundle }: GovernanceBundle): Parted {
  const entries = Object.entries<unknown>(bundle);
  return {
    head: Object.fromEntries(entries.filter(([, value]) => !Array.isArray(value))),
    lists: Object.fromEntries(entries.filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]))),
  };
}

const saltOf = (bundle: GovernanceBundle, list: string, position: number): string => sha256Hex(`${bundle.salt ?? ''}/${list}/${position}`);
const digestOf = (salt: string, entry: unknown): string => sha256Hex(canonicalJson([salt, entry]));

/** The hash that a bundle is signed over and known by. */
export function bundleHash(bundle: GovernanceBundle): string {
  const { head, lists } = parted(bundle);
  const digests = Object.entries(lists).map(([list, entries]) => [list, entries.map((entry, i) => digestOf(saltOf(bundle, list, i), entry))]);
  return hashOf({ ...head, ...Object.fromEntries(digests) });
}

/** The bundle as it may be shown: entries that `shown` picks with their salts, of all others the digest alone. */
export function discloseBundle(signed: SignedBundle, shown: (list: string, entry: unknown) => boolean): DisclosedBundle {
  const { bundle, hash, signature, key_id } = signed;
  const { head, lists } = parted(bundle);
  const disclosed = Object.entries(lists).map(([list, entries]) => [
    list,
    entries.map((entry, i) => {
      const salt = saltOf(bundle, list, i);
      return shown(list, entry) ? { salt, entry } : { digest: digestOf(salt, entry) };
    }),
  ]);
  return { head: head as DisclosedBundle['head'], lists: Object.fromEntries(disclosed) as DisclosedBundle['lists'], hash, signature, key_id };
}
