import { randomBytes, randomUUID } from 'node:crypto';
import { silentLogger, systemClock } from '@symphainy/kernel';
import { startThrowawayPostgres, type PostgresServer } from '@symphainy/servers-local';
import { openDatabase, provisionRuntime, runtimeUrls } from '@symphainy/store-postgres';
import type { AppendRequest, AppendResult, CommittedAppend, ParkedStream, WalLeases, WalReader, WalWriter } from '../acceptance/log.ports.js';
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

    describe('parked streams', () => {
      const due = '2026-01-02T03:05:00.000Z';
      const later = '2026-01-02T03:06:00.000Z';
      const timer = { park: { dueAt: due, reason: 'timer' } } as const;
      const sleeping = (streamId: string, seq: number, dueAt?: string): ParkedStream => ({ tenantId: 'acme', streamId, seq, sessionId: streamId, dueAt, reason: 'event' });

      it('parking - a stream sleeps from the frame that says so to the frame that brings it back; others of the batch are not touched', async () => {
        const { writer, leases } = await log.writer();
        const [sleeper, awake, back] = [randomUUID(), randomUUID(), randomUUID()];
        await writer.append(frame(back, 0, timer));
        await Promise.all([frame(sleeper, 0), frame(awake, 0), frame(sleeper, 1, timer), frame(back, 1, { unpark: true })].map((f) => writer.append(f)));
        expect(await leases.parked.find('acme', sleeper)).toMatchObject({ seq: 1, dueAt: due, reason: 'timer', sessionId: sleeper, writer: writer.id });
        expect(await leases.parked.find('acme', awake)).toBeUndefined();
        expect(await leases.parked.find('acme', back)).toBeUndefined();
        await writer.append(frame(sleeper, 2, { unpark: true, park: { dueAt: undefined, reason: 'retry' } }));
        expect(await leases.parked.find('acme', sleeper)).toMatchObject({ seq: 2, dueAt: undefined, reason: 'retry' });
      });

      it('parking - in one batch a stream’s last frame counts', async () => {
        const { writer, leases } = await log.writer();
        const [stays, leaves] = [randomUUID(), randomUUID()];
        await Promise.all([frame(stays, 0, timer), frame(stays, 1, { unpark: true }), frame(stays, 2, timer), frame(leaves, 0, timer), frame(leaves, 1, { unpark: true })].map((f) => writer.append(f)));
        expect(await leases.parked.find('acme', stays)).toMatchObject({ seq: 2 });
        expect(await leases.parked.find('acme', leaves)).toBeUndefined();
      });

      it('parking - what a frame that was not written asks for is not done', async () => {
        const [{ writer, leases }, rival] = [await log.writer(), await log.writer()];
        const [sleeper, woken, taken] = [randomUUID(), randomUUID(), randomUUID()];
        await rival.writer.append(frame(sleeper, 0, timer));
        await rival.writer.append(frame(woken, 0, { park: { dueAt: later, reason: 'timer' } }));
        await rival.writer.append(frame(taken, 0));
        const results = await Promise.all([frame(sleeper, 0, { unpark: true }), frame(sleeper, 1, { unpark: true }), frame(taken, 0, { ...timer, wake: woken })].map((f) => writer.append(f)));
        expect(statuses(results)).toEqual(['conflict', 'conflict', 'conflict']);
        expect(await leases.parked.find('acme', sleeper)).toMatchObject({ seq: 0 });
        expect(await leases.parked.find('acme', woken)).toMatchObject({ dueAt: later });
        expect(await leases.parked.find('acme', taken)).toBeUndefined();
      });

      it('parking - two tenants’ streams of one id: what is told to be parked is the one that is', async () => {
        const { writer, leases } = await log.writer();
        const stream = randomUUID();
        await writer.append(frame(stream, 0));
        await writer.append(frame(stream, 1, timer));
        await writer.append(frame(stream, 0, { tenantId: 'globex' }));
        const theirs = { ...sleeping(stream, 0, later), tenantId: 'globex' };
        expect(await leases.parked.park(writer, [sleeping(stream, 0, later), theirs])).toEqual([theirs]);
      });

      it('parking - one that comes late, after the stream went on and was parked anew, changes nothing', async () => {
        const { writer, leases } = await log.writer();
        const stream = randomUUID();
        await writer.append(frame(stream, 0));
        await writer.append(frame(stream, 1, timer));
        expect(await leases.parked.park(writer, [sleeping(stream, 0, later)])).toEqual([]);
        await leases.parked.forget({ tenantId: 'acme', streamId: stream, seq: 0 });
        expect(await leases.parked.find('acme', stream)).toMatchObject({ seq: 1, dueAt: due });
      });

      it('claims - a claim is one asker’s until its time is over; the longest waiting come first', async () => {
        const { writer, leases } = await log.writer();
        const streams = [randomUUID(), randomUUID(), randomUUID()];
        const dues = ['2026-01-02T03:04:30.000Z', '2026-01-02T03:04:20.000Z', later];
        for (const [i, stream] of streams.entries()) await writer.append(frame(stream, 0, { park: { dueAt: dues[i], reason: 'timer' } }));
        const claimed = [await leases.parked.claim(due, later, 1), await leases.parked.claim(due, later, 10), await leases.parked.claim(due, later, 10)];
        expect(claimed.map((rows) => rows.map((row) => row.streamId))).toEqual([[streams[1]], [streams[0]], []]);
        expect((await leases.parked.claim(later, '2026-01-02T03:07:00.000Z', 10)).map((row) => row.streamId).sort()).toEqual([...streams].sort());
      });

      it('waking - another stream’s end makes it due at once, and no postponement undoes that', async () => {
        const { writer, leases } = await log.writer();
        const [parent, child] = [randomUUID(), randomUUID()];
        await writer.append(frame(parent, 0));
        expect(await leases.parked.park(writer, [sleeping(parent, 0, due)])).toHaveLength(1);
        const [claimed] = await leases.parked.claim(due, later, 10);
        expect(claimed).toMatchObject({ streamId: parent, dueAt: later });
        await writer.append(frame(child, 0, { wake: parent }));
        await leases.parked.postpone(claimed!, undefined);
        expect(await leases.parked.find('acme', parent)).toMatchObject({ dueAt: place.at });
        await leases.parked.postpone((await leases.parked.find('acme', parent))!, undefined);
        expect(await leases.parked.find('acme', parent)).toMatchObject({ dueAt: undefined });
        await writer.append(frame(child, 1, { wake: parent, tenantId: 'globex', seq: 0 }));
        expect(await leases.parked.find('acme', parent)).toMatchObject({ dueAt: undefined });
      });

      it('claims - a row that the log has left behind is forgotten, and no newer one with it', async () => {
        const { writer, leases } = await log.writer();
        const stream = randomUUID();
        await writer.append(frame(stream, 0, timer));
        await leases.parked.forget({ tenantId: 'acme', streamId: stream, seq: 1 });
        expect(await leases.parked.find('acme', stream)).toBeDefined();
        await leases.parked.forget({ tenantId: 'acme', streamId: stream, seq: 0 });
        expect(await leases.parked.find('acme', stream)).toBeUndefined();
      });

      it('adoption - an adopter does not see what sleeps, and a writer that was taken over parks nothing', async () => {
        const [old, heir] = [await log.writer(), await log.writer()];
        const [sleeper, awake] = [randomUUID(), randomUUID()];
        await old.writer.append(frame(awake, 0));
        await old.writer.append(frame(sleeper, 0, timer));
        old.writer.trackUnfinished(() => 1);
        await old.writer.close();
        expect(await heir.leases.takeOver()).toMatchObject({ streams: [{ tenantId: 'acme', streamId: awake }] });
        expect(await old.leases.parked.park(old.writer, [sleeping(awake, 0)]).catch(() => [])).toEqual([]);
        expect(await heir.leases.parked.find('acme', awake)).toBeUndefined();
      });
    });

    it('held streams - an adopter finds them by name, wherever their frames are; what sleeps, what is unnamed and what a lost lease names is not found', async () => {
      const [old, heir] = [await log.writer(), await log.writer()];
      const [held, asleep, awoken, gone, late] = [randomUUID(), randomUUID(), randomUUID(), randomUUID(), randomUUID()];
      const name = (streamId: string): { tenantId: string; streamId: string } => ({ tenantId: 'acme', streamId });
      for (const stream of [held, gone, late]) await old.writer.append(frame(stream, 0));
      for (const stream of [asleep, awoken]) await old.writer.append(frame(stream, 0, { park: { dueAt: undefined, reason: 'event' } }));
      await old.writer.append(frame(awoken, 1));
      expect(await old.leases.heldStreams.name(old.writer, [held, asleep, awoken, gone].map(name))).toBe(true);
      await old.leases.heldStreams.unname(old.writer.id, [name(gone)]);
      old.writer.trackUnfinished(() => 1000);
      await old.writer.close();
      const dead = await heir.leases.takeOver();
      expect(dead?.streams.map(({ streamId }) => streamId).sort()).toEqual([held, awoken].sort());
      expect(await heir.leases.heldStreams.name(old.writer, [name(late)])).toBe(false);
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
    await admin.query('alter table runtime.wal_frames disable trigger all; truncate runtime.wal_frames, runtime.wal_writers, runtime.idempotency, runtime.parked, runtime.held_streams; alter table runtime.wal_frames enable trigger all');
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
