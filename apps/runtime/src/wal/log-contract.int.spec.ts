import { randomBytes, randomUUID } from 'node:crypto';
import { silentLogger, systemClock } from '@symphainy/kernel';
import { startThrowawayPostgres, type PostgresServer } from '@symphainy/servers-local';
import { openDatabase, provisionRuntime, runtimeUrls } from '@symphainy/store-postgres';
import type { AppendRequest, AppendResult, CommittedAppend, WalLeases, WalReader, WalWriter } from '../acceptance/log.ports.js';
import { openPostgresLog, type PostgresLog } from './postgres-log.js';
import { MemoryLeases, MemoryLog, MemoryWalWriter } from './wal.memory.js';

// A real server starts here, on machines that may be busy.
jest.setTimeout(60_000);

/** A log under contract: writers of one and the same log. */
interface LogUnderContract {
  readonly reader: WalReader;
  /** A new writer, and the leases as it sees them. */
  writer(): Promise<{ readonly writer: WalWriter; readonly leases: WalLeases }>;
  close(): Promise<void>;
}

const place = { tenantId: 'acme', kind: 'execution', at: '2026-01-02T03:04:05.678Z', hash: Buffer.alloc(32, 7), awaited: true } as const;
const frame = (streamId: string, seq: number, more: Partial<AppendRequest> = {}): AppendRequest => ({ ...place, streamId, seq, body: Buffer.from(`{"records":[${seq}]}`), sessionId: streamId, ...more });
const statuses = (results: readonly AppendResult[]): string[] => results.map((result) => result.status);

/** The rules of `log.ports.ts`, which every log keeps: the one in Postgres and the one in memory. Each test gets a fresh log. */
function logContract(name: string, open: () => Promise<LogUnderContract>): void {
  describe(`${name} - log contract`, () => {
    let log: LogUnderContract;
    beforeEach(async () => {
      log = await open();
    });
    afterEach(() => log.close());

    it('1 - a stream’s frames stand in order; a taken seq fails it from there on and nobody else', async () => {
      const [{ writer }, other] = [await log.writer(), await log.writer()];
      const [contested, innocent] = [randomUUID(), randomUUID()];
      await other.writer.append(frame(contested, 0));
      const results = await Promise.all([frame(innocent, 0), frame(contested, 0), frame(contested, 1), frame(innocent, 1)].map((f) => writer.append(f)));
      expect(statuses(results)).toEqual(['committed', 'conflict', 'conflict', 'committed']);
      expect((await log.reader.readStream('acme', innocent)).map((f) => f.seq)).toEqual([0, 1]);
      expect(await log.reader.readHead('acme', contested)).toMatchObject({ seq: 0, writer: other.writer.id });
    });

    it('2 - n counts a writer’s committed frames without gaps, also over failures', async () => {
      const [{ writer }, other] = [await log.writer(), await log.writer()];
      const taken = randomUUID();
      await other.writer.append(frame(taken, 0));
      const results: AppendResult[] = [];
      for (const stream of [randomUUID(), taken, randomUUID()]) results.push(await writer.append(frame(stream, 0)));
      expect(results).toEqual([{ status: 'committed', n: 1 }, { status: 'conflict' }, { status: 'committed', n: 2 }]);
    });

    it('3 - listeners hear of committed frames, and only of those, in order and before the answer', async () => {
      const { writer } = await log.writer();
      const told: CommittedAppend[] = [];
      writer.onCommitted((frames) => told.push(...frames));
      const stream = randomUUID();
      const answered = [0, 1, 2].map(async (seq) => {
        const result = await writer.append(frame(stream, seq, { sessionId: 's' }));
        expect(told.some((f) => f.seq === seq)).toBe(true);
        return result;
      });
      await Promise.all([...answered, writer.append(frame(stream, 0))]);
      expect(told.map((f) => [f.seq, f.n, f.sessionId])).toEqual([[0, 1, 's'], [1, 2, 's'], [2, 3, 's']]);
    });

    it('4 - a writer that was taken over commits nothing more, and is told', async () => {
      const [old, heir] = [await log.writer(), await log.writer()];
      const stream = randomUUID();
      await old.writer.append(frame(stream, 0));
      old.writer.trackUnfinished(() => 1);
      await old.writer.close();
      const dead = await heir.leases.takeOver();
      expect(dead).toMatchObject({ writer: old.writer.id, streams: [{ tenantId: 'acme', streamId: stream }] });
      expect(await heir.leases.isAlive(old.writer.id)).toBe(false);
      expect(await heir.leases.isAlive(heir.writer.id)).toBe(true);
      await heir.leases.retire(dead!);
      expect(await heir.leases.takeOver()).toBeUndefined();
      expect(await heir.writer.append(frame(stream, 1))).toMatchObject({ status: 'committed' });
    });

    it('idempotency - the first holder of a key keeps it; a loser writes nothing and learns the holder', async () => {
      const { writer } = await log.writer();
      const [winner, loser] = [randomUUID(), randomUUID()];
      const claim = (byte: number): Pick<AppendRequest, 'idempotency'> => ({ idempotency: { key: 'k', requestHash: Buffer.alloc(32, byte) } });
      await writer.append(frame(winner, 0, claim(1)));
      expect(await writer.append(frame(loser, 0, claim(1)))).toEqual({ status: 'duplicate', executionId: winner, sameRequest: true });
      expect(await writer.append(frame(loser, 0, claim(2)))).toEqual({ status: 'duplicate', executionId: winner, sameRequest: false });
      expect(await log.reader.readStream('acme', loser)).toEqual([]);
      expect(await writer.append(frame(loser, 0, { ...claim(2), tenantId: 'globex' }))).toMatchObject({ status: 'committed' });
    });

    it('reading - from a seq on, at most so many, and only for the tenant', async () => {
      const { writer } = await log.writer();
      const stream = randomUUID();
      for (let seq = 0; seq < 4; seq++) await writer.append(frame(stream, seq));
      expect((await log.reader.readStream('acme', stream, 1, 2)).map((f) => f.seq)).toEqual([1, 2]);
      expect(await log.reader.readStream('globex', stream)).toEqual([]);
      expect(await log.reader.readHead('globex', stream)).toBeUndefined();
    });
  });
}

logContract('memory', () => {
  const log = new MemoryLog();
  const writer = (): Promise<{ writer: MemoryWalWriter; leases: MemoryLeases }> => {
    const id = randomUUID();
    return Promise.resolve({ writer: new MemoryWalWriter(log, id), leases: new MemoryLeases(log, id) });
  };
  return Promise.resolve({ reader: log, writer, close: () => Promise.resolve() });
});

describe('Postgres', () => {
  const key = randomBytes(32);
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startThrowawayPostgres();
    await provisionRuntime(server.url, key);
  });
  afterAll(() => server.stop());

  logContract('Postgres', async () => {
    // A fresh log: the superuser alone can take the triggers away.
    const admin = openDatabase({ url: server.url, applicationName: 'spec' });
    await admin.query('alter table runtime.wal_frames disable trigger all; truncate runtime.wal_frames, runtime.wal_writers, runtime.idempotency; alter table runtime.wal_frames enable trigger all');
    await admin.close();
    const logs: PostgresLog[] = [];
    const open = async (): Promise<PostgresLog> => {
      const log = await openPostgresLog({ urls: runtimeUrls(server.url, key), writerId: randomUUID(), clock: systemClock, logger: silentLogger });
      logs.push(log);
      return log;
    };
    const { reader } = await open();
    return { reader, writer: open, close: async () => void (await Promise.all(logs.map((log) => log.close()))) };
  });
});
