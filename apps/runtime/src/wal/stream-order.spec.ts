import { GENESIS } from '@symphainy/execution';
import type { Sql } from '@symphainy/store-postgres';
import fc from 'fast-check';
import type { StoredFrame } from '../acceptance/log.ports.js';
import type { Positions } from './follower-position.js';
import { inStreamOrder } from './stream-order.js';

const WRITERS = ['a', 'b', 'c'];
const frame = (writer: string, streamId: string, seq: number, n: number, adopts: boolean): StoredFrame => ({
  tenantId: 'acme', streamId, seq, kind: 'execution', at: '2026-01-01T00:00:00.000Z', hash: GENESIS, body: Buffer.from(adopts ? '{"records":[{"type":"adopted"}]}' : '{"records":[]}'), writer, n,
});

/** A log as time wrote it: in each moment some writer adds to some stream, which it takes over if another had it. */
const logs = fc.array(fc.record({ writer: fc.constantFrom(...WRITERS), stream: fc.nat(4) }), { maxLength: 40 }).map((moments): StoredFrame[] => {
  const [ends, owners] = [new Map<string, number>(), new Map<string, string>()];
  const next = (of: string): number => {
    ends.set(of, (ends.get(of) ?? -1) + 1);
    return ends.get(of)!;
  };
  return moments.map(({ writer, stream }) => {
    const streamId = `s${stream}`;
    const adopts = (owners.get(streamId) ?? writer) !== writer;
    owners.set(streamId, writer);
    return frame(writer, streamId, next(streamId), next(writer) + 1, adopts);
  });
});

/** The log's answer to which of these places are taken, and by whom. */
const sqlOf = (log: readonly StoredFrame[]): Sql => ({
  query: () => Promise.resolve([]),
  run: ({ values }: { values: [string[], string[], number[]] }) => Promise.resolve({ rows: log.filter((one) => values[1].some((stream, i) => stream === one.streamId && values[2][i] === one.seq)).map((one) => ({ tenant_id: one.tenantId, stream_id: one.streamId, seq: one.seq, writer: one.writer, n: one.n })), count: 0 }),
}) as unknown as Sql;

describe('frames of several writers', () => {
  it('however few are read of each at once, and whoever is read first - all are given, each stream’s and each writer’s in order', async () => {
    await fc.assert(fc.asyncProperty(logs, fc.shuffledSubarray(WRITERS, { minLength: WRITERS.length }), fc.integer({ min: 1, max: 8 }), async (log, readFirst, limit) => {
      const positions: Positions = new Map();
      const given: StoredFrame[] = [];
      while (given.length < log.length) {
        const read = readFirst.flatMap((writer) => log.filter((one) => one.writer === writer && one.n > (positions.get(writer) ?? 0)).slice(0, limit));
        const batch = await inStreamOrder(sqlOf(log), read, positions);
        expect(batch.length).toBeGreaterThan(0);
        for (const one of batch) {
          expect(one.n).toBe((positions.get(one.writer) ?? 0) + 1);
          positions.set(one.writer, one.n);
          expect(one.seq).toBe(given.filter(({ streamId }) => streamId === one.streamId).length);
          given.push(one);
        }
      }
    }));
  });

  it('a log that somebody changed so that two writers wait for each other - is read as it stands, and does not end the reading', async () => {
    const read = [frame('a', 'x', 2, 1, true), frame('a', 'y', 1, 2, false), frame('b', 'y', 2, 1, true), frame('b', 'x', 1, 2, false)];
    expect(await inStreamOrder(sqlOf(read), read, new Map())).toEqual(read);
  });
});
