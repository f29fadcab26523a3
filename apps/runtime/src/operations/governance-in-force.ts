import type { LogPosition, SubjectReply, SubjectRequest } from '@symphainy/contracts';
import { failure } from '@symphainy/contracts';
import type { Clock } from '@symphainy/kernel';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import type { WalLeases, WalReader } from '../acceptance/log.ports.js';

export interface GovernanceInForceParts {
  readonly reader: WalReader;
  readonly leases: Pick<WalLeases, 'isAlive'>;
  readonly bundles: Pick<BundleHolder, 'current'>;
  readonly clock: Clock;
}

type Notice = SubjectRequest<'runtime.bundle.current'>;

/** How often the leases of runtimes that have not acknowledged are looked at. */
const LEASE_LOOK_MS = 100;

/**
 * When a recorded change of governance is in force: Smart City has applied its record, every runtime that holds a lease holds the bundle that came of it, and every gateway
 * the keys. Smart City tells how far it has applied the log, and who is behind; whether a runtime that is lives still, its lease tells. A gateway holds none: it is
 * waited for until Smart City forgets it.
 */
export class GovernanceInForce {
  private applied: LogPosition = {};
  private behind: readonly string[] = [];
  private gatewaysBehind: readonly string[] = [];
  private readonly waiting = new Set<() => void>();

  constructor(private readonly parts: GovernanceInForceParts) {}

  heard({ applied, behind, gateways_behind = [] }: Notice): void {
    if (applied === undefined || behind === undefined) return;
    this.gatewaysBehind = gateways_behind;
    for (const [writer, n] of Object.entries(applied)) if (n > (this.applied[writer] ?? 0)) this.applied = { ...this.applied, [writer]: n };
    this.behind = behind;
    for (const look of this.waiting) look();
  }

  /** Resolves when the execution's change is in force everywhere, or `wait_ms` later with `in_force: false`. */
  async await({ caller, execution_id, wait_ms }: SubjectRequest<'runtime.governance.await'>): Promise<SubjectReply<'runtime.governance.await'>> {
    const frames = await this.parts.reader.readStream(caller.tenant_id, execution_id);
    const last = frames.at(-1);
    if (last === undefined) throw failure('execution.not_found', { field: '/execution_id' });
    const in_force = await this.until(() => this.holds(last.writer, last.n), wait_ms);
    const { current } = this.parts.bundles;
    return { in_force, bundle: { version: current?.version ?? 0, hash: current?.hash ?? '' } };
  }

  private async holds(writer: string, n: number): Promise<boolean> {
    if ((this.applied[writer] ?? 0) < n || this.gatewaysBehind.length > 0) return false;
    const alive = await Promise.all(this.behind.map((instance) => this.parts.leases.isAlive(instance)));
    return !alive.includes(true);
  }

  private async until(met: () => Promise<boolean>, waitMs: number): Promise<boolean> {
    const { clock } = this.parts;
    const deadline = clock.monotonic() + waitMs;
    for (;;) {
      // listening begins before it is looked, so that nothing is missed in between
      const news = this.news(Math.min(LEASE_LOOK_MS, Math.max(0, deadline - clock.monotonic())));
      if (await met()) return true;
      if (clock.monotonic() >= deadline) return false;
      await news;
    }
  }

  private news(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        cancel();
        this.waiting.delete(look);
        resolve();
      };
      const cancel = this.parts.clock.after(limitMs, look);
      this.waiting.add(look);
    });
  }
}
