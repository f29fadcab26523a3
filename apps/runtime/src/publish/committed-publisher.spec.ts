import { subjectFor } from '@symphainy/contracts';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { alice, RuntimeBed } from '../testing/runtime-bed.js';

const ID = '019b0000-0000-7000-8000-00000000000a';

describe('committed-publisher', () => {
  /** A running platform whose realm answers when told, and everything that goes out on the bus about executions. */
  async function started(): Promise<{ bed: RuntimeBed; session: string; heard: number[]; answer: () => void }> {
    const bed = new RuntimeBed();
    await bed.govern([sampleCapability(sampleSaga('one', 'two'))]);
    const { bus } = await bed.runtime();
    const heard: number[] = [];
    bus.subscribe('events.>', ({ data }) => void heard.push((JSON.parse(new TextDecoder().decode(data)) as { seq: number }).seq));
    const waiting: (() => void)[] = [];
    bed.realm('sample', async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { output: {} };
    });
    return { bed, session: await bed.session(), heard, answer: () => waiting.shift()?.() };
  }

  const watch = (bed: RuntimeBed, tenant_id: string, for_ms = 10_000): void => bed.gateway.publish('runtime.watch', {}, { for_ms, executions: [{ tenant_id, execution_id: ID }] });

  it('nobody watches - nothing is published', async () => {
    const { bed, session, heard, answer } = await started();
    await bed.submit(session, { intent_id: ID });
    await bed.until(() => (answer(), bed.fold(ID).then((state) => state.status !== 'running')));
    expect(heard).toEqual([]);
  });

  it('watched after it began - every frame from then on, as it was committed, once', async () => {
    const { bed, session, heard, answer } = await started();
    await bed.submit(session, { intent_id: ID });
    watch(bed, alice.tenant_id);
    watch(bed, alice.tenant_id);
    await bed.until(() => (answer(), bed.fold(ID).then((state) => state.status !== 'running')));
    const committed = (await bed.log.readStream(alice.tenant_id, ID)).map((frame) => frame.seq);
    expect(committed.length).toBeGreaterThan(1);
    expect(heard).toEqual(committed.slice(1));
  });

  it('watched under the same id by another tenant - hears nothing', async () => {
    const { bed, session, heard, answer } = await started();
    watch(bed, 'globex');
    await bed.submit(session, { intent_id: ID });
    await bed.until(() => (answer(), bed.fold(ID).then((state) => state.status !== 'running')));
    expect(heard).toEqual([]);
  });

  it('a watch that is not said again - is over after its time', async () => {
    const { bed, session, heard, answer } = await started();
    watch(bed, alice.tenant_id, 1000);
    await bed.submit(session, { intent_id: ID });
    await bed.turns();
    bed.clock.advance(1001);
    await bed.until(() => (answer(), bed.fold(ID).then((state) => state.status !== 'running')));
    expect(heard).toEqual([0]);
  });

  it('the subject - names tenant, session and execution', async () => {
    const { bed, session, answer } = await started();
    const subjects: string[] = [];
    (await bed.runtime()).bus.subscribe('events.>', ({ subject }) => void subjects.push(subject));
    watch(bed, alice.tenant_id);
    await bed.submit(session, { intent_id: ID });
    await bed.until(() => (answer(), bed.fold(ID).then((state) => state.status !== 'running')));
    expect(new Set(subjects)).toEqual(new Set([subjectFor('events.{tenant}.{session}.{execution}', { tenant: alice.tenant_id, session, execution: ID })]));
  });
});
