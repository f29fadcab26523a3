import { failure, signedBundle, type DisclosedBundle, type SignedBundle } from '@symphainy/contracts';
import { compileBundle, discloseToTenant, verifySignedBundle, type CompiledBundle, type Concern, type PublicKeys } from '@symphainy/governance';
import { LRUCache } from 'lru-cache';
import type { BundleArchive } from '../acceptance/log.ports.js';

const BUNDLES_MAX = 16;

/** The governance bundles that recorded decisions were made under, out of the archive. */
export class DecidingBundles {
  private readonly held = new LRUCache<string, SignedBundle>({ max: BUNDLES_MAX });

  constructor(
    private readonly archive: BundleArchive,
    private readonly keys: PublicKeys,
  ) {}

  async disclosed(hash: string, concern: Concern): Promise<DisclosedBundle> {
    return discloseToTenant(await this.signed(hash), concern);
  }

  async has(hash: string): Promise<boolean> {
    return (await this.kept(hash)) !== undefined;
  }

  async compiled(hash: string): Promise<CompiledBundle> {
    const signed = await this.signed(hash);
    return compileBundle(verifySignedBundle(signed, this.keys), signed.hash);
  }

  private async signed(hash: string): Promise<SignedBundle> {
    const signed = await this.kept(hash);
    if (signed === undefined) throw failure('policy.bundle_invalid', { message: `bundle ${hash} is not in the archive` });
    return signed;
  }

  /** As it was archived: what does not verify is shown all the same, and told by whoever verifies it. Undefined: it is not in the archive. */
  private async kept(hash: string): Promise<SignedBundle | undefined> {
    const known = this.held.get(hash);
    if (known !== undefined) return known;
    const text = await this.archive.load(hash);
    if (text === undefined) return undefined;
    const signed = signedBundle.parse(JSON.parse(text));
    this.held.set(hash, signed);
    return signed;
  }
}
