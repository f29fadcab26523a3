import { randomUUID } from 'node:crypto';
import { failure } from '@symphainy/contracts';
import { childIdOf, foldStored } from '@symphainy/execution';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { toWireError } from '@symphainy/kernel';
import { openDatabase } from '@symphainy/store-postgres';
import { LogBed, type LogRuntime } from '../testing/log-bed.js';
import { alice } from '../testing/runtime-bed.js';

// A real server starts here, on machines that may be busy.
jest.setTimeout(60_000);

const HOUR = 3_600_000;
const flow = { parkAfterMs: 300 };
const again = { error: toWireError(failure('step.timeout')) };
const capabilities = [
  sampleCapability({ ...sampleSaga({ name: 'one', retry: { max_attempts: 2, initial_delay_ms: 4000, max_delay_ms: 4000 } }), name: 'sample.patient' }),
  sampleCapability({ ...sampleSaga({ name: 'approve', kind: 'signal', signal: 'ok', timeout_ms: HOUR }), name: 'sample.approved' }),
  sampleCapability({ ...sampleSaga({ name: 'part', kind: 'signal', signal: 'ok', timeout_ms: HOUR }), name: 'sample.part' }),
  sampleCapability({ ...sampleSaga({ name: 'spawn', kind: 'child', intent_type: 'sample.part', timeout_ms: HOUR }), name: 'sample.parent' }, { children: ['sample.part'] }),
];

describe('sleepers on a real log', () => {
  let bed: LogBed;
  let session: string;
  let runtimes: LogRuntime[];
  beforeEach(async () => {
    bed = await LogBed.start();
    bed.realm('sample', (d) => (d.attempt.attempt === 1 ? again : { output: 1 }));
    runtimes = [await bed.runtime(capabilities, { flow })];
    session = await bed.session();
  });
  afterEach(() => bed.stop());

  const run = async (intentType: string): Promise<string> => (await bed.submit(session, 0, {}, intentType)).execution_id;
  const signal = (execution_id: string): Promise<unknown> => bed.gateway.request('runtime.execution.signal', {}, { caller: alice, execution_id, signal: 'ok', data: 1 }, { timeoutMs: 10_000 });
  const memory = (): number => runtimes.reduce((sum, { core }) => sum + core.engine.size, 0);
  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    for (let i = 0; i < 1000; i++) {
      if (await condition()) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('what was waited for did not come');
  }

  it('a dead owner - its sleepers wake elsewhere: the one that is due, the one that is signalled, the parent whose child ends', async () => {
    const [patient, approved, parent] = [await run('sample.patient'), await run('sample.approved'), await run('sample.parent')];
    const part = childIdOf(parent, 'spawn', 1);
    await until(async () => memory() === 0 && (await runtimes[0]!.log.leases.parked.find('acme', part)) !== undefined);
    runtimes.push(await bed.runtime(capabilities, { flow }));
    await runtimes[0]!.freeze();
    await signal(approved);
    await signal(part);
    for (const id of [patient, approved, part, parent]) expect(await bed.sound(runtimes[1]!, id)).toMatchObject({ status: 'completed', adoptions: 1 });
    expect(await runtimes[1]!.log.leases.parked.claim('9999-12-31T00:00:00.000Z', '9999-12-31T00:00:00.000Z', 10)).toEqual([]);
  });

  it('signals to one sleeper at two runtimes - one of them is told that it waits no longer, and nothing is done twice', async () => {
    const approved = await run('sample.approved');
    await until(() => memory() === 0);
    runtimes.push(await bed.runtime(capabilities, { flow }));
    const answers = await Promise.allSettled([signal(approved), signal(approved), signal(approved)]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await bed.sound(runtimes[1]!, approved)).toMatchObject({ status: 'completed' });
  });

  it('thousands asleep with a dead owner - adoption reads none of them', async () => {
    await runtimes[0]!.stop();
    const dead = await bed.open();
    const admin = openDatabase({ url: bed.postgres.url, applicationName: 'spec' });
    const awake = randomUUID();
    await admin.query(
      `with streams as (select gen_random_uuid() as stream, n from generate_series(1, 5000) n), frames as (
         insert into runtime.wal_frames select 'acme', stream, 0, 'execution', now(), decode(repeat('00', 32), 'hex'), 'x', $1, n from streams)
       insert into runtime.parked (tenant_id, stream_id, seq, due_at, reason, session_id, writer, epoch) select 'acme', stream, 0, now() + interval '1 day', 'timer', stream, $1, 1 from streams`,
      [dead.writer.id],
    );
    await admin.query(`insert into runtime.wal_frames values ('acme', $2, 0, 'execution', now(), decode(repeat('00', 32), 'hex'), 'x', $1, 5001)`, [dead.writer.id, awake]);
    await admin.query(`update runtime.wal_writers set lease_until = '-infinity', taken_at = now(), low_n = 1, published_n = 5001 where writer = $1`, [dead.writer.id]);
    const heir = await bed.open();
    let found = await heir.leases.takeOver();
    while (found !== undefined && found.writer !== dead.writer.id) found = await heir.leases.takeOver();
    expect(found?.streams).toEqual([{ tenantId: 'acme', streamId: awake }]);
    await admin.close();
  });

  it('the log’s fold - agrees with what the sleeper was before it left memory', async () => {
    const approved = await run('sample.approved');
    await until(() => memory() === 0);
    const before = foldStored(await runtimes[0]!.log.reader.readStream('acme', approved))!;
    await signal(approved);
    const after = await bed.sound(runtimes[0]!, approved);
    expect(after.steps[0]).toMatchObject({ startedAt: before.steps[0]!.startedAt, attempt: 1, status: 'completed' });
  });
});
