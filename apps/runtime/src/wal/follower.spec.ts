import { silentLogger } from '@symphainy/kernel';
import { ManualClock } from '@symphainy/kernel/testing';
import type { Database, Sql } from '@symphainy/store-postgres';
import { Follower } from './follower.js';

describe('follower', () => {
  it('without its turn, while somebody waits for it - asks for the turn once a second, not in every turn of the loop', async () => {
    let asked = 0;
    const answer = (text: string): object[] => {
      if (text.includes('pg_try_advisory_lock')) asked++;
      return text.includes('pg_try_advisory_lock') ? [{ locked: false }] : [];
    };
    // Another instance holds the turn: the one thing this database does is to refuse it. A writer is behind, so the wait goes on.
    const sql = { query: (text: string) => Promise.resolve(answer(text)), run: () => Promise.resolve({ rows: [{ writer: 'w', n: 1 }], count: 1 }) } as unknown as Sql;
    const database = { ...sql, connect: () => Promise.resolve({ ...sql, close: () => Promise.resolve() }) } as unknown as Database;
    const clock = new ManualClock();
    const follower = new Follower({ database, clock, logger: silentLogger, own: 'w' }, { name: 'spec', apply: () => Promise.resolve() });
    const pass = async (ms: number): Promise<void> => {
      for (let spent = 0; spent < ms; spent += 10) {
        for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
        clock.advance(10);
      }
    };
    follower.start();
    await pass(50);
    expect(asked).toBe(1);
    const waiting = follower.caughtUp(1500);
    await pass(2500);
    expect(await waiting).toBe(false);
    expect(asked).toBe(3);
    const stopped = follower.stop();
    await pass(50);
    await stopped;
  });
});
