import { erasurePayload, type GovernanceBundle, type StepDispatch } from '@symphainy/contracts';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { z } from 'zod';
import { RuntimeBed, type RealmAnswer } from '../testing/runtime-bed.js';

const source = { type: 'object', properties: { source: { type: 'string', format: 'data-reference' } } };
const maker = sampleCapability({ ...sampleSaga('one'), name: 'sample.make' });
const reader = sampleCapability(sampleSaga('one'), { input_contract: source });
const person = sampleCapability({ ...sampleSaga('one'), name: 'sample.person' }, { input_contract: { type: 'object', properties: { who: { type: 'string', format: 'data-subject' }, name: { type: 'string', 'x-personal': { subject: '/who' } } } } });
const erase = sampleCapability({ ...sampleSaga({ kind: 'operate', name: 'erase', operation: 'erase', retry: { max_attempts: 1 } }), name: 'runtime.erase' }, { realm: 'runtime', input_contract: z.toJSONSchema(erasurePayload) as never });

const content = { customer: 'Ada', children: [{ age: 7 }], known: true, left: null };
const made = { name: 'card', artifact_type: 'sample.card', media_type: 'application/json', content, classification: 'personal' };
const boundaries = [
  { tenant_id: 'acme', boundary_id: 'care', classes: ['personal'], realms: ['sample'], purposes: ['care'], access: 'plain' as const },
  { tenant_id: 'acme', boundary_id: 'research', classes: ['personal'], purposes: ['research'], access: 'masked' as const },
];

/** A bed that is governed by these lists too, with one artifact of the class personal. */
async function bedUnder(lists: Partial<GovernanceBundle>): Promise<{ bed: RuntimeBed; session: string; reference: string; read: (metadata?: object, what?: string) => ReturnType<RuntimeBed['submit']> }> {
  const bed = new RuntimeBed();
  await bed.govern([maker, reader, person, erase], 1, {}, lists);
  await bed.runtime();
  const hydrated = async ({ token, attempt, context }: StepDispatch): Promise<RealmAnswer> => {
    const { artifact, masked } = await bed.gateway.request('runtime.hydrate', {}, { token, attempt, reference: String(context.intent.payload['source']) });
    return { output: { found: artifact.content ?? null, ...(masked === undefined ? {} : { masked }) }, artifacts: [{ name: 'derived', artifact_type: 'sample.note', media_type: 'application/json', content: 'x' }] };
  };
  bed.realm('sample', (dispatch) => (dispatch.capability === 'sample.run' ? hydrated(dispatch) : { output: 1, artifacts: [made] }));
  const session = await bed.session();
  const { execution_id } = await bed.submit(session, { intent_type: 'sample.make' }, { wait_ms: 5000 });
  const reference = `${execution_id}/one/card`;
  return { bed, session, reference, read: (metadata = {}, what = reference) => bed.submit(session, { payload: { source: what }, metadata: metadata as Record<string, string> }, { wait_ms: 5000 }) };
}

describe('boundaries - who sees which class is decided at acceptance and frozen', () => {
  it('a purpose that no boundary lets through - is denied by Data Steward, and recorded with what decided', async () => {
    const { bed, read } = await bedUnder({ data_boundaries: boundaries });
    const refused = await read().catch((error: unknown) => error as { code: string; details: { execution_id: string } });
    expect(refused).toMatchObject({ code: 'policy.denied', details: { verdicts: expect.arrayContaining([{ role: 'data_steward', decision: 'deny', policies: [], reason: expect.stringContaining('care, research') }]) } });
    const records = await bed.records((refused as { details: { execution_id: string } }).details.execution_id);
    expect(records.map(({ type }) => type)).toEqual(['intent_received', 'policy_evaluated', 'intent_rejected']);
    expect(records[1]).toMatchObject({ data: { classifications: ['personal'], boundary: { masked: [], withheld: ['personal'] } } });
  });

  it('a purpose that may see it - gets it in plain, and what is derived carries its class', async () => {
    const { bed, read } = await bedUnder({ data_boundaries: boundaries });
    const { execution_id, result } = await read({ purpose: 'care' });
    expect(result!.output).toEqual({ found: content });
    expect((await bed.fold(execution_id)).artifacts).toMatchObject([{ name: 'derived', classification: 'personal' }]);
    expect((await bed.records(execution_id)).find(({ type }) => type === 'reference_hydrated')).toMatchObject({ classification: 'personal' });
  });

  it('a masked view - has the structure and not one value, and says in the record that it was masked', async () => {
    const { bed, read } = await bedUnder({ data_boundaries: boundaries });
    const { execution_id, result } = await read({ purpose: 'research' });
    expect(result!.output).toEqual({ found: { customer: '[masked]', children: [{ age: '[masked]' }], known: '[masked]', left: null }, masked: true });
    expect((await bed.records(execution_id)).find(({ type }) => type === 'reference_hydrated')).toMatchObject({ classification: 'personal', masked: true });
  });

  it('a contract that says which fields are of the class - has those masked alone, in every element of a list, and says which', async () => {
    const field = { 'x-class': 'personal' };
    const schema = { type: 'object', properties: { customer: field, children: { type: 'array', items: { type: 'object', properties: { age: field, nick: { 'x-class': 'special' } } } } } };
    const contract = { tenant_id: 'acme', artifact_type: 'sample.card', version: '1.0.0', owner: 'claims', semantics: '', mode: 'observe' as const, schema };
    const { bed, read } = await bedUnder({ data_boundaries: boundaries, data_contracts: [contract] });
    const { execution_id, result } = await read({ purpose: 'research' });
    expect(result!.output).toEqual({ found: { customer: '[masked]', children: [{ age: '[masked]' }], known: true, left: null }, masked: true });
    const records = await bed.records(execution_id);
    expect(records.find(({ type }) => type === 'policy_evaluated')).toMatchObject({ data: { boundary: { masked: ['personal'], fields: [{ artifact_type: 'sample.card', path: '/children/*/age', classification: 'personal' }, { path: '/customer' }] } } });
    expect(records.find(({ type }) => type === 'reference_hydrated')).toMatchObject({ classification: 'personal', masked: true, masked_fields: ['/children/*/age', '/customer'] });
    expect((await bed.fold(execution_id)).artifacts).toMatchObject([{ name: 'derived', classification: 'personal' }]);
    // a class that the contract places nowhere stands anywhere: the whole is masked
    const elsewhere = await bedUnder({ data_boundaries: boundaries, data_contracts: [{ ...contract, schema: { type: 'object', properties: { customer: { 'x-class': 'special' } } } }] });
    expect((await elsewhere.read({ purpose: 'research' })).result!.output).toMatchObject({ found: { known: '[masked]' } });
    // and what may see the class sees it all
    expect((await read({ purpose: 'care' })).result!.output).toEqual({ found: content });
  });

  it('an artifact read over the API - is masked as for a reader without purpose, a file is withheld, and what boundaries withhold is denied', async () => {
    const alice = { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' as const };
    const read = ({ bed, reference }: Awaited<ReturnType<typeof bedUnder>>) => bed.gateway.request('runtime.artifact.read', {}, { caller: alice, artifact_id: reference });
    const masking = { tenant_id: 'acme', boundary_id: 'all', classes: ['personal'], access: 'masked' as const };
    expect(await read(await bedUnder({ data_boundaries: [masking] }))).toMatchObject({ classification: 'personal', content: { customer: '[masked]', left: null } });
    await expect(read(await bedUnder({ data_boundaries: boundaries }))).rejects.toMatchObject({ code: 'policy.denied' });
    expect(await read(await bedUnder({ data_boundaries: [{ ...masking, classes: ['special'] }] }))).toMatchObject({ content });
  });

  it('lineage - shows a value as the boundaries let one see it who declares no purpose', async () => {
    const trace = async ({ bed, reference }: Awaited<ReturnType<typeof bedUnder>>, pointer: string): Promise<unknown> =>
      (await bed.gateway.request('runtime.lineage.value', {}, { caller: { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' }, reference, pointer, depth: 1, limit: 10 })).places[0]!.value;
    const masking = { tenant_id: 'acme', boundary_id: 'all', classes: ['personal'], access: 'masked' as const };
    await expect(trace(await bedUnder({ data_boundaries: boundaries }), '/customer')).rejects.toMatchObject({ code: 'policy.denied' });
    const whole = await bedUnder({ data_boundaries: [masking] });
    expect([await trace(whole, '/customer'), await trace(whole, '/known'), await trace(whole, '/children/0')]).toEqual(['[masked]', '[masked]', { age: '[masked]' }]);
    const schema = { type: 'object', properties: { children: { type: 'array', items: { type: 'object', properties: { age: { 'x-class': 'personal' } } } } } };
    const fields = await bedUnder({ data_boundaries: [masking], data_contracts: [{ tenant_id: 'acme', artifact_type: 'sample.card', version: '1.0.0', owner: 'claims', semantics: '', mode: 'off', schema }] });
    expect([await trace(fields, '/customer'), await trace(fields, '/children'), await trace(fields, '/children/0/age')]).toEqual(['Ada', [{ age: '[masked]' }], '[masked]']);
    const open = await bedUnder({});
    expect(await trace(open, '/children/0/age')).toBe(7);
  });

  it('an artifact reclassified by an intent - is judged by its new class', async () => {
    const first = await bedUnder({ data_boundaries: boundaries });
    const { bed, reference, session } = first;
    await bed.govern([maker, reader, person, erase], 2, {}, { data_boundaries: boundaries, reclassifications: [{ tenant_id: 'acme', reference, classification: 'internal', reason: 'anonymised' }] });
    const second = await bed.runtime();
    await bed.until(() => second.core.bundles.current?.version === 2);
    expect(second.core.bundles.current?.bundle.reclassifications).toHaveLength(1);
    await expect(second.core.acceptance.submit({ caller: { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' }, submission: { intent_type: 'sample.run', session_id: session, payload: { source: reference }, metadata: {} }, correlationId: 'c' })).resolves.toMatchObject({ existing: undefined });
  });

  it('classes that the bundle lists - are the only ones there are', async () => {
    const { read } = await bedUnder({ data_classes: [{ name: 'public', rank: 0, description: '' }] });
    // "personal" stands by itself; a name that nobody defined does not
    await expect(read()).resolves.toMatchObject({ status: 'completed' });
    const { bed, session } = await bedUnder({ data_classes: [{ name: 'public', rank: 0, description: '' }] });
    await expect(bed.submit(session, { payload: { classification: 'martian' } })).rejects.toMatchObject({ code: 'policy.denied' });
  });
});

describe('data contracts - an artifact is held against what its producer promised', () => {
  const contract = { tenant_id: 'acme', artifact_type: 'sample.card', version: '2.1.0', owner: 'claims', semantics: '', schema: { type: 'object', properties: { children: { type: 'array', items: { type: 'object', properties: { age: { type: 'string' } } } } } } };

  it('observed - a violation is recorded by field and reason, and the step completes', async () => {
    const { bed, reference } = await bedUnder({ data_contracts: [{ ...contract, mode: 'observe', classification: 'special' }] });
    const id = reference.slice(0, 36);
    expect((await bed.records(id)).find(({ type }) => type === 'access_refused')).toMatchObject({ step: 'one', error: { code: 'data.contract_violated', field: '/content/children/0/age', message: expect.stringContaining('must be string'), details: { artifact: 'card', artifact_type: 'sample.card', version: '2.1.0', owner: 'claims', mode: 'observe' } } });
    expect((await bed.fold(id)).artifacts[0]).toMatchObject({ classification: 'special' });
  });

  it('enforced - the step fails with the field, and off says nothing', async () => {
    const enforced = await bedUnder({ data_contracts: [{ ...contract, mode: 'enforce' }] });
    const failed = await enforced.bed.ended(enforced.reference.slice(0, 36));
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'data.contract_violated', field: '/content/children/0/age' } });
    const off = await bedUnder({ data_contracts: [{ ...contract, mode: 'off' }] });
    expect((await off.bed.records(off.reference.slice(0, 36))).map(({ type }) => type)).not.toContain('access_refused');
  });
});

describe('legal hold - what is held is not erased', () => {
  it.each<[string, (execution: string, pseudonym: string) => object]>([
    ['on the subject', (_execution, subject) => ({ subject })],
    ['on an execution that holds the subject’s data', (execution_id) => ({ execution_id })],
    ['on an artifact of such an execution', (execution_id) => ({ reference: `${execution_id}/one/card` })],
  ])('a hold %s - refuses the erasure, which is recorded, and the data stays readable', async (_what, hold) => {
    const { bed, session } = await bedUnder({});
    const { execution_id } = await bed.submit(session, { intent_type: 'sample.person', payload: { who: 'p-1', name: 'Ada Lovelace' } }, { wait_ms: 5000 });
    const pseudonym = String((await bed.fold(execution_id)).intent.payload['who']);
    await bed.govern([maker, reader, person, erase], 2, {}, { data_holds: [{ tenant_id: 'acme', hold_id: 'court', reason: 'case 7', ...hold(execution_id, pseudonym) }] });
    const holder = await bed.runtime();
    const { executionId } = await holder.core.acceptance.submit({ caller: { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' }, submission: { intent_type: 'runtime.erase', session_id: session, payload: { subject: 'p-1', reason: 'asked' }, metadata: {} }, correlationId: 'c' });
    const ended = await bed.ended(executionId);
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'data.held', message: expect.stringContaining('court: case 7') } });
    expect(JSON.stringify(await bed.records(executionId))).not.toContain('"p-1"');
    expect(bed.dispatches.at(-1)!.context.intent.payload).toMatchObject({ name: 'Ada Lovelace' });
  });
});
