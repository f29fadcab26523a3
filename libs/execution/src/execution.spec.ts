import fc from 'fast-check';
import { failure, frameBody } from '@symphainy/contracts';
import { toWireError } from '@symphainy/kernel';
import { chainProblems, childIdOf, decide, evolveFrame, foldFrames, foldStored, GrammarError, hexOf, inputsOf, resultOf, retryDelay, viewOf } from './index.js';
import { sampleCapability, sampleSaga, TestStream } from './testing.js';

const retryable = toWireError(failure('step.timeout'));
const terminal = toWireError(failure('content.corrupt'));

/** What a simulated realm answers to each attempt. */
type Answer = 'ok' | 'retryable' | 'terminal';
const answers = fc.array(fc.constantFrom<Answer>('ok', 'ok', 'retryable', 'terminal'), { maxLength: 20 });

function play(stream: TestStream, script: readonly Answer[]): { attempts: string[] } {
  const attempts: string[] = [];
  let i = 0;
  for (let due = stream.settle()[0]; due !== undefined; due = stream.settle()[0]) {
    if (due.do === 'wait') {
      stream.now = due.until;
      continue;
    }
    if (due.do !== 'run') throw new Error(`unexpected ${due.do}`);
    attempts.push(`${due.step.name}#${due.attempt}`);
    const answer = script[i++] ?? 'ok';
    if (answer === 'ok') stream.complete({ of: due.step.name });
    else stream.fail(answer === 'retryable' ? retryable : terminal);
  }
  return { attempts };
}

const threeSteps = () => new TestStream(sampleCapability(sampleSaga('one', 'two', 'three')));

describe('fold and decide', () => {
  it('a saga - runs its steps in order, each once, and ends completed', () => {
    const stream = threeSteps();
    const { attempts } = play(stream, []);
    expect(attempts).toEqual(['one#1', 'two#1', 'three#1']);
    expect(stream.state?.status).toBe('completed');
    expect(resultOf(stream.state!)).toMatchObject({ success: true, output: { of: 'three' } });
  });

  it('any script of answers - every prefix folds, attempts are bounded, nothing completed is dispatched again, the stored bytes fold equal', () => {
    fc.assert(
      fc.property(answers, fc.double({ min: 0, max: 0.999, noNaN: true }), (script, jitter) => {
        const stream = new TestStream(sampleCapability(sampleSaga('one', { name: 'two', retry: { max_attempts: 4 } }, 'three')), undefined, () => jitter);
        const { attempts } = play(stream, script);
        expect(new Set(attempts).size).toBe(attempts.length);
        for (const step of ['one', 'two', 'three']) expect(attempts.filter((a) => a.startsWith(step)).length).toBeLessThanOrEqual(step === 'two' ? 4 : 3);
        expect(['completed', 'failed']).toContain(stream.state?.status);
        for (let k = 1; k <= stream.frames.length; k++) expect(foldFrames(stream.frames.slice(0, k))).toBeDefined();
        expect(viewOf(foldStored(stream.frames)!)).toEqual(viewOf(stream.state!));
        expect(chainProblems(stream.frames)).toEqual([]);
        for (const frame of stream.frames) frameBody.parse({ records: frame.records });
      }),
      { numRuns: 60 },
    );
  });

  it('a saga of tasks - has the bytes it always had: stored streams were written so', () => {
    const bytes = (script: readonly Answer[]): string => {
      const stream = threeSteps();
      play(stream, script);
      return hexOf(stream.frames.at(-1)!.hash).slice(0, 16);
    };
    expect([bytes([]), bytes(['retryable']), bytes(['ok', 'terminal'])]).toEqual(["035c99a8dff21131", "34cc2754e24597be", "75be4ae25bba1f63"]);
  });

  it('a retry - waits until the recorded due time and not the recomputed one', () => {
    const stream = threeSteps();
    stream.settle();
    stream.fail(retryable);
    const [due] = stream.settle();
    expect(due).toEqual({ do: 'wait', until: stream.now + 150 });
    const early = decide(stream.state!, stream.capability.saga, { now: stream.now + 149, jitter: () => 0, ...stream.stamp });
    expect(early).toEqual([due]);
    stream.now += 150;
    expect(stream.settle()).toMatchObject([{ do: 'run', attempt: 2 }]);
  });

  it('a terminal error - fails the execution at once with that error', () => {
    const stream = threeSteps();
    expect(play(stream, ['ok', 'terminal']).attempts).toEqual(['one#1', 'two#1']);
    expect(stream.state?.error?.code).toBe('content.corrupt');
    expect(resultOf(stream.state!).success).toBe(false);
  });

  it('a code listed as non-retryable - ends the step although the error says retryable', () => {
    const stream = new TestStream(sampleCapability(sampleSaga({ name: 'one', retry: { non_retryable_codes: ['step.timeout'] } })));
    expect(play(stream, ['retryable']).attempts).toEqual(['one#1']);
  });

  it('a child - gets its recorded id; outside the recorded set it fails the step', () => {
    const saga = sampleSaga({ name: 'spawn', kind: 'child', intent_type: 'other.run' });
    const allowed = new TestStream(sampleCapability(saga, { children: ['other.run'] }));
    expect(allowed.settle()).toMatchObject([{ do: 'await_child', childId: childIdOf(allowed.intent.intent_id, 'spawn', 1) }]);
    const refused = new TestStream(sampleCapability(saga));
    expect(refused.settle()).toEqual([]);
    expect(refused.state?.error?.code).toBe('intent.child_not_allowed');
  });

  it('a child id - differs by parent, step and attempt, and keeps the parent’s time', () => {
    const parent = '019b1234-5678-7abc-8def-000000000001';
    const ids = [childIdOf(parent, 'a', 1), childIdOf(parent, 'a', 2), childIdOf(parent, 'b', 1)];
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^019b1234-5678-7[0-9a-f]{3}-[89ab]/);
  });

  it('cancel - stops a running step, and asks for the child first', () => {
    const stream = threeSteps();
    stream.settle();
    stream.add([{ type: 'cancel_requested', ...stream.stamp, by: { tenant_id: 'acme', user_id: 'ada', roles: [], auth: 'jwt' }, reason: 'no longer needed' }]);
    expect(stream.settle()).toEqual([]);
    expect(stream.state?.status).toBe('cancelled');
    const parent = new TestStream(sampleCapability(sampleSaga({ name: 'spawn', kind: 'child', intent_type: 'other.run' }), { children: ['other.run'] }));
    parent.settle();
    parent.add([{ type: 'cancel_requested', ...parent.stamp, by: { tenant_id: 'acme', user_id: 'ada', roles: [], auth: 'jwt' }, reason: 'x' }]);
    expect(parent.settle()).toMatchObject([{ do: 'close_child' }]);
  });

  it('inputs - are the step before by default, and the named ones otherwise', () => {
    const stream = new TestStream(sampleCapability(sampleSaga('one', 'two', { name: 'three', needs: ['one', 'two'] })));
    play(stream, []);
    const [one, two, three] = stream.capability.saga.steps;
    expect(inputsOf(stream.state!, stream.capability.saga, one!)).toEqual({});
    expect(inputsOf(stream.state!, stream.capability.saga, two!)).toEqual({ one: { of: 'one' } });
    expect(inputsOf(stream.state!, stream.capability.saga, three!)).toEqual({ one: { of: 'one' }, two: { of: 'two' } });
  });
});

describe('the grammar', () => {
  it('a second result of one attempt - is refused', () => {
    const stream = threeSteps();
    stream.settle();
    stream.complete(1);
    const late = { type: 'step_completed' as const, ...stream.stamp, step: 'one', attempt: 1, handler_build: 'b', duration_ms: 1, artifacts: [], events: [], state_changes: [] };
    expect(() => stream.add([late])).toThrow(GrammarError);
  });

  it('a record after the end, a saga without a permit, a stream without its intent, a gap - are refused', () => {
    const ended = threeSteps();
    play(ended, []);
    expect(() => ended.add([{ type: 'adopted', ...ended.stamp, from_writer: 'w', from_epoch: 1 }])).toThrow(GrammarError);
    const [first] = threeSteps().frames;
    const records = first!.records.filter((r) => r.type !== 'policy_evaluated');
    expect(() => foldFrames([{ ...first!, records }])).toThrow(GrammarError);
    expect(() => foldFrames([{ ...first!, records: first!.records.slice(1) }])).toThrow(GrammarError);
    const [a, , c] = ended.frames;
    expect(() => evolveFrame(foldFrames([a!]), c!)).toThrow(GrammarError);
  });
});

describe('the chain', () => {
  it('any changed byte, place or order - is found', () => {
    const stream = threeSteps();
    play(stream, []);
    const frames = stream.frames;
    fc.assert(
      fc.property(fc.nat(frames.length - 1), fc.nat(10_000), (at, offset) => {
        const target = frames[at]!;
        const body = Uint8Array.from(target.body);
        const digit = body.findIndex((byte, i) => i >= offset % body.length && byte >= 0x61 && byte <= 0x79);
        fc.pre(digit >= 0);
        body[digit] = body[digit]! + 1;
        expect(chainProblems(frames.with(at, { ...target, body })).length).toBeGreaterThan(0);
      }),
    );
    expect(chainProblems(frames.toSpliced(1, 1)).length).toBeGreaterThan(0);
    expect(chainProblems(frames.with(0, { ...frames[0]!, at: '2026-01-01T00:00:00.001Z' })).length).toBeGreaterThan(0);
    expect(chainProblems(frames.with(0, { ...frames[0]!, tenantId: 'other' })).length).toBeGreaterThan(0);
  });
});

describe('retry arithmetic', () => {
  it('delays - lie in the upper half of the capped exponential, whatever the jitter', () => {
    const policy = { max_attempts: 10, initial_delay_ms: 200, multiplier: 2, max_delay_ms: 1000, non_retryable_codes: [] };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, jitter) => {
        const full = Math.min(1000, 200 * 2 ** (attempt - 1));
        const delay = retryDelay(policy, attempt, jitter);
        expect(delay).toBeGreaterThanOrEqual(full / 2);
        expect(delay).toBeLessThanOrEqual(full);
      }),
    );
  });
});
