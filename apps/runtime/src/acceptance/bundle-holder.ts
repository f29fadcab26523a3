import { failure, offeredBundle, type OfferedBundle, type RegisteredCapability, type SignedBundle, type Tenant } from '@symphainy/contracts';
import { compileBundle, readOfferedBundle, verifySignedBundle, type CompiledBundle, type PublicKeys } from '@symphainy/governance';
import { asPlatformError, canonicalJson, type Clock, type Logger, type PlatformError } from '@symphainy/kernel';
import { LRUCache } from 'lru-cache';
import { reach } from '../fail-points/fail-points.js';
import type { BundleArchive } from './log.ports.js';

const BUNDLES_MAX = 16;

/** How long a bundle counts without a word of Smart City. */
export interface Freshness {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly staleAfterMs: number;
}

interface Opened {
  readonly compiled: CompiledBundle;
  readonly signed: SignedBundle;
}

/**
 * The governance bundle that acceptance judges by, and every one that a running execution started under.
 * A bundle counts only when its signature holds and it is newer than the one held; it is archived before it is used, so what an
 * execution records can always be read again.
 */
export class BundleHolder {
  private readonly compiled = new LRUCache<string, CompiledBundle>({ max: BUNDLES_MAX });
  private held: CompiledBundle | undefined;
  private confirmedAt: number;
  /** Why the last bundle offered was not taken. */
  private refused: PlatformError | undefined;

  constructor(
    private readonly archive: BundleArchive,
    private readonly keys: PublicKeys,
    private readonly logger: Logger,
    private readonly freshness: Freshness = { clock: { monotonic: () => 0 }, staleAfterMs: Number.POSITIVE_INFINITY },
  ) {
    this.confirmedAt = freshness.clock.monotonic();
  }

  get current(): CompiledBundle | undefined {
    return this.held;
  }

  /** The bundle, or `policy.no_bundle`: without policy nothing executes. */
  require(): CompiledBundle {
    if (this.held === undefined) throw failure('policy.no_bundle');
    return this.held;
  }

  /** Why nothing new may be accepted now: no bundle, or none that Smart City has confirmed for too long. */
  refusal(): PlatformError | undefined {
    if (this.held === undefined) return this.refused ?? failure('policy.no_bundle');
    const silentMs = this.freshness.clock.monotonic() - this.confirmedAt;
    if (silentMs <= this.freshness.staleAfterMs) return undefined;
    return failure('policy.bundle_stale', { message: `Smart City has been silent for ${Math.floor(silentMs / 1000)} s; bundle ${this.held.version} counts for ${Math.floor(this.freshness.staleAfterMs / 1000)} s without a word` });
  }

  /** Smart City says that this version is current. True if it is the one held; an older one confirms nothing. */
  confirm(version: number): boolean {
    if (version !== this.held?.version) return false;
    this.confirmedAt = this.freshness.clock.monotonic();
    return true;
  }

  /** Takes the newest archived bundle. Called once at boot; one that does not verify is left alone and reported. */
  async loadLatest(): Promise<void> {
    const text = await this.archive.latest();
    if (text === undefined) return;
    try {
      await this.offer(offeredBundle.parse(JSON.parse(text)));
    } catch (error) {
      this.logger.error({ code: asPlatformError(error).code, err: error }, 'the archived governance bundle was refused');
    }
  }

  /** Verifies, archives and takes a bundle; an older or equal version changes nothing. Whether it is now the current one. */
  async offer(offered: OfferedBundle): Promise<boolean> {
    if (this.held?.hash === offered.hash) return this.confirm(offered.bundle.version);
    if (offered.bundle.version <= (this.held?.version ?? 0)) return false;
    const { compiled, signed } = this.opened(offered);
    reach('bundle.archive', 'before');
    await this.archive.save(signed.hash, compiled.version, canonicalJson(signed));
    reach('bundle.archive', 'after');
    if (compiled.version <= (this.held?.version ?? 0)) return false;
    this.held = compiled;
    this.confirm(compiled.version);
    this.logger.info({ version: compiled.version, hash: compiled.hash }, 'a governance bundle is in force');
    return true;
  }

  /** The capability as it stood in the bundle that an execution recorded. */
  async capabilityOf(bundleHash: string, name: string): Promise<RegisteredCapability> {
    const capability = (await this.underHash(bundleHash)).capability(name);
    if (capability === undefined) throw failure('policy.bundle_invalid', { message: `bundle ${bundleHash} holds no ${name}` });
    return capability;
  }

  /** Any bundle that was ever in force here; `policy.bundle_invalid` for another. */
  async underHash(hash: string): Promise<CompiledBundle> {
    return this.compiled.get(hash) ?? (await this.fromArchive(hash));
  }

  /** A tenant as the bundle of that hash has it; one that is no longer in memory is the present one's. */
  tenantUnder(bundleHash: string, tenantId: string): Tenant | undefined {
    return (this.compiled.get(bundleHash) ?? this.held)?.tenant(tenantId);
  }

  private async fromArchive(hash: string): Promise<CompiledBundle> {
    const text = await this.archive.load(hash);
    if (text === undefined) throw failure('policy.bundle_invalid', { message: `bundle ${hash} is not in the archive` });
    return this.open(offeredBundle.parse(JSON.parse(text))).compiled;
  }

  private opened(offered: OfferedBundle): Opened {
    try {
      return this.open(offered);
    } catch (error) {
      this.refused = asPlatformError(error);
      throw error;
    }
  }

  private open(offered: OfferedBundle): Opened {
    const signed = readOfferedBundle(offered);
    const compiled = compileBundle(verifySignedBundle(signed, this.keys), signed.hash);
    this.compiled.set(signed.hash, compiled);
    return { compiled, signed };
  }
}
