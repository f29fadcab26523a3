import { randomUUID } from 'node:crypto';
import type { WalRecord } from '@symphainy/contracts';
import { acceptance, sampleCapability, sampleIntent, sampleSaga } from '@symphainy/execution/testing';
import { silentLogger } from '@symphainy/kernel';
import type { Sql } from '@symphainy/store-postgres';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { RUNNING_MAX, StreamFolds, type DecodedFrame } from './stream-folds.js';

const capability = sampleCapability(sampleSaga('one'));

function frameOf(streamId: string, seq: number, records: readonly WalRecord[]): DecodedFrame {
  return { frame: { tenantId: 'acme', streamId, seq, kind: 'execution', at: '2026-01-01T00:00:00.000Z', hash: new Uint8Array(32), body: new Uint8Array(1), sessionId: 's', writer: 'w', n: 1 }, records };
}
const begun = (streamId: string): DecodedFrame => frameOf(streamId, 0, acceptance(capability, sampleIntent({ intent_id: streamId })));
const wentOn = (streamId: string): DecodedFrame => frameOf(streamId, 1, [{ type: 'step_started', at: '2026-01-01T00:00:01.000Z', actor: 'runtime:test', step: 'one', attempt: 1, kind: 'task' }]);

/** Whose frames the log was asked for. */
function logAsked(): { sql: Sql; streams: string[] } {
  const streams: string[] = [];
  const query = (_text: string, values: readonly unknown[]): Promise<never[]> => {
    streams.push(...(values[1] as string[]));
    return Promise.resolve([]);
  };
  return { streams, sql: { query } as unknown as Sql };
}

describe('folds of running executions', () => {
  it('more run than there is room for - the one that has not gone on for longest is read again, and no other', async () => {
    const folds = new StreamFolds(silentLogger);
    const [first, second, ...others] = Array.from({ length: RUNNING_MAX + 1 }, () => randomUUID()) as [string, string, ...string[]];
    for (const stream of [first, second]) folds.advance(begun(stream));
    folds.advance(wentOn(first));
    for (const stream of others) folds.advance(begun(stream));
    const { sql, streams } = logAsked();
    await folds.recall(sql, [first, second, others[0]!].map((stream, i): StoredFrame => frameOf(stream, i === 0 ? 2 : 1, []).frame));
    expect(streams).toEqual([second]);
  });
});
