import { randomUUID } from 'node:crypto';
import { failure, type Artifact, type DeterminismReport, type ReplayReport, type StepDispatch } from '@symphainy/contracts';
import { decodeBody } from '@symphainy/execution';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { hashOf, toWireError } from '@symphainy/kernel';
import { LogBed, type LogRuntime } from '../testing/log-bed.js';
import { alice, type RealmAnswer, type RealmHandler } from '../testing/runtime-bed.js';

// Real servers start here, on machines that may be busy.
jest.setTimeout(60_000);

const saga = sampleSaga('one', { name: 'two', retry: { initial_delay_ms: 10 } }, 'three');
const capability = sampleCapability(saga, { input_contract: { type: 'object', properties: { source: { type: 'string', format: 'data-reference' } } }, tools: ['session.artifacts'] });
const reasoning = sampleCapability({ ...sampleSaga('think'), name: 'sample.reason' }, { determinism: 'grounded' });
const mapping = sampleCapability({ ...sampleSaga('list', { name: 'each', kind: 'map', items_from: 'list', chunk_size: 2, item_retry: { max_attempts: 2, initial_delay_ms: 10 } }), name: 'sample.map' }, { tools: ['session.artifacts'] });
const advised = sampleCapability({ ...sampleSaga({ name: 'judge', kind: 'agent' }), name: 'sample.advise' }, { determinism: 'grounded' });
const waiting = sampleCapability({ ...sampleSaga({ kind: 'signal', name: 'wait', signal: 'go' }, 'after'), name: 'sample.wait' });

const note = (content: string): Artifact => ({ name: 'note', artifact_type: 'sample.note', media_type: 'application/json', content }) as unknown as Artifact;
const faithful: RealmHandler = ({ attempt, inputs }) => ({ output: { step: attempt.step, from: inputs, deep: { list: [1, { x: 'y' }] } }, artifacts: [note(`text of ${attempt.step}`)] });

describe('full replay - recorded steps are run again in a sandbox', () => {
  let bed: LogBed;
  let runtime: LogRuntime;
  let session: string;
  /** What the realm does now; set anew by each test. */
  let handler: RealmHandler;

  beforeAll(async () => {
    bed = await LogBed.start();
    runtime = await bed.runtime([capability, reasoning, waiting, mapping, advised], { surface: true });
    bed.realm('sample', (dispatch) => handler(dispatch));
    session = await bed.session();
  });
  afterAll(() => bed.stop());
  beforeEach(() => {
    handler = faithful;
    bed.dispatches.length = 0;
  });

  const run = async (payload = {}, intentType = 'sample.run'): Promise<string> => (await bed.submit(session, 20_000, payload, intentType)).execution_id;
  const replay = (execution_id: string): Promise<ReplayReport> => bed.gateway.request('runtime.execution.replay', {}, { caller: alice, execution_id, mode: 'full' }, { timeoutMs: 60_000 });
  const check = (execution_id: string): Promise<DeterminismReport> => bed.gateway.request('runtime.execution.determinism', {}, { caller: alice, execution_id }, { timeoutMs: 60_000 });
  const framesOf = (streamId: string) => runtime.log.reader.readStream('acme', streamId);
  /** Of executions and sessions: that somebody asked for a replay is recorded elsewhere, with what was decided of it. */
  const everyFrame = async (): Promise<number> => (await runtime.log.projections.query<{ n: number }>("select count(*) as n from runtime.wal_frames where kind <> 'audit'"))[0]!.n;
  const told = (report: ReplayReport) => report.steps!.map(({ step, comparison, reason, field }) => [step, comparison, reason ?? field ?? '']);

  it('a faithful handler - gives every recorded result again, and the log gets not one frame', async () => {
    const id = await run({ a: 1 });
    const before = await everyFrame();
    bed.dispatches.length = 0;
    const report = await replay(id);
    expect(told(report)).toEqual([['one', 'equal', ''], ['two', 'equal', ''], ['three', 'equal', '']]);
    expect(report).toMatchObject({ mode: 'full', diverged: false, chain_valid: true, equal_to_live: true });
    for (const step of report.steps!) expect(step.recomputed_hash).toBe(step.recorded_hash);
    expect(bed.dispatches.every((dispatch) => dispatch.replay === true && dispatch.token.startsWith('replay.'))).toBe(true);
    expect(await everyFrame()).toBe(before);
  });

  it('a replayed step - is given exactly the context and inputs that the recorded attempt was given', async () => {
    const id = await run({ a: 1 });
    const first = bed.dispatches.splice(0);
    await replay(id);
    const seen = (dispatches: StepDispatch[]) => dispatches.map(({ attempt, capability: name, context, inputs }) => ({ attempt, name, context, inputs })).sort((a, b) => a.attempt.step.localeCompare(b.attempt.step));
    expect(seen(bed.dispatches)).toEqual(seen(first));
  });

  it.each<[string, (answer: Extract<RealmAnswer, { output?: unknown }>) => RealmAnswer, string]>([
    ['output', (answer) => ({ ...answer, output: { ...(answer.output as object), deep: { list: [1, { x: 'z' }] } } }), '/output/deep/list/1/x'],
    ['artifact', (answer) => ({ ...answer, artifacts: [note('another text')] }), '/artifacts/note/content_hash'],
    ['failure', () => ({ error: { code: 'sample.now', kind: 'domain', message: 'it fails now', retry: { mode: 'terminal' } } }), '/artifacts/note'],
  ])('a handler whose %s changed - is reported by step and field, with both hashes', async (_what, change, field) => {
    const id = await run();
    handler = async (dispatch) => (dispatch.attempt.step === 'two' ? change((await faithful(dispatch)) as never) : faithful(dispatch));
    const report = await replay(id);
    expect(told(report)).toEqual([['one', 'equal', ''], ['two', 'diverged', field], ['three', 'equal', '']]);
    expect(report.diverged).toBe(true);
    expect(report.steps![1]!.recorded_hash).not.toBe(report.steps![1]!.recomputed_hash);
  });

  it('a step that failed before it went well - only what its realm called final is run again', async () => {
    let failures = 1;
    handler = (dispatch) => (dispatch.attempt.step === 'two' && failures-- > 0 ? { error: { code: 'sample.busy', kind: 'domain', message: 'not now', retry: { mode: 'retryable' } } } : faithful(dispatch));
    const id = await run();
    handler = faithful;
    expect(told(await replay(id))).toEqual([['one', 'equal', ''], ['two', 'not_comparable', 'taken_from_record'], ['two', 'equal', ''], ['three', 'equal', '']]);
    handler = ({ attempt }) => (attempt.step === 'one' ? { error: { code: 'sample.never', kind: 'domain', message: 'never', retry: { mode: 'terminal' } } } : 'silence');
    const failed = await run();
    expect(told(await replay(failed))).toEqual([['one', 'equal', '']]);
    handler = faithful;
    expect(told(await replay(failed))).toEqual([['one', 'diverged', '/artifacts/note']]);
  });

  it('agents and signals - are taken from the record: nothing is sent', async () => {
    const reasoned = await run({}, 'sample.reason');
    const { execution_id: waited } = await bed.submit(session, 0, {}, 'sample.wait');
    await bed.gateway.request('runtime.execution.signal', {}, { caller: alice, execution_id: waited, signal: 'go', data: { output: 1 } });
    await bed.sound(runtime, waited);
    bed.dispatches.length = 0;
    expect(told(await replay(reasoned))).toEqual([['think', 'not_comparable', 'not_deterministic']]);
    expect(told(await replay(waited))).toEqual([['wait', 'not_comparable', 'taken_from_record'], ['after', 'equal', '']]);
    expect(bed.dispatches.map((dispatch) => dispatch.attempt.step)).toEqual(['after']);
  });

  it('chunks of a map - are run again with the items that each try was sent, and the one whose items come out otherwise is named', async () => {
    let odd = (index: number, attempt: number): boolean => index === 3 && attempt === 1;
    handler = ({ attempt, chunk }) => {
      if (chunk === undefined) return { output: [10, 11, 12, 13, 14] };
      const indices = chunk.indices ?? Array.from({ length: chunk.to - chunk.from }, (_, i) => chunk.from + i);
      const failed = indices.filter((index) => odd(index, attempt.attempt)).map((index) => ({ index, code: 'sample.odd', retryable: true }));
      const results = indices.map((index) => chunk.items![index - chunk.from]!);
      return { chunk: { succeeded: indices.length - failed.length, failed, output_hash: hashOf(results) }, artifacts: [{ ...note(JSON.stringify(results)), name: `results-${attempt.chunk}-${attempt.attempt}`, artifact_type: 'runtime.map_results' } as unknown as Artifact] };
    };
    const id = await run({}, 'sample.map');
    const byChunk = (report: ReplayReport) => report.steps!.filter(({ chunk }) => chunk !== undefined).map(({ chunk, attempt, comparison, field }) => [chunk, attempt, comparison, field]).sort();
    expect(byChunk(await replay(id))).toEqual([[0, 1, 'equal', undefined], [1, 1, 'equal', undefined], [1, 2, 'equal', undefined], [2, 1, 'equal', undefined]]);
    odd = (index, attempt) => index === 4 || (index === 3 && attempt === 1);
    const report = await replay(id);
    expect(byChunk(report)).toEqual([[0, 1, 'equal', undefined], [1, 1, 'equal', undefined], [1, 2, 'equal', undefined], [2, 1, 'diverged', '/chunk/failed/0']]);
    expect(await check(id)).toMatchObject({ deterministic: false });
  });

  it('an agent - is asked again when its reasoner is deterministic, and what it reasoned with is compared; any other is taken from the record', async () => {
    let facts = ['a fact'];
    const reasoner = (deterministic: boolean): RealmHandler => () => ({ output: 'so', agent: { model: 'rules-1', ...(deterministic ? { deterministic: true } : {}), prompt_hash: 'a'.repeat(64), facts, citations: [], verdict: { ok: true } } });
    handler = reasoner(false);
    expect(told(await replay(await run({}, 'sample.advise')))).toEqual([['judge', 'not_comparable', 'taken_from_record']]);
    handler = reasoner(true);
    const id = await run({}, 'sample.advise');
    expect(told(await replay(id))).toEqual([['judge', 'equal', '']]);
    facts = ['another fact'];
    expect(told(await replay(id))).toEqual([['judge', 'diverged', '/agent/facts/0']]);
  });

  it('another build - is named and compared with nothing', async () => {
    const id = await run();
    bed.build = 'realm-2';
    const report = await replay(id);
    bed.build = 'realm-1';
    expect(report.steps!.map(({ comparison, reason, recorded_build, recomputed_build }) => [comparison, reason, recorded_build, recomputed_build])).toEqual(Array(3).fill(['not_comparable', 'another_build', 'realm-1', 'realm-2']));
  });

  it('a build of the same name that lacks the handler - is another one all the same, and no divergence', async () => {
    const id = await run();
    handler = () => ({ error: toWireError(failure('step.handler_missing')) });
    const report = await replay(id);
    expect([report.diverged, ...report.steps!.map(({ comparison, reason }) => [comparison, reason])]).toEqual([false, ...Array<unknown>(3).fill(['not_comparable', 'another_build'])]);
  });

  describe('what the sandbox gives', () => {
    /** Hydrates what the payload names (in the sandbox: what `instead` names), and hands back what it read. */
    const reader = (instead?: string): RealmHandler => async (dispatch) => {
      if (dispatch.attempt.step !== 'one') return faithful(dispatch);
      const { token, attempt, context } = dispatch;
      const reference = instead ?? (context.intent.payload['source'] as string);
      const read = await bed.gateway.request('runtime.hydrate', {}, { token, attempt, reference }).then(({ artifact }) => artifact.content ?? null, (error: { code: string }) => error.code);
      return { output: { read } };
    };

    it('a reference that the attempt read - is read again, unrecorded; one that it did not is refused, and makes the difference', async () => {
      const source = `${await run()}/one/note`;
      const other = `${await run()}/one/note`;
      handler = reader();
      const id = await run({ source });
      const before = await everyFrame();
      expect(told(await replay(id))[0]).toEqual(['one', 'equal', '']);
      handler = reader(other);
      const strayed = await replay(id);
      expect(told(strayed)[0]).toEqual(['one', 'diverged', '/output/read']);
      expect(await everyFrame()).toBe(before);
    });

    it('an object that is gone - makes the step incomparable, not different', async () => {
      const stored = await bed.objects.put('acme', (async function* () { yield await Promise.resolve(Buffer.from('bytes')); })());
      handler = () => ({ output: 1, artifacts: [{ name: 'file', artifact_type: 'sample.file', media_type: 'text/plain', object: { ...stored, media_type: 'text/plain' } } as unknown as Artifact] });
      const source = `${await run()}/one/file`;
      handler = reader();
      const id = await run({ source });
      await bed.objects.delete('acme', stored.hash);
      expect(told(await replay(id))[0]).toEqual(['one', 'not_comparable', 'erased']);
    });

    /** Asks a tool twice, and hands back how many artifacts it was told of. `asks`: what for. */
    const asking = (...asks: { [key: string]: number }[]): RealmHandler => async (dispatch) => {
      if (dispatch.attempt.step !== 'one' && dispatch.chunk === undefined) return dispatch.attempt.step === 'list' ? { output: [1, 2, 3, 4] } : faithful(dispatch);
      const { token, attempt, chunk } = dispatch;
      const told: unknown[] = [];
      for (const request of asks) told.push(await bed.gateway.request('runtime.tool.invoke', {}, { token, attempt, tool: 'session.artifacts', request }).then(({ response }) => (response as { artifacts: object[] }).artifacts.length, (error: { code: string }) => error.code));
      if (chunk === undefined) return { output: told as number[] };
      return { chunk: { succeeded: chunk.to - chunk.from, failed: [], output_hash: hashOf(told) } };
    };

    it('tools - answer what they answered then, large or refused, though they would answer otherwise now; the log gets not one frame', async () => {
      session = await bed.session();
      handler = (dispatch) => ({ output: 1, artifacts: Array.from({ length: 40 }, (_, i) => ({ ...note('x'.repeat(500)), name: `n${i}-${dispatch.attempt.step}`, summary: { text: 'y'.repeat(400) } }) as unknown as Artifact) });
      await run();
      handler = asking({ limit: 100 }, { limit: 1 }, { limit: -1 });
      await runtime.caughtUp();
      const id = await run();
      const invoked = (await framesOf(id)).flatMap((frame) => decodeBody(frame.body)).filter((record) => record.type === 'tool_invoked');
      expect(invoked.map(({ response, object, error }) => [response !== undefined, object !== undefined, error?.code])).toEqual([[false, true, undefined], [true, false, undefined], [false, false, 'request.invalid']]);
      await run();
      await runtime.caughtUp();
      const before = await everyFrame();
      expect(told(await replay(id))[0]).toEqual(['one', 'equal', '']);
      expect(await everyFrame()).toBe(before);
      handler = asking({ limit: 100 }, { limit: 2 });
      expect(told(await replay(id))[0]).toEqual(['one', 'diverged', '/output/1']);
      handler = asking({ limit: 100 }, { limit: 1 }, { limit: -1 });
      for (const { object } of invoked) if (object !== undefined) await bed.objects.delete('acme', object.hash);
      expect(told(await replay(id))[0]).toEqual(['one', 'not_comparable', 'erased']);
    });

    it('a tool that the recorded attempt did not ask - makes the difference, even where nothing of it shows', async () => {
      const id = await run();
      handler = async (dispatch) => {
        const { token, attempt } = dispatch;
        await bed.gateway.request('runtime.tool.invoke', {}, { token, attempt, tool: 'session.artifacts', request: {} }).catch(() => undefined);
        return faithful(dispatch);
      };
      expect(told(await replay(id))[0]).toEqual(['one', 'diverged', '/tools']);
    });

    it('chunks that ask tools - are each given their own answers', async () => {
      handler = asking({ limit: 1 });
      const id = await run({}, 'sample.map');
      expect(told(await replay(id))).toEqual([['list', 'equal', ''], ['each', 'equal', ''], ['each', 'equal', ''], ['each', 'not_comparable', 'taken_from_record']]);
    });

    it('tokens - a replay’s opens nothing of an attempt, an attempt’s nothing of a replay, and neither another step', async () => {
      const id = await run();
      let token = '';
      handler = async (dispatch) => {
        token = dispatch.token;
        const { attempt } = dispatch;
        const asked = await Promise.all(
          [{ ...attempt, step: 'elsewhere' }, { ...attempt, execution_id: randomUUID() }, { ...attempt, tenant_id: 'other' }].map((claimed) =>
            bed.gateway.request('runtime.hydrate', {}, { token, attempt: claimed, reference: `${id}/one/note` }).then(() => 'given', (error: { code: string }) => error.code),
          ),
        );
        expect(asked).toEqual(['token.invalid', 'token.invalid', 'token.invalid']);
        return faithful(dispatch);
      };
      expect((await replay(id)).diverged).toBe(false);
      const attempt = { tenant_id: 'acme', execution_id: id, step: 'three', attempt: 1, epoch: 1 };
      for (const forged of [token, token.slice('replay.'.length), `replay.${token}`])
        await expect(bed.gateway.request('runtime.hydrate', {}, { token: forged, attempt, reference: `${id}/one/note` })).rejects.toMatchObject({ code: expect.stringMatching(/^token\./) as string });
    });
  });

  it('determinism - a handler that draws is caught by step and field, and the verdict stands in the log', async () => {
    const id = await run();
    expect(await check(id)).toMatchObject({ capability: 'sample.run', deterministic: true, steps: [{ comparison: 'equal' }, { comparison: 'equal' }, { comparison: 'equal' }] });
    let drawn = 0;
    handler = (dispatch) => (dispatch.attempt.step === 'two' ? { output: { drawn: drawn++ } } : faithful(dispatch));
    const report = await check(id);
    expect([report.deterministic, report.steps[1]]).toMatchObject([false, { step: 'two', comparison: 'diverged', field: '/output/drawn' }]);
    const { frames } = await bed.gateway.request('runtime.wal.query', {}, { caller: alice, record_type: 'determinism_checked' });
    expect(frames.slice(-2).map((frame) => [frame.kind, ...frame.records.map((record) => (record.type === 'determinism_checked' ? record.diverged : []))])).toEqual([['audit', []], ['audit', [{ step: 'two', field: '/output/drawn' }]]]);
  });

  it('a session - is replayed execution by execution, oldest first, page by page, and its frames in one order', async () => {
    session = await bed.session();
    const ids = [await run(), await run(), await run()];
    await runtime.caughtUp();
    const page = (mode: 'full' | 'state_only' | 'events_only', limit: number, cursor?: string) => bed.gateway.request('runtime.session.replay', {}, { caller: alice, session_id: session, mode, limit, ...(cursor === undefined ? {} : { cursor }) }, { timeoutMs: 60_000 });
    const first = await page('full', 2);
    const second = await page('full', 2, first.next_cursor);
    expect([...first.executions, ...second.executions].map((report) => [report.execution_id, report.diverged, report.equal_to_live])).toEqual(ids.map((id) => [id, false, true]));
    expect([first.chain_valid, second.next_cursor]).toEqual([true, undefined]);
    expect((await page('state_only', 10)).executions.map((report) => [report.execution_id, report.state?.status])).toEqual(ids.map((id) => [id, 'completed']));
    const events = await page('events_only', 1000);
    const places = events.frames!.map((frame) => `${frame.at} ${frame.stream_id} ${String(frame.seq).padStart(6, '0')}`);
    expect(places).toEqual([...places].sort());
    expect(new Set(events.frames!.map((frame) => frame.stream_id))).toEqual(new Set([session, ...ids]));
    expect(hashOf(events.frames!.filter((frame) => frame.stream_id === ids[1]).map((frame) => frame.seq))).toBe(hashOf((await framesOf(ids[1]!)).map((frame) => frame.seq)));
  });

  it('an execution that is not there - is not found, in every mode', async () => {
    await expect(replay(randomUUID())).rejects.toMatchObject({ code: 'execution.not_found' });
    await expect(check(session)).rejects.toMatchObject({ code: 'execution.not_found' });
  });
});
