import { Readable } from 'node:stream';
import type { ArchivedStream, Tenant } from '@symphainy/contracts';
import type { RecordOf } from '@symphainy/execution';
import { asPlatformError, isoTime, type Clock, type Logger } from '@symphainy/kernel';
import type { ObjectStore } from '@symphainy/ports';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import type { HistoryLog } from '../acceptance/history-log.js';
import type { WalReader } from '../acceptance/log.ports.js';
import type { ArchiveCandidate, ArchiveEntries } from '../wal/archive-entry.js';
import { openStored } from '../wal/archived-reader.js';
import { sealStream } from './stream-sealing.js';

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
    const tenants = (this.parts.bundles.current?.bundle.tenants ?? []).filter(({ switches, retention_days }) => switches.retention !== 'off' && retention_days !== undefined);
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
    const endedBefore = isoTime(this.parts.clock.now() - (tenant.retention_days ?? 0) * DAY_MS);
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
      return tenant.switches.retention === 'enforce' ? await this.archive(tenant.tenant_id, candidate) : await this.observe(tenant.tenant_id, candidate);
    } catch (error) {
      this.parts.logger.error({ err: error, tenant_id: tenant.tenant_id, execution_id: candidate.execution_id }, 'a stream cannot be archived, and stays in the log');
      return 'kept';
    }
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
    if (!(await entries.mayLeave(tenantId, execution_id))) return 'kept';
    const archived = await sealStream(reader, tenantId, execution_id, async (bytes, segment) => {
      await objects.put(tenantId, Readable.from([bytes]));
      await openStored(objects, tenantId, execution_id, segment);
    });
    const record = await this.record(tenantId, archived, ended_at, 'enforced');
    return (await entries.archive(tenantId, archived, record)) ? 'archived' : 'kept';
  }

  private async record(tenantId: string, archived: ArchivedStream, endedAt: string, mode: 'observed' | 'enforced'): Promise<RecordOf<'stream_archived'>> {
    const record: RecordOf<'stream_archived'> = { type: 'stream_archived', ...this.parts.history.stamp(), archived, ended_at: endedAt, mode };
    await this.parts.history.record(tenantId, 'archive', [record]);
    return record;
  }
}
