import type { WalRecord } from '@symphainy/contracts';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { openDatabase } from '@symphainy/store-postgres';
import { LogBed, type LogRuntime } from '../testing/log-bed.js';
import { alice } from '../testing/runtime-bed.js';

// A real server starts here, on machines that may be busy.
jest.setTimeout(60_000);

const waits = sampleCapability(sampleSaga('one', { name: 'two', timeout_ms: 600_000 }));

describe('auto-replay - what changed hands is replayed, where the tenant says so', () => {
  let bed: LogBed;
  beforeEach(async () => {
    bed = await LogBed.start();
    bed.realm('sample', ({ attempt: { step } }) => (step === 'two' ? 'silence' : { output: 1 }));
  });
  afterEach(() => bed.stop());

  type Checked = Extract<WalRecord, { type: 'replay_checked' }>;
  const checkedIn = (frames: readonly { readonly records: readonly WalRecord[] }[]): Checked[] => frames.flatMap(({ records }) => records.flatMap((record) => (record.type === 'replay_checked' ? [record] : [])));
  async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  /** Of an execution, in the tenant's whole log: of which stream, and what it says. */
  const checksOf = async (id: string): Promise<[kind: string, record: Checked][]> => {
    const { frames } = await bed.gateway.request('runtime.wal.query', {}, { caller: alice, record_type: 'replay_checked' }, { timeoutMs: 20_000 });
    return frames.flatMap((frame) => checkedIn([frame]).flatMap((record): [string, Checked][] => (record.execution_id === id ? [[frame.kind, record]] : [])));
  };
  /** One whose second step is out, its first one done, whose owner then ends; `before`: what happens to the log meanwhile. */
  async function recovered(auto_replay: 'observe' | 'enforce', before: (id: string) => Promise<void> = () => Promise.resolve()): Promise<string> {
    const options = { surface: true, switches: { auto_replay } } as const;
    const first = await bed.runtime([waits], options);
    const { execution_id } = await bed.submit(await bed.session(), 0);
    const frames = async (of: LogRuntime): Promise<number> => (await of.log.reader.readStream('acme', execution_id)).length;
    await until(async () => ((await frames(first)) >= 2 ? true : undefined));
    await first.caughtUp();
    // an end in order, with work unfinished, is taken over as a death is; and its follower gives its turn back
    await first.stop();
    await before(execution_id);
    await bed.runtime([waits], options);
    return execution_id;
  }

  const tamper = async (id: string): Promise<void> => {
    const owner = openDatabase({ url: bed.postgres.url, applicationName: 'tamper' });
    await owner.transaction(async (sql) => {
      await sql.query('alter table runtime.wal_frames disable trigger all');
      await sql.query(`update runtime.wal_frames set body = convert_to(replace(convert_from(body, 'UTF8'), 'alice', 'malice'), 'UTF8') where stream_id = $1 and seq = 0`, [id]);
      await sql.query('alter table runtime.wal_frames enable trigger all');
    });
    await owner.close();
  };

  it('observe - a recovered execution is checked once, and the check is recorded beside it', async () => {
    const id = await recovered('observe');
    const checks = await until(async () => ((found) => (found.length > 0 ? found : undefined))(await checksOf(id)));
    expect(checks).toMatchObject([['audit', { mode: 'observe', problems: [] }]]);
  });

  it('enforce - a record that was changed while nobody had it is named, in the audit stream and in the execution’s own', async () => {
    const id = await recovered('enforce', tamper);
    const checks = await until(async () => ((found) => (found.length > 1 ? found : undefined))(await checksOf(id)));
    expect(new Set(checks.map(([kind]) => kind))).toEqual(new Set(['audit', 'execution']));
    for (const [, { mode, problems }] of checks) expect([mode, problems]).toEqual(['enforce', expect.arrayContaining([expect.stringMatching(/^chain: frame 0: /)])]);
  });
});
