import type { WalRecord } from '@symphainy/contracts';
import { silentLogger } from '@symphainy/kernel';
import { ManualClock } from '@symphainy/kernel/testing';
import { AutoReplays, type AutoReplayParts } from './auto-replays.js';

type Mode = ReturnType<AutoReplayParts['switchOf']>;
const turns = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
};

/** What becomes of one execution that changed hands, its records whole or not. */
async function recovered(mode: Mode, problems: readonly string[]): Promise<{ asked: number; audit: WalRecord[]; own: WalRecord[] }> {
  const clock = new ManualClock();
  const seen = { asked: 0, audit: [] as WalRecord[], own: [] as WalRecord[] };
  const replays = new AutoReplays({
    clock, logger: silentLogger, switchOf: () => mode,
    engine: { awake: () => Promise.resolve({}), annotate: (_live: unknown, records: WalRecord[]) => Promise.resolve(void seen.own.push(...records)) } as unknown as AutoReplayParts['engine'],
    history: { stamp: () => ({ at: '2026-01-01T00:00:00.000Z', actor: 'runtime' }), record: (_tenant: string, _what: string, records: WalRecord[]) => Promise.resolve(void seen.audit.push(...records)) } as unknown as AutoReplayParts['history'],
    queries: {
      'runtime.execution.validate': () => Promise.resolve((seen.asked++, { checks: [{ check: 'chain', problems }] })),
      'runtime.execution.replay': () => Promise.resolve({ equal_to_live: true }),
    } as unknown as AutoReplayParts['queries'],
  });
  replays.recovered('acme', '019b0000-0000-7000-8000-000000000001');
  await turns();
  clock.advance(60_000);
  await turns();
  return seen;
}

describe('the switch auto_replay', () => {
  it.each<[Mode, readonly string[], { asked: number; audit: number; own: number }]>([
    ['off', ['frame 0: changed'], { asked: 0, audit: 0, own: 0 }],
    ['observe', ['frame 0: changed'], { asked: 1, audit: 1, own: 0 }],
    ['enforce', ['frame 0: changed'], { asked: 1, audit: 1, own: 1 }],
    ['enforce', [], { asked: 1, audit: 1, own: 0 }],
  ])('%s, of an execution with %j - does what it says and no more', async (mode, problems, { asked, audit, own }) => {
    const seen = await recovered(mode, problems);
    expect([seen.asked, seen.audit.length, seen.own.length]).toEqual([asked, audit, own]);
    for (const record of [...seen.audit, ...seen.own]) expect(record).toMatchObject({ type: 'replay_checked', mode, problems: problems.map((problem) => `chain: ${problem}`) });
  });
});
