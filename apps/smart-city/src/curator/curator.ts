import { failure, type RegisteredCapability } from '@symphainy/contracts';
import { asPlatformError, hashOf, PlatformError } from '@symphainy/kernel';
import type { ServiceHost } from '@symphainy/service-host';
import type { BundleOffice } from '../bundle/bundle-office.js';
import type { CatalogueStore } from '../bundle/catalogue-store.js';
import type { HealthRegistry } from '../nurse/health-registry.js';
import type { CitySession } from '../city-manager/city-session.js';
import { checkCapability, together } from './capability-check.js';
import { compareRegistration, isNews } from './version-rules.js';

/** Realms that boot together are registered together. */
const BATCH_MS = 50;
/** A recorded registration whose record has not come back by then is submitted again; the same request is accepted once. */
const RECORD_LIMIT_MS = 10_000;
/** How long a registration's answer may wait for what it registers to be in force: less than a request waits. */
const ANSWER_LIMIT_MS = 4_000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

interface Pending {
  readonly capability: RegisteredCapability;
  /** When the Runtime completed its registration (monotonic); undefined: not yet. */
  recordedAt: number | undefined;
}

/**
 * Takes registrations, and has what is new among them recorded by the Runtime as one governed intent. A registration is in force when its
 * record has come back and made a bundle; until then it is pending, and tried again for as long as it takes.
 */
export class Curator {
  private readonly pending = new Map<string, Pending>();
  private readonly waiting = new Set<() => void>();
  private timer: (() => void) | undefined;
  private submitting = false;
  private stopped = false;
  private failures = 0;
  /** Counts executions that ended without success: the next attempt is then another request, not the same one again. */
  private ended = 0;

  constructor(
    private readonly host: ServiceHost,
    private readonly office: BundleOffice,
    private readonly store: CatalogueStore,
    private readonly session: CitySession,
    private readonly health: HealthRegistry,
  ) {
    office.onChange(() => this.settle());
    health.onReport(() => this.lookAgain());
  }

  /** Whether all that realms have offered is in force, or was refused. */
  get settled(): boolean {
    return this.pending.size === 0;
  }

  /** Takes up what was offered before this start. */
  async resume(): Promise<void> {
    this.take(await this.store.offers());
    this.settle();
  }

  /** Checks a realm's registration whole, then takes it. What is wrong with any of its capabilities refuses it whole, and is told all at once. Taken, it is kept. */
  async register(realm: string | undefined, capabilities: readonly RegisteredCapability[]): Promise<void> {
    const refusals: PlatformError[] = [];
    const news = capabilities.filter((capability, i) => {
      try {
        return this.isNew(realm, capability, `/capabilities/${i}`);
      } catch (error) {
        if (!(error instanceof PlatformError)) throw error;
        refusals.push(error);
        return false;
      }
    });
    if (refusals.length > 0) throw together(refusals);
    if (news.length === 0) return;
    // Taken at once, so that another registration under way meets it. An offer kept after it was settled is dropped at the next start.
    this.take(news);
    await this.store.keepOffers(news);
  }

  /**
   * Resolves when nothing of this realm is pending and every runtime holds the bundle that says so: a realm that is answered has its
   * intents accepted. After four seconds it rejects, retryable: the offer is kept, and asking again waits for it again.
   */
  async inForce(realm: string | undefined): Promise<void> {
    const isPending = (): boolean => [...this.pending.values()].some(({ capability }) => capability.realm === realm) || this.health.runtimesBehind(this.office.bundle.bundle.version).length > 0;
    if (!isPending()) return;
    await new Promise<void>((resolve, reject) => {
      const settle = (how: () => void): void => {
        cancel();
        this.waiting.delete(look);
        how();
      };
      const look = (): void => void (isPending() || settle(resolve));
      const late = (): void => reject(failure('smart_city.unavailable', { message: 'the registration is taken, and not in force yet' }));
      const cancel = this.host.clock.after(ANSWER_LIMIT_MS, () => settle(late));
      this.waiting.add(look);
    });
  }

  /** A runtime has come up: no reason to wait longer. */
  runtimeArrived(): void {
    if (this.pending.size === 0) return;
    this.failures = 0;
    this.timer?.();
    this.timer = undefined;
    this.schedule(BATCH_MS);
  }

  /** Ends trying. What is pending is kept for the next start. */
  stop(): void {
    this.stopped = true;
    this.timer?.();
  }

  private take(capabilities: readonly RegisteredCapability[]): void {
    for (const capability of capabilities) this.pending.set(capability.name, { capability, recordedAt: undefined });
    this.schedule(BATCH_MS);
  }

  private isNew(realm: string | undefined, capability: RegisteredCapability, at: string): boolean {
    if (capability.realm !== realm) throw failure('registration.invalid', { message: `${capability.name}: a realm registers its own capabilities only`, field: `${at}/realm` });
    const waiting = this.pending.get(capability.name)?.capability;
    const news = isNews(this.office.snapshot.catalogue.get('capability', capability.name), capability, at) && (waiting === undefined || isNews(waiting, capability, at));
    if (!news) return false;
    checkCapability(capability, at, this.office.snapshot.catalogue.all('saga_rule'));
    return true;
  }

  private schedule(delayMs: number): void {
    if (this.stopped || this.pending.size === 0) return;
    this.timer ??= this.host.clock.after(delayMs, () => {
      this.timer = undefined;
      void this.submit();
    });
  }

  private async submit(): Promise<void> {
    if (this.submitting) return this.schedule(BATCH_MS);
    const batch = this.due();
    if (batch.length === 0) return;
    this.submitting = true;
    try {
      await this.record(batch.map((entry) => entry.capability));
      for (const entry of batch) entry.recordedAt = this.host.clock.monotonic();
      this.failures = 0;
      this.schedule(RECORD_LIMIT_MS);
    } catch (error) {
      this.failed(error);
    }
    this.submitting = false;
  }

  private due(): Pending[] {
    const limit = this.host.clock.monotonic() - RECORD_LIMIT_MS;
    return [...this.pending.values()].filter((entry) => entry.recordedAt === undefined || entry.recordedAt <= limit);
  }

  private async record(capabilities: readonly RegisteredCapability[]): Promise<void> {
    // Named by what it asks and what it was asked upon, so that asking again after a lost answer is the same intent.
    const key = `register/${this.host.instanceId}/${this.office.bundle.bundle.version}/${this.ended}/${hashOf(capabilities)}`;
    const executionId = await this.session.perform('governance.register_capabilities', { capabilities: [...capabilities] }, key);
    this.host.logger.info({ execution_id: executionId, capabilities: capabilities.map((c) => `${c.name}@${c.version}`) }, 'capabilities are recorded');
  }

  private failed(error: unknown): void {
    const known = asPlatformError(error);
    const waiting = known.retry.mode === 'retryable';
    const delay = waiting ? Math.min(FIRST_RETRY_MS * 2 ** Math.min(this.failures, 10), LAST_RETRY_MS) : LAST_RETRY_MS;
    this.failures++;
    if (!waiting) this.ended++;
    this.host.logger[waiting ? 'info' : 'error']({ code: known.code, field: known.field, reason: known.message, pending: this.pending.size, retry_ms: delay }, 'registrations wait: they are not recorded yet');
    this.schedule(delay);
  }

  private lookAgain(): void {
    for (const look of this.waiting) look();
  }

  /** What is in force is no longer pending. */
  private settle(): void {
    const { catalogue } = this.office.snapshot;
    const settled = [...this.pending].filter(([name, { capability }]) => compareRegistration(catalogue.get('capability', name), capability) !== 'new').map(([name]) => name);
    for (const name of settled) this.pending.delete(name);
    this.lookAgain();
    if (settled.length === 0) return;
    // An offer that is not dropped is found settled at the next start.
    this.store.dropOffers(settled).catch((error: unknown) => this.host.logger.warn({ err: error }, 'settled offers cannot be dropped now'));
  }
}
