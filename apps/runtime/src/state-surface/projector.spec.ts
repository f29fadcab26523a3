import { randomUUID } from 'node:crypto';
import { sampleCapability, sampleIntent, sampleSaga, TestStream } from '@symphainy/execution/testing';
import { silentLogger } from '@symphainy/kernel';
import type { HotState } from '@symphainy/ports';
import type { Sql } from '@symphainy/store-postgres';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { Projector } from './projector.js';

describe('projector', () => {
  it('hot state that does not answer - is asked for all of a batch, and waited for once, not slice after slice', async () => {
    const capability = sampleCapability(sampleSaga('one'));
    const frames = Array.from({ length: 100 }, (_, n): StoredFrame => ({ ...new TestStream(capability, { ...sampleIntent(), intent_id: randomUUID() }).frames[0]!, writer: 'w', n }));
    let asked = 0;
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const hot: HotState = {
      setMany: (entries) => {
        asked += entries.length;
        return answered;
      },
      get: () => Promise.resolve(undefined),
      delete: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    // Only that there are tables is of interest here; what stands in them, state-surface.int.spec asks of a real database.
    const sql = { query: () => Promise.resolve([]), run: () => Promise.resolve({ rows: [], count: 0 }) } as unknown as Sql;
    const applied = new Projector(hot, silentLogger).apply(frames, sql);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBe(frames.length);
    answer();
    await applied;
  });
});
