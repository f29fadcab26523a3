import { sha256Hex } from '@symphainy/kernel';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import type { StepDispatch } from '@symphainy/contracts';
import { alice, RuntimeBed, type BedRuntime } from '../testing/runtime-bed.js';

const contract = { type: 'object', properties: { source: { type: 'string', format: 'data-reference' }, note: { type: 'string' } } };
const maker = sampleCapability({ ...sampleSaga('one'), name: 'sample.make' });
const reader = sampleCapability(sampleSaga({ name: 'one', timeout_ms: 50_000 }), { input_contract: contract });
const bytes = new TextEncoder().encode('the bytes of a file');
const object = { hash: sha256Hex(bytes), size: bytes.length, media_type: 'text/plain' };

/** A bed with one made artifact, and a reading execution whose step is out. */
async function readingBed(payload: (made: string) => Record<string, string>): Promise<{ bed: RuntimeBed; first: BedRuntime; made: string; dispatch: StepDispatch }> {
  const bed = new RuntimeBed();
  await bed.govern([maker, reader]);
  const first = await bed.runtime();
  await bed.runtime();
  bed.objects.objects.set(`acme/${object.hash}`, bytes);
  bed.realm('sample', (d) => (d.capability === 'sample.make' ? { output: 1, artifacts: [{ name: 'file', artifact_type: 't', media_type: 'text/plain', object }] } : 'silence'));
  const session = await bed.session();
  const { execution_id } = await bed.submit(session, { intent_type: 'sample.make' }, { wait_ms: 5000 });
  const made = `${execution_id}/one/file`;
  await bed.submit(session, { payload: payload(made) });
  await bed.until(() => bed.dispatches.length === 2);
  return { bed, first, made, dispatch: bed.dispatches[1]! };
}

const ask = ({ token, attempt }: StepDispatch, reference: string) => ({ token, attempt, reference });

describe('hydration', () => {
  it('a reference that the payload names - is recorded, durable, then answered with a ticket, whichever runtime is asked', async () => {
    const { bed, made, dispatch } = await readingBed((source) => ({ source }));
    for (let i = 0; i < 3; i++) {
      const { artifact, ticket_url } = await bed.during(bed.gateway.request('runtime.hydrate', {}, ask(dispatch, made)));
      expect(artifact.content_hash).toBe(object.hash);
      expect(ticket_url).toMatch(/^http:\/\/runtime\.test\/objects\?ticket=/);
    }
    const hydrated = (await bed.records(dispatch.attempt.execution_id)).filter((r) => r.type === 'reference_hydrated');
    expect(hydrated).toHaveLength(3);
    expect(hydrated[0]).toMatchObject({ reference: made, step: 'one', object });
  });

  it('a reference that merely stands in the payload - is refused, and the refusal recorded', async () => {
    const { bed, made, dispatch } = await readingBed((note) => ({ note }));
    await expect(bed.during(bed.gateway.request('runtime.hydrate', {}, ask(dispatch, made)))).rejects.toMatchObject({ code: 'reference.not_allowed' });
    expect((await bed.records(dispatch.attempt.execution_id)).filter((r) => r.type === 'access_refused')).toHaveLength(1);
  });

  it('a part of what the payload names - is read; what that was made from elsewhere is not', async () => {
    const bed = new RuntimeBed();
    await bed.govern([maker, reader]);
    await bed.runtime();
    bed.objects.objects.set(`acme/${object.hash}`, bytes);
    const part = { name: 'part', artifact_type: 't', media_type: 'text/plain', object };
    const made: string[] = [];
    bed.realm('sample', ({ capability, attempt }) => {
      if (capability !== 'sample.make') return 'silence';
      const [own, other] = [`${attempt.execution_id}/one/part`, made[0]];
      return { output: 1, artifacts: [part, { ...part, name: 'whole', derived_from: other === undefined ? [own] : [own, other] }] };
    });
    const session = await bed.session();
    for (let i = 0; i < 2; i++) made.push(`${(await bed.submit(session, { intent_type: 'sample.make' }, { wait_ms: 5000 })).execution_id}/one/part`);
    await bed.submit(session, { payload: { source: made[1]!.replace('/part', '/whole') } });
    await bed.until(() => bed.dispatches.length === 3);
    const dispatch = bed.dispatches[2]!;
    expect((await bed.during(bed.gateway.request('runtime.hydrate', {}, ask(dispatch, made[1]!)))).artifact.name).toBe('part');
    await expect(bed.during(bed.gateway.request('runtime.hydrate', {}, ask(dispatch, made[0]!)))).rejects.toMatchObject({ code: 'reference.not_allowed' });
  });

  it('a token of another attempt, of another tenant, altered, expired - is refused, and the refusal recorded', async () => {
    const { bed, made, dispatch } = await readingBed((source) => ({ source }));
    const { attempt, token } = dispatch;
    const wrong = [
      { token, attempt: { ...attempt, attempt: 2 }, reference: made },
      { token, attempt: { ...attempt, tenant_id: 'globex' }, reference: made },
      { token: `${token}x`, attempt, reference: made },
      { token: 'x', attempt, reference: made },
    ];
    for (const request of wrong) await expect(bed.during(bed.gateway.request('runtime.hydrate', {}, request))).rejects.toMatchObject({ code: 'token.invalid' });
    bed.clock.advance(60_000);
    await expect(bed.during(bed.gateway.request('runtime.hydrate', {}, ask(dispatch, made)))).rejects.toMatchObject({ code: 'token.expired' });
    expect(bed.log.all().filter((f) => f.kind === 'audit').length).toBe(5);
  });

  it.each([
    ['vanished', 'object.missing', (bed: RuntimeBed) => void bed.objects.objects.delete(`acme/${object.hash}`)],
    ['was cut', 'object.hash_mismatch', (bed: RuntimeBed) => void bed.objects.objects.set(`acme/${object.hash}`, bytes.subarray(1))],
  ])('an object that %s since it was recorded - is refused as %s, and that is recorded', async (_, code, spoil) => {
    const { bed, made, dispatch } = await readingBed((source) => ({ source }));
    spoil(bed);
    await expect(bed.during(bed.gateway.request('runtime.hydrate', {}, ask(dispatch, made)))).rejects.toMatchObject({ code });
    const records = await bed.records(dispatch.attempt.execution_id);
    expect(records.filter((r) => r.type === 'access_refused')).toMatchObject([{ error: { code }, what: `hydrate ${made}` }]);
    expect(records.filter((r) => r.type === 'reference_hydrated')).toEqual([]);
  });

  it('an undeclared tool - is refused', async () => {
    const { bed, dispatch } = await readingBed((source) => ({ source }));
    const call = { token: dispatch.token, attempt: dispatch.attempt, tool: 'session.artifacts', request: {} };
    await expect(bed.during(bed.gateway.request('runtime.tool.invoke', {}, call))).rejects.toMatchObject({ code: 'tool.not_allowed' });
  });

  it('what was made from a reference, in another session - is told of what the payload names, and of nothing else; it is not thereby to be read', async () => {
    const bed = new RuntimeBed();
    await bed.govern([maker, { ...reader, tools: ['reference.derived'] }]);
    await bed.runtime();
    bed.objects.objects.set(`acme/${object.hash}`, bytes);
    const part = { name: 'part', artifact_type: 't', media_type: 'text/plain', object };
    bed.realm('sample', ({ capability, attempt }) => (capability === 'sample.make' ? { output: 1, artifacts: [part, { ...part, name: 'made', artifact_type: 'u', derived_from: [`${attempt.execution_id}/one/part`] }, { ...part, name: 'other', artifact_type: 'u' }] } : 'silence'));
    const { execution_id } = await bed.submit(await bed.session(), { intent_type: 'sample.make' }, { wait_ms: 5000 });
    const source = `${execution_id}/one/part`;
    await bed.submit(await bed.session(), { payload: { source } });
    await bed.until(() => bed.dispatches.length === 2);
    const dispatch = bed.dispatches[1]!;
    const { token, attempt } = dispatch;
    const derived = (reference: string, more: object = {}) => bed.during(bed.gateway.request('runtime.tool.invoke', {}, { token, attempt, tool: 'reference.derived', request: { reference, ...more } }));
    expect(await derived(source, { artifact_type: 'u' })).toEqual({ response: { artifacts: [{ artifact_id: `${execution_id}/one/made`, artifact_type: 'u' }] } });
    expect(await derived(source, { artifact_type: 't' })).toEqual({ response: { artifacts: [] } });
    await expect(derived(`${execution_id}/one/other`)).rejects.toMatchObject({ code: 'reference.not_allowed' });
    await expect(bed.during(bed.gateway.request('runtime.hydrate', {}, ask(dispatch, `${execution_id}/one/made`)))).rejects.toMatchObject({ code: 'reference.not_allowed' });
    expect((await bed.records(attempt.execution_id)).filter((r) => r.type === 'tool_invoked')).toHaveLength(3);
  });

  it('an artifact of another tenant - does not exist', async () => {
    const { bed, made } = await readingBed((source) => ({ source }));
    await expect(bed.during(bed.gateway.request('runtime.artifact.read', {}, { caller: { ...alice, tenant_id: 'globex' }, artifact_id: made }))).rejects.toMatchObject({ code: 'artifact.not_found' });
    const artifact = await bed.during(bed.gateway.request('runtime.artifact.read', {}, { caller: alice, artifact_id: made }));
    expect(artifact.object).toEqual(object);
  });
});

describe('tickets', () => {
  it('an altered, expired or misused ticket - opens nothing', async () => {
    const { first, bed } = await readingBed((source) => ({ source }));
    const { tickets } = first.core.brain;
    const text = tickets.mint({ tenant_id: 'acme', execution_id: 'e', does: 'get', hash: object.hash, media_type: 'text/plain', expires_at: bed.clock.now() + 10 });
    expect(tickets.open(text, 'get', bed.clock.now()).hash).toBe(object.hash);
    for (const [ticket, does, now] of [[text, 'put', 0], [text, 'get', 11], [`${text}x`, 'get', 0], ['x', 'get', 0]] as const) {
      expect(() => tickets.open(ticket, does, bed.clock.now() + now)).toThrow(expect.objectContaining({ code: 'object.ticket_invalid' }));
    }
  });
});
