import { failure, type WalRecord } from '@symphainy/contracts';
import { firingIdOf, foldFrames, hasEnded, sleepOf, summaryOf, viewOf, type DecisionInputs } from './index.js';
import { operator, sampleCapability, sampleIntent, sampleSaga, TestRealm, TestStream } from './testing.js';

const HOUR = 3_600_000;
/** Fires on the hour, whatever the expression. */
const hourly: NonNullable<DecisionInputs['nextDue']> = (_cron, _zone, after) => (Math.floor(after / HOUR) + 1) * HOUR;

const recordsOf = <T extends WalRecord['type']>(stream: TestStream, type: T): Extract<WalRecord, { type: T }>[] => stream.frames.flatMap(({ records }) => records.filter((r): r is Extract<WalRecord, { type: T }> => r.type === type));
const firings = (stream: TestStream): [due: string, missed: number][] => recordsOf(stream, 'schedule_fired').map(({ due_at, missed }) => [due_at.slice(11, 16), missed]);

function scheduled(payload: object = {}, nextDue = hourly): TestStream {
  const intent = sampleIntent({ payload: { cron: '0 * * * *', as: 'clock', intent: { intent_type: 'sample.part' }, ...payload } });
  return new TestStream(sampleCapability(sampleSaga({ kind: 'schedule', name: 'ticks' })), intent, () => 0, { nextDue });
}

/** Lets time pass to `until`, in steps of `step`, submitting whatever fires. */
function pass(stream: TestStream, until: number, step = 10_000): void {
  const realm = new TestRealm(stream);
  for (; stream.now < until; stream.now += step) {
    for (let [work] = stream.settle(); work?.do === 'fire'; [work] = stream.settle()) stream.add(realm.answer(work, 0));
  }
}

describe('a schedule', () => {
  it('each occurrence - fires once, under an id that does not change with who asks', () => {
    const stream = scheduled();
    expect(sleepOf(stream.settle())).toMatchObject({ until: stream.now + HOUR });
    pass(stream, stream.now + 3 * HOUR + 60_000);
    expect(firings(stream)).toEqual([['01:00', 0], ['02:00', 0], ['03:00', 0]]);
    const [first] = recordsOf(stream, 'schedule_fired');
    expect(first?.execution_id).toBe(firingIdOf(stream.intent.intent_id, 'ticks', 1, Date.parse(first?.due_at ?? '')));
  });

  it('a firing that is recorded and not known to be submitted - is asked for again, and nothing fires before', () => {
    const stream = scheduled();
    stream.settle();
    stream.now += HOUR;
    const due = stream.settle();
    expect(due).toMatchObject([{ do: 'fire', firing: 1 }]);
    stream.now += 5 * HOUR;
    expect(stream.settle()).toEqual(due);
  });

  it('a firing that is refused - is shown with its error until one is accepted again, and counted', () => {
    const stream = scheduled();
    const refusal = { code: 'policy.denied', kind: 'policy', message: 'no', retry: { mode: 'terminal' } } as const;
    const fire = (outcome: object): unknown[] => {
      stream.settle();
      stream.now += HOUR;
      const [work] = stream.settle();
      if (work?.do !== 'fire') throw new Error('nothing fired');
      stream.add([{ type: 'operation_applied', ...stream.stamp, step: 'ticks', target: work.executionId, outcome: 'done', ...outcome }]);
      const { steps: [step] } = viewOf(stream.state!);
      return [step?.progress, step?.error?.code, summaryOf(stream.state!).error_code];
    };
    expect(fire({})).toEqual([{ firings: 1, missed: 0, refused: 0 }, undefined, undefined]);
    expect(fire({ outcome: 'refused', error: refusal })).toEqual([{ firings: 2, missed: 0, refused: 1 }, 'policy.denied', 'policy.denied']);
    stream.settle();
    stream.now += HOUR;
    stream.settle();
    expect(viewOf(stream.state!).steps[0]?.error?.code).toBe('policy.denied');
    expect(stream.state).toEqual(foldFrames(stream.frames));
  });

  it.each([
    ['skip', [['06:00', 5]]],
    ['once', [['05:00', 4], ['06:00', 0]]],
    ['all', [['01:00', 0], ['02:00', 0], ['03:00', 0], ['04:00', 0], ['05:00', 0], ['06:00', 0]]],
  ])('firings that fell due while nothing ran (%s) - are fired as the payload says', (missed, expected) => {
    const stream = scheduled({ missed });
    stream.settle();
    stream.now += 5.5 * HOUR;
    pass(stream, Date.parse('2026-01-01T06:30:00.000Z'));
    expect(firings(stream)).toEqual(expected);
  });

  it('years away - are looked back on in bounded time, and the schedule goes on', () => {
    for (const missed of ['once', 'all', 'skip']) {
      let asked = 0;
      const stream = scheduled({ missed }, (...args) => {
        asked++;
        return hourly(...args);
      });
      stream.settle();
      stream.now += 10 * 365 * 24 * HOUR + 30 * 60_000;
      const from = stream.now;
      pass(stream, from + HOUR, HOUR);
      expect(asked).toBeLessThan(20_000);
      pass(stream, from + 2 * HOUR);
      expect(recordsOf(stream, 'schedule_fired').length).toBeLessThanOrEqual(103);
      expect(Date.parse(recordsOf(stream, 'schedule_fired').at(-1)!.due_at)).toBe(from + 1.5 * HOUR);
    }
  });

  it('its limits - end it as completed; a pause holds it, a cancellation ends it', () => {
    const counted = scheduled({ max_firings: 2 });
    pass(counted, counted.now + 5 * HOUR);
    expect(counted.state).toMatchObject({ status: 'completed', steps: [{ output: { firings: 2, missed: 0 } }] });
    const dated = scheduled({ until: '2026-01-01T01:30:00.000Z' });
    pass(dated, dated.now + 5 * HOUR);
    expect(firings(dated)).toEqual([['01:00', 0]]);
    expect(hasEnded(dated.state!)).toBe(true);
    const held = scheduled();
    held.settle();
    held.add([{ type: 'paused', ...held.stamp, by: operator, reason: 'hold' }]);
    pass(held, held.now + 5 * HOUR);
    expect(firings(held)).toEqual([]);
    held.add([{ type: 'cancel_requested', ...held.stamp, by: operator, reason: 'enough' }]);
    held.settle();
    expect(held.state?.status).toBe('cancelled');
  });

  it('a payload or expression that tells no schedule - fails it for good', () => {
    const shapeless = scheduled({ cron: '' });
    shapeless.settle();
    expect(shapeless.state?.error).toMatchObject({ code: 'schedule.invalid', field: '/cron' });
    const wrong = scheduled({}, () => {
      throw failure('schedule.invalid', { message: 'no such zone' });
    });
    wrong.settle();
    expect(wrong.state?.error).toMatchObject({ code: 'schedule.invalid', message: 'no such zone' });
  });

  it('a thousand firings - leave a state no larger than one', () => {
    const stream = scheduled();
    pass(stream, stream.now + 2.5 * HOUR);
    const small = JSON.stringify(stream.state!.steps).length;
    pass(stream, stream.now + 1000 * HOUR, HOUR / 2);
    expect(recordsOf(stream, 'schedule_fired').length).toBeGreaterThan(990);
    expect(JSON.stringify(stream.state!.steps).length).toBeLessThan(small + 20);
  });
});

describe('an operation on others', () => {
  it('its targets - are counted, and the last one is kept to go on from after a crash', () => {
    const stream = new TestStream(sampleCapability(sampleSaga({ kind: 'operate', name: 'stop', operation: 'cancel' })));
    expect(stream.settle()).toMatchObject([{ do: 'operate', attempt: 1 }]);
    const target = '019b0000-0000-7000-8000-00000000e0';
    const outcomes = ['done', 'unchanged', 'done', 'refused'] as const;
    outcomes.forEach((outcome, i) => stream.add([{ type: 'operation_applied', ...stream.stamp, step: 'stop', target: `${target}1${i}`, outcome }]));
    expect(stream.state!.steps[0]!.applied).toEqual({ done: 2, unchanged: 1, refused: 1, last: `${target}13` });
    stream.complete({ matched: 4 });
    stream.settle();
    expect(stream.state?.status).toBe('completed');
  });
});
