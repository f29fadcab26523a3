import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { systemClock } from '@symphainy/kernel';
import { LogBed } from '../testing/log-bed.js';

const capability = sampleCapability(sampleSaga('one', 'two', 'three'));

// A real server starts for each test.
jest.setTimeout(60_000);

describe('the engine over the log in Postgres', () => {
  let bed: LogBed;
  /** Steps whose name is held answer only when let go. */
  let held: Set<string>;
  let letGo: (() => void)[];
  /** When a second owner first sent a step. */
  let resumedAt: number | undefined;

  beforeEach(async () => {
    bed = await LogBed.start();
    held = new Set();
    letGo = [];
    resumedAt = undefined;
    bed.realm('sample', async (d) => {
      if (d.attempt.epoch === 2) resumedAt ??= systemClock.monotonic();
      if (held.has(d.attempt.step) && d.attempt.epoch === 1) await new Promise<void>((resolve) => letGo.push(resolve));
      return { output: { did: d.attempt.step, n: d.context.intent.payload['n'] ?? null } };
    });
  });
  afterEach(() => bed.stop());

  it('two runtimes under load - every execution ends once, chained, with its own result', async () => {
    // nobody dies here: on a busy machine the process may stall for longer than the leases of tests in which somebody does
    const [a] = [await bed.runtime([capability], { leaseMs: 60_000 }), await bed.runtime([capability], { leaseMs: 60_000 })];
    const session = await bed.session();
    const replies = await Promise.all(Array.from({ length: 200 }, (_, n) => bed.submit(session, 20_000, { n })));
    replies.forEach((reply, n) => expect(reply.result).toMatchObject({ success: true, output: { did: 'three', n } }));
    const writers = new Set<string>();
    for (const { execution_id } of replies) {
      await bed.sound(a, execution_id);
      writers.add((await a.log.reader.readHead('acme', execution_id))!.writer);
    }
    expect(writers.size).toBe(2);
  });

  it('a runtime that loses its lease with work in flight - the other finishes all of it in time; the loser records nothing more', async () => {
    const loser = await bed.runtime([capability]);
    const session = await bed.session();
    held.add('two');
    const replies = await Promise.all(Array.from({ length: 30 }, (_, n) => bed.submit(session, 0, { n })));
    const lastSeqs = async (): Promise<number[]> => (await Promise.all(replies.map((r) => loser.log.reader.readHead('acme', r.execution_id)))).map((frame) => frame?.seq ?? -1);
    while (letGo.length < 30 || (await lastSeqs()).includes(0)) await new Promise((resolve) => setTimeout(resolve, 10));
    await loser.freeze();
    const from = systemClock.monotonic();
    const heir = await bed.runtime([capability]);
    for (const { execution_id } of replies) {
      const state = await bed.sound(heir, execution_id);
      expect(state).toMatchObject({ status: 'completed', adoptions: 1 });
      expect(bed.dispatches.filter((d) => d.attempt.execution_id === execution_id && d.attempt.step === 'one')).toHaveLength(1);
    }
    expect(resumedAt! - from).toBeLessThan(5000);
    const heads = await Promise.all(replies.map((r) => heir.log.reader.readHead('acme', r.execution_id)));
    for (const go of letGo) go();
    await loser.log.writer.lost;
    expect(loser.core.engine.size).toBe(0);
    const after = await Promise.all(replies.map((r) => heir.log.reader.readHead('acme', r.execution_id)));
    expect(after.map((f) => f?.seq)).toEqual(heads.map((f) => f?.seq));
  });

  it('one execution that waits for long - is adopted without the many that ended since', async () => {
    const waits = sampleCapability({ ...sampleSaga({ name: 'approve', kind: 'signal', signal: 'approved' }), name: 'sample.wait' });
    const first = await bed.runtime([capability, waits]);
    const session = await bed.session();
    const waiting = await bed.submit(session, 0, {}, 'sample.wait');
    await Promise.all(Array.from({ length: 50 }, (_, n) => bed.submit(session, 20_000, { n })));
    await first.stop();
    const heir = await bed.open();
    const dead = await heir.leases.takeOver();
    expect(dead?.streams).toEqual([{ tenantId: 'acme', streamId: waiting.execution_id }]);
  });

  it('a runtime stopped in order - leaves its unfinished work to the next start', async () => {
    const first = await bed.runtime([capability]);
    held.add('three');
    const { execution_id } = await bed.submit(await bed.session());
    while (letGo.length < 1) await new Promise((resolve) => setTimeout(resolve, 10));
    await first.stop();
    const second = await bed.runtime([capability]);
    expect(await bed.sound(second, execution_id)).toMatchObject({ status: 'completed', adoptions: 1 });
  });
});
