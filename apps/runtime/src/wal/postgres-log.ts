/**
 * The log in Postgres, put together: one writer with its lease, the reader (of the log, and of the archive behind it), other writers' leases, the bundle archive, the way into the archive, and followers.
 *
 * Order: `provisionRuntime` has run; `openPostgresLog` makes this instance's lease row and opens its flush line; appends flow;
 * `close` flushes, gives the lease back and ends every connection. Stored: canonical bytes with their chain hash, one row a frame.
 *
 * 1. A frame is durable before its append resolves, its listeners hear of it, or a follower sees it.
 * 2. A writer that lost its lease commits nothing more.
 * 3. A broken connection or a restarted database loses nothing that was accepted, and writes nothing twice.
 * 4. Positions (n) of a writer follow commit order, without gaps.
 */
import { asPlatformError, type Clock, type Logger } from '@symphainy/kernel';
import { openDatabase, type Database, type RuntimeUrls } from '@symphainy/store-postgres';
import { PostgresLeases } from './adoption.js';
import { PostgresBundleArchive } from './bundle-archive.js';
import { Follower, type FollowerWork } from './follower.js';
import { Lease } from './lease.js';
import { PostgresWalReader } from './wal-reader.js';
import { PostgresWalWriter } from './wal-writer.js';
import type { ObjectStore } from '@symphainy/ports';
import type { WalReader, CommittedAppend, StoredFrame } from '../acceptance/log.ports.js';
import type { QueueLimits } from './append-queue.js';
import { ArchiveEntries } from './archive-entry.js';
import { ArchivedReader } from './archived-reader.js';

export interface PostgresLogOptions {
  readonly urls: RuntimeUrls;
  /** This runtime instance's id, a UUID never used before. */
  readonly writerId: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where archived streams are: with it, `reader` gives them as if they had never left the log. */
  readonly objects?: ObjectStore;
  /** How long a lease lasts without renewal. Default 3 s. */
  readonly leaseMs?: number;
  /** How often it is renewed. Default 1 s. */
  readonly renewMs?: number;
  readonly limits?: QueueLimits;
  readonly lingerMs?: number;
  readonly firstFrameWaitMs?: number;
}

export interface PostgresLog {
  readonly writer: PostgresWalWriter;
  readonly reader: WalReader;
  /** The way out of the log, for the archivist. */
  readonly archive: ArchiveEntries;
  readonly leases: PostgresLeases;
  readonly bundles: PostgresBundleArchive;
  /** As the reader role: projections of one tenant, by `asTenant`. */
  readonly queries: Database;
  /** As the follower role. */
  readonly projections: Database;
  /** Starts a follower of this log, fed from memory with this writer's own frames. Stopped by `close`. */
  follow(work: FollowerWork): Follower;
  close(): Promise<void>;
}

/** Renewals that a writer whose line is gone may miss, and that a claim outlives. */
const SILENT_RENEWALS = 1.5;
const CLAIM_RENEWALS = 2.5;

/** Opens this instance's part of the log. */
export async function openPostgresLog(options: PostgresLogOptions): Promise<PostgresLog> {
  const { clock, logger, writerId, leaseMs = 3_000, renewMs = 1_000 } = options;
  const open = (role: keyof RuntimeUrls, poolMax: number): Database =>
    openDatabase({ url: options.urls[role], applicationName: `runtime ${role} ${writerId.slice(-12)}`, poolMax, onIdleError: (err) => logger.warn({ err, role }, 'a database connection broke') });
  const databases = { writer: open('writer', 1), adopter: open('adopter', 3), follower: open('follower', 3), archivist: open('archivist', 2), reader: open('reader', 8) };
  const lease = new Lease(databases.adopter, writerId, leaseMs);
  const { limits, lingerMs, firstFrameWaitMs } = options;
  const writer = new PostgresWalWriter({
    database: databases.writer, lease, clock, logger,
    ...(limits === undefined ? {} : { limits }), ...(lingerMs === undefined ? {} : { lingerMs }), ...(firstFrameWaitMs === undefined ? {} : { firstFrameWaitMs }),
  });
  const reader = new PostgresWalReader(databases.reader);
  await writer.open();
  const leases = new PostgresLeases(databases.adopter, writerId, leaseMs, Math.min(leaseMs, renewMs * SILENT_RENEWALS), Math.min(leaseMs, renewMs * CLAIM_RENEWALS));
  const stopRenewing = renewing(clock, renewMs, logger, () => Promise.all([writer.renew(), leases.renewClaims()]));
  const followers: Follower[] = [];
  writer.onCommitted((frames) => {
    const stored = frames.map((frame) => storedFrame(frame, writerId));
    for (const follower of followers) follower.offer(stored);
  });
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    await stopRenewing();
    await writer.close();
    await Promise.all(followers.map((follower) => follower.stop()));
    await Promise.all(Object.values(databases).map((database) => database.close()));
  };
  return {
    writer,
    reader: options.objects === undefined ? reader : new ArchivedReader(reader, options.objects),
    archive: new ArchiveEntries(databases.archivist),
    leases,
    bundles: new PostgresBundleArchive(databases.reader),
    queries: databases.reader,
    projections: databases.follower,
    follow(work) {
      const follower = new Follower({ database: databases.follower, clock, logger, own: writerId }, work);
      followers.push(follower);
      follower.start();
      return follower;
    },
    close: () => (closing ??= closeAll()),
  };
}

/** Without what only the flush needed, so that a follower that lags keeps no more than the frame. */
const storedFrame = ({ tenantId, streamId, seq, kind, at, hash, body, sessionId, records, n }: CommittedAppend, writer: string): StoredFrame => ({ tenantId, streamId, seq, kind, at, hash, body, sessionId, ...(records === undefined ? {} : { records }), n, writer });

/** Runs `renew` every period, one at a time; the returned function stops and waits for the one under way. */
function renewing(clock: Clock, periodMs: number, logger: Logger, renew: () => Promise<unknown>): () => Promise<void> {
  let current: Promise<void> | undefined;
  const cancel = clock.every(periodMs, () => {
    current ??= renew()
      .then(() => undefined)
      .catch((error: unknown) => logger.warn({ err: error, code: asPlatformError(error).code }, 'the lease could not be renewed'))
      .finally(() => (current = undefined));
  });
  return async () => {
    cancel();
    await current;
  };
}
