import { GENESIS } from '@symphainy/execution';
import fc from 'fast-check';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { interwoven } from './follower-position.js';

const WRITERS = ['a', 'b', 'c'];

/** A log as time wrote it: in each moment some writer adds to some stream. */
const logs = fc.array(fc.record({ writer: fc.constantFrom(...WRITERS), stream: fc.nat(4) }), { maxLength: 40 }).map((moments): StoredFrame[] => {
  const ends = new Map<string, number>();
  const next = (of: string): number => {
    const n = ends.get(of) ?? 0;
    ends.set(of, n + 1);
    return n;
  };
  return moments.map(({ writer, stream }) => ({
    tenantId: 'acme', streamId: `s${stream}`, seq: next(`s${stream}`), kind: 'execution', at: '2026-01-01T00:00:00.000Z', hash: GENESIS, body: new Uint8Array(0), writer, n: next(writer) + 1,
  }));
});
const isAscending = (numbers: readonly number[]): boolean => numbers.every((n, i) => i === 0 || numbers[i - 1]! < n);

describe('frames of several writers that are read together', () => {
  it('whichever writer is read first - each keeps its order, and no stream’s frame comes before an earlier one of it', () => {
    fc.assert(fc.property(logs, fc.shuffledSubarray(WRITERS, { minLength: WRITERS.length }), (log, readFirst) => {
      const read = readFirst.flatMap((writer) => log.filter((frame) => frame.writer === writer));
      const woven = interwoven(read);
      expect([...woven].sort((a, b) => log.indexOf(a) - log.indexOf(b))).toEqual(log);
      for (const writer of WRITERS) expect(isAscending(woven.filter((frame) => frame.writer === writer).map((frame) => frame.n))).toBe(true);
      for (const stream of new Set(log.map((frame) => frame.streamId))) expect(isAscending(woven.filter((frame) => frame.streamId === stream).map((frame) => frame.seq))).toBe(true);
    }));
  });

  it('a log whose frames were changed so that two writers wait for each other - is read as it stands, and does not end the reading', () => {
    const frame = (writer: string, streamId: string, seq: number, n: number): StoredFrame => ({ tenantId: 'acme', streamId, seq, kind: 'execution', at: '2026-01-01T00:00:00.000Z', hash: GENESIS, body: new Uint8Array(0), writer, n });
    const read = [frame('a', 'x', 2, 1), frame('a', 'y', 1, 2), frame('b', 'y', 2, 1), frame('b', 'x', 1, 2)];
    expect(interwoven(read)).toEqual(read);
  });
});
