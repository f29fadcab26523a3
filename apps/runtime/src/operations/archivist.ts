import { Readable } from 'node:stream';
import { failure, type ArchivedStream, type Tenant } from '@symphainy/contracts';
import type { RecordOf } from '@symphainy/execution';
import { asPlatformError, isoTime, toWireError, type Clock, type Logger } from '@symphainy/kernel';
import { dataRulesOf } from '@symphainy/governance';
import type { ObjectStore } from '@symphainy/ports';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import type { HistoryLog } from '../acceptance/history-log.js';
import { foldStream } from '../acceptance/stream-fold.js';
import type { WalReader } from '../acceptance/log.ports.js';
import type { ArchiveCandidate, ArchiveEntries } from '../wal/archive-entry.js';
import { openStored } from '../wal/archived-reader.js';
import { sealStream } from './stream-sealing.js';
import { reach } from '../fail-points/fail-points.js';

export interface ArchivistParts {
  readonly entries: ArchiveEntries;
  readonly reader: WalReader;
  readonly objects: ObjectStore;
  readonly bundles: BundleHolder;
  readonly history: HistoryLog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Between two looks for what is old. */
  readonly scanMs: number;
}

const DAY_MS = 86_400_000;
const AT_ONCE = 50;

/** What one look came to. */
export interface ArchiveRound {
  archived: number;
  observed: number;
  /** Old enough, and kept: a follower has not read them yet, or they do not hold. */
  kept: number;
}

/**
 * Retention: ended executions older than their tenant's `retention_days` leave the log for the object store, where the tenant's switch `retention` says `enforce`; `observe`
 * records what would go. The order for each stream: sealed from the log with its chain checked; stored; read back and opened; recorded; only then removed. Dying in between
 * leaves the stream in the log, and at most a copy or a record too many. Idempotency keys stay.
 */
export class Archivist {
  private looking: Promise<unknown> | undefined;
  private stopped = false;
  /** Holds that were recorded to keep something. */
  private readonly told = new Set<string>();

  constructor(private readonly parts: ArchivistParts) {}

  start(): () => void {
    const cancel = this.parts.clock.every(this.parts.scanMs, () => {
      this.looking ??= this.look().finally(() => (this.looking = undefined));
    });
    return () => {
      this.stopped = true;
      cancel();
    };
  }

  /** One look at every tenant; nothing when another runtime is at it. A failure is logged, and the next look tries again. */
  async look(): Promise<ArchiveRound> {
    const round: ArchiveRound = { archived: 0, observed: 0, kept: 0 };
    const tenants = (this.parts.bundles.current?.bundle.tenants ?? []).filter((tenant) => tenant.switches.retention !== 'off' && Number.isFinite(this.shortestOf(tenant)));
    if (tenants.length === 0) return round;
    try {
      const turn = await this.parts.entries.takeTurn();
      if (turn === undefined) return round;
      try {
        for (const tenant of tenants) await this.lookAt(tenant, round);
      } finally {
        await turn.end();
      }
    } catch (error) {
      this.parts.logger.warn({ err: error, code: asPlatformError(error).code }, 'looking for old streams failed; the next look tries again');
    }
    return round;
  }

  private async lookAt(tenant: Tenant, round: ArchiveRound): Promise<void> {
    const endedBefore = isoTime(this.parts.clock.now() - this.shortestOf(tenant) * DAY_MS);
    let after: ArchiveCandidate | undefined;
    while (!this.stopped) {
      const candidates = await this.parts.entries.candidates(tenant.tenant_id, { endedBefore, unobserved: tenant.switches.retention === 'observe', after, limit: AT_ONCE });
      for (const candidate of candidates) {
        if (this.stopped) return;
        round[await this.handle(tenant, candidate)] += 1;
      }
      if (candidates.length < AT_ONCE) return;
      after = candidates[candidates.length - 1];
    }
  }

  private async handle(tenant: Tenant, candidate: ArchiveCandidate): Promise<keyof ArchiveRound> {
    try {
      if (!(await this.isDue(tenant, candidate))) return 'kept';
      return tenant.switches.retention === 'enforce' ? await this.archive(tenant.tenant_id, candidate) : await this.observe(tenant.tenant_id, candidate);
    } catch (error) {
      this.parts.logger.error({ err: error, tenant_id: tenant.tenant_id, execution_id: candidate.execution_id }, 'a stream cannot be archived, and stays in the log');
      return 'kept';
    }
  }

  /** In days, of whatever the tenant has. */
  private shortestOf({ tenant_id, retention_days = Number.POSITIVE_INFINITY }: Tenant): number {
    const bundle = this.parts.bundles.current?.bundle;
    return Math.min(retention_days, bundle === undefined ? Number.POSITIVE_INFINITY : dataRulesOf(bundle, tenant_id).shortestRetention);
  }

  /** Classes of data have retentions of their own: what an execution handled is read from its stream. */
  private async isDue({ tenant_id, retention_days = Number.POSITIVE_INFINITY }: Tenant, { execution_id, ended_at }: ArchiveCandidate): Promise<boolean> {
    const { bundles, reader, clock } = this.parts;
    const rules = dataRulesOf(bundles.require().bundle, tenant_id);
    if (!Number.isFinite(rules.shortestRetention)) return true;
    const classes = (await foldStream(reader, tenant_id, execution_id))?.state.classes ?? [];
    return Date.parse(ended_at) <= clock.now() - (rules.retentionOf(classes) ?? retention_days) * DAY_MS;
  }

  private async observe(tenantId: string, { execution_id, ended_at }: ArchiveCandidate): Promise<keyof ArchiveRound> {
    const { entries, reader } = this.parts;
    const archived = await sealStream(reader, tenantId, execution_id, () => Promise.resolve());
    await this.record(tenantId, archived, ended_at, 'observed');
    await entries.observe(tenantId, execution_id);
    return 'observed';
  }

  private async archive(tenantId: string, { execution_id, ended_at }: ArchiveCandidate): Promise<keyof ArchiveRound> {
    const { entries, reader, objects } = this.parts;
    if ((await this.held(tenantId, execution_id)) || !(await entries.mayLeave(tenantId, execution_id))) return 'kept';
    const archived = await sealStream(reader, tenantId, execution_id, async (bytes, segment) => {
      reach('archive.store', 'before');
      await objects.put(tenantId, Readable.from([bytes]));
      reach('archive.store', 'after');
      await openStored(objects, tenantId, execution_id, segment);
    });
    reach('archive.record', 'before');
    const record = await this.record(tenantId, archived, ended_at, 'enforced');
    reach('archive.record', 'after');
    reach('archive.leave', 'before');
    const left = await entries.archive(tenantId, archived, record);
    reach('archive.leave', 'after');
    return left ? 'archived' : 'kept';
  }

  /** A legal hold keeps it; that is recorded once a process. */
  private async held(tenantId: string, executionId: string): Promise<boolean> {
    const { bundles, history } = this.parts;
    const hold = dataRulesOf(bundles.require().bundle, tenantId).heldBecause({ executionId });
    if (hold === undefined) return false;
    const name = `${tenantId}/${executionId} ${hold}`;
    if (this.told.has(name)) return true;
    this.told.add(name);
    await history.record(tenantId, 'archive', [{ type: 'access_refused', ...history.stamp(), what: `archive ${executionId}`, error: toWireError(failure('data.held', { message: `a legal hold keeps it: ${hold}`, details: { execution_id: executionId } })) }]);
    return true;
  }

  private async record(tenantId: string, archived: ArchivedStream, endedAt: string, mode: 'observed' | 'enforced'): Promise<RecordOf<'stream_archived'>> {
    const record: RecordOf<'stream_archived'> = { type: 'stream_archived', ...this.parts.history.stamp(), archived, ended_at: endedAt, mode };
    await this.parts.history.record(tenantId, 'archive', [record]);
    return record;
  }
}
