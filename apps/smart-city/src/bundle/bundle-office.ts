import type { SignedBundle, VerificationKeys } from '@symphainy/contracts';
import { isoTime, verify } from '@symphainy/kernel';
import type { ServiceHost } from '@symphainy/service-host';
import type { HealthRegistry } from '../nurse/health-registry.js';
import { buildKeys } from './catalogue.js';
import type { CatalogueStore, CityDraft, CitySnapshot } from './catalogue-store.js';

/** How often every runtime is told which version is current. */
const ANNOUNCE_MS = 10_000;

/**
 * Holds the snapshot in force and tells the others of it: a new bundle to every runtime and new keys to every gateway at once; the
 * current version, and the keys again, every ten seconds, for whoever missed a message.
 */
export class BundleOffice {
  private current: CitySnapshot | undefined;
  private toldBehind = 0;
  private readonly listeners: ((snapshot: CitySnapshot) => void)[] = [];

  constructor(
    private readonly host: ServiceHost,
    private readonly store: CatalogueStore,
    private readonly health: Pick<HealthRegistry, 'runtimesBehind' | 'gatewaysBehind' | 'gateways' | 'onReport'>,
  ) {
    health.onReport(() => this.heardHealth());
  }

  get snapshot(): CitySnapshot {
    verify(this.current, 'Smart City has read its catalogue before it serves');
    return this.current;
  }

  get bundle(): SignedBundle {
    verify(this.snapshot.bundle, 'the first change makes the first bundle');
    return this.snapshot.bundle;
  }

  get keys(): VerificationKeys {
    return { ...buildKeys(this.snapshot.catalogue, this.snapshot.keysVersion), gateways: Math.max(1, this.health.gateways) };
  }

  onChange(listener: (snapshot: CitySnapshot) => void): void {
    this.listeners.push(listener);
  }

  async change(work: (draft: CityDraft) => void): Promise<CitySnapshot> {
    const snapshot = await this.store.change(work);
    this.take(snapshot);
    this.tellCurrent();
    return snapshot;
  }

  /** Begins to announce; returns how to end it. */
  announce(): () => void {
    return this.host.clock.every(ANNOUNCE_MS, () => void this.announceOnce());
  }

  /** Another instance may have made the newest version: what is announced is read anew. */
  private async announceOnce(): Promise<void> {
    try {
      this.take(await this.store.read());
    } catch (error) {
      this.host.logger.warn({ err: error }, 'the catalogue cannot be read; announcing what was current last');
    }
    this.tellCurrent();
    this.host.channels.publish('gateway.keys.push', {}, this.keys);
  }

  /** Which bundle is current, what is applied in it, and who has still to take it, or the keys that go with it. */
  private tellCurrent(): void {
    const { bundle, hash } = this.bundle;
    const behind = this.health.runtimesBehind(bundle.version);
    const gateways_behind = this.health.gatewaysBehind(this.snapshot.keysVersion);
    this.host.channels.publish('runtime.bundle.current', {}, { version: bundle.version, hash, at: isoTime(this.host.clock.now()), applied: this.snapshot.applied, behind, gateways_behind });
    this.toldBehind = [behind, gateways_behind].filter((waited) => waited.length > 0).length;
  }

  /** The last that was waited for, of runtimes or of gateways, has taken it: whoever waits for that is told at once. */
  private heardHealth(): void {
    if (this.toldBehind === 0) return;
    const behind = [this.health.runtimesBehind(this.bundle.bundle.version), this.health.gatewaysBehind(this.snapshot.keysVersion)].filter((waited) => waited.length > 0).length;
    if (behind < this.toldBehind) this.tellCurrent();
  }

  private take(next: CitySnapshot): void {
    const before = this.current;
    // Answers of the database may overtake each other; the newest version stays.
    if (before !== undefined && (next.bundle?.bundle.version ?? 0) < (before.bundle?.bundle.version ?? 0)) return;
    this.current = next;
    if (next.bundle && next.bundle.hash !== before?.bundle?.hash) this.pushBundle(next.bundle);
    if (next.keysVersion !== before?.keysVersion) this.host.channels.publish('gateway.keys.push', {}, this.keys);
    for (const listener of this.listeners) listener(next);
  }

  private pushBundle(signed: SignedBundle): void {
    const { version, capabilities, policies } = signed.bundle;
    this.host.logger.info({ version, hash: signed.hash, capabilities: capabilities.length, policies: policies.length }, 'a governance bundle is in force');
    this.host.channels.publish('runtime.bundle.push', {}, signed);
  }
}
