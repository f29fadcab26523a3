import { randomUUID } from 'node:crypto';
import type { BundleChange, Caller, CedarPolicy, ExportedEvidence, SealedLeaf, SignedCheckpoint } from '@symphainy/contracts';
import { exportedEvidence } from '@symphainy/contracts';
import { chainProblems, leafHash, verifyConsistency, verifyInclusion } from '@symphainy/execution';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { canonicalJson, sha256, utf8 } from '@symphainy/kernel';
import { openDatabase } from '@symphainy/store-postgres';
import { LogBed, type LogRuntime } from '../testing/log-bed.js';
import { alice } from '../testing/runtime-bed.js';

// A real database starts here, on machines that may be busy.
jest.setTimeout(60_000);

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const treeOf = ({ checkpoint }: SignedCheckpoint) => ({ size: checkpoint.tree_size, root: hex(checkpoint.root) });
const holds = (kind: 'head' | 'members', streamId: string, leaf: SealedLeaf, checkpoint: SignedCheckpoint): boolean =>
  verifyInclusion({ index: leaf.index, hash: leafHash(utf8(canonicalJson([kind, streamId, leaf.seq, leaf.hash]))) }, leaf.proof.map(hex), treeOf(checkpoint));

describe('evidence', () => {
  const capability = sampleCapability(sampleSaga('one', 'two', 'three'));
  const slow = sampleCapability({ ...sampleSaga('one', 'two'), name: 'slow.run' });
  const large = sampleCapability({ ...sampleSaga('one'), name: 'large.run' });
  /** Has a step more than the bound allows. */
  const long = sampleCapability({ ...sampleSaga('one', 'two', 'three', 'four'), name: 'long.run' });
  const bundle = { saga_rules: [{ rule_id: 'most', max_steps: 3 }] };
  /** Holds the second step of `slow.run`. */
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  let bed: LogBed;
  let runtime: LogRuntime;

  beforeAll(async () => {
    bed = await LogBed.start();
    bed.realm('sample', ({ attempt: { step } }) => ({ output: step, artifacts: step === 'one' ? [{ name: 'note', artifact_type: 'sample.note', media_type: 'application/json', content: { by: step } }] : [] }));
    bed.realm('slow', ({ attempt: { step } }) => (step === 'two' ? gate.then(() => ({ output: 2 })) : { output: 1 }));
    bed.realm('large', () => ({ output: 1, artifacts: Array.from({ length: 60 }, (_, i) => ({ name: `note${i}`, artifact_type: 'sample.note', media_type: 'text/plain', content: 'x'.repeat(12_000) })) }));
    runtime = await bed.runtime([capability, slow, large, long], { surface: true, bundle });
  });
  afterAll(() => bed.stop());

  const exported = async (kind: 'execution' | 'session', id: string, more: { since?: number; caller?: Caller } = {}): Promise<ExportedEvidence> => {
    const reply = await bed.gateway.request('runtime.evidence.export', {}, { caller: alice, kind, id, ...more }, { timeoutMs: 20_000 });
    if (!('evidence' in reply)) throw new Error('the evidence came as an object');
    return reply.evidence;
  };
  const run = async (session: string): Promise<string> => (await bed.submit(session, 10_000)).execution_id;

  it('an execution - is exported with its stored bytes, chained, and each head proven in the signed tree', async () => {
    const session = await bed.session();
    const id = await run(session);
    const evidence = exportedEvidence.parse(await exported('execution', id));
    expect(evidence.streams.map((stream) => [stream.stream_id, stream.kind, stream.frames.length])).toEqual([[session, 'session', 1], [id, 'execution', 2]]);
    for (const { stream_id, kind, frames, leaf } of evidence.streams) {
      expect(chainProblems(frames.map((f) => ({ tenantId: 'acme', streamId: stream_id, seq: f.seq, kind, at: f.at, body: Buffer.from(f.body, 'base64'), hash: hex(f.hash) })))).toEqual([]);
      expect(leaf).toMatchObject({ seq: frames.length - 1, hash: frames.at(-1)!.hash });
      expect(holds('head', stream_id, leaf, evidence.checkpoint)).toBe(true);
    }
    expect(evidence.artifacts).toMatchObject([{ artifact_id: `${id}/one/note`, derived_from: [] }]);
    expect(evidence.bundles).toHaveLength(1);
    expect(canonicalJson(evidence.bundles)).not.toContain('globex');
  });

  it('a session - binds how many executions it has and which, so that none can be left out', async () => {
    const session = await bed.session();
    const first = await run(session);
    await exported('session', session);
    const others = await Promise.all([run(session), run(session), run(session)]);
    const evidence = await exported('session', session);
    const { executions, leaf } = evidence.members!;
    expect(new Set(executions)).toEqual(new Set([first, ...others]));
    expect(executions[0]).toBe(first);
    expect(leaf!.seq).toBe(4);
    expect(leaf!.hash).toBe(Buffer.from(executions.reduce<Uint8Array>((hash, id) => sha256(Buffer.concat([hash, utf8(id)])), new Uint8Array(32))).toString('hex'));
    expect(holds('members', session, leaf!, evidence.checkpoint)).toBe(true);
    expect(evidence.streams).toHaveLength(5);
  });

  it('checkpoints - follow each other, sign a tree once, and are proven to be beginnings of each other', async () => {
    const session = await bed.session();
    const read = () => bed.gateway.request('runtime.checkpoint.read', {}, { caller: alice }, { timeoutMs: 20_000 });
    const one = (await read()).checkpoint;
    expect((await read()).checkpoint).toEqual(one);
    const id = await run(session);
    const [a, b] = await Promise.all([read(), read()]);
    expect(a.checkpoint).toEqual(b.checkpoint);
    expect(a.checkpoint.checkpoint.previous).toEqual({ tree_size: one.checkpoint.tree_size, root: one.checkpoint.root, hash: one.hash });
    const evidence = await exported('execution', id, { since: one.checkpoint.tree_size });
    for (const { earlier, proof } of evidence.consistency) expect(verifyConsistency(treeOf(earlier), treeOf(evidence.checkpoint), proof.map(hex))).toBe(true);
    expect(evidence.consistency.map(({ earlier }) => earlier.hash)).toContain(one.hash);
    await expect(exported('execution', id, { since: 1_000_000 })).rejects.toMatchObject({ code: 'evidence.checkpoint_not_found' });
  });

  it('an execution under way - is exported up to now, and again further on when it has ended', async () => {
    const session = await bed.session();
    const { execution_id } = await bed.submit(session, 0, {}, 'slow.run');
    while ((await runtime.log.reader.readStream('acme', execution_id)).length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    const during = await exported('execution', execution_id);
    go();
    await bed.sound(runtime, execution_id);
    const after = await exported('execution', execution_id);
    const [before, since] = [during.streams[1]!, after.streams[1]!];
    expect(since.frames.length).toBeGreaterThan(before.frames.length);
    expect(since.frames.slice(0, before.frames.length)).toEqual(before.frames);
    expect(since.leaf.index).toBeGreaterThan(before.leaf.index);
    expect(holds('head', execution_id, since.leaf, after.checkpoint)).toBe(true);
  });

  it('a large bundle - travels as an object, and is the same evidence', async () => {
    const session = await bed.session();
    const { execution_id: id } = await bed.submit(session, 20_000, {}, 'large.run');
    const reply = await bed.gateway.request('runtime.evidence.export', {}, { caller: alice, kind: 'execution', id }, { timeoutMs: 20_000 });
    if (!('object' in reply)) throw new Error('the evidence was small');
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await bed.objects.get('acme', reply.object.hash)) as AsyncIterable<Uint8Array>) chunks.push(chunk);
    const evidence = exportedEvidence.parse(JSON.parse(Buffer.concat(chunks).toString()));
    expect([evidence.subject.id, evidence.artifacts.length, holds('head', id, evidence.streams[1]!.leaf, evidence.checkpoint)]).toEqual([id, 60, true]);
  });

  it('a sealer that is gone - is followed by another, whose tree begins with all that was sealed before', async () => {
    const session = await bed.session();
    const first = await run(session);
    const before = (await exported('session', session)).checkpoint;
    const other = await bed.runtime([capability, slow, large, long], { surface: true, bundle });
    await runtime.stop();
    runtime = other;
    const second = await run(session);
    const evidence = await exported('session', session, { since: before.checkpoint.tree_size });
    expect(new Set(evidence.members!.executions)).toEqual(new Set([first, second]));
    expect(holds('members', session, evidence.members!.leaf!, evidence.checkpoint)).toBe(true);
    const { earlier, proof } = evidence.consistency.find(({ earlier: { hash } }) => hash === before.hash)!;
    expect(verifyConsistency(treeOf(earlier), treeOf(evidence.checkpoint), proof.map(hex))).toBe(true);
  });

  it('a log cut or changed in the database - is exported as it stands, against what was sealed before', async () => {
    const session = await bed.session();
    const [cut, changed] = [await run(session), await run(session)];
    await exported('session', session);
    const owner = openDatabase({ url: bed.postgres.url, applicationName: 'tamper' });
    await owner.transaction(async (sql) => {
      await sql.query('alter table runtime.wal_frames disable trigger all');
      await sql.query('delete from runtime.wal_frames where stream_id = $1 and seq = 1', [cut]);
      await sql.query(`update runtime.wal_frames set body = 'not json' where stream_id = $1 and seq = 1`, [changed]);
      await sql.query('alter table runtime.wal_frames enable trigger all');
    });
    await owner.close();
    const evidence = await exported('session', session);
    const streamOf = (id: string) => evidence.streams.find((stream) => stream.stream_id === id)!;
    expect([streamOf(cut).leaf.seq, streamOf(cut).frames.length]).toEqual([1, 1]);
    expect(holds('head', cut, streamOf(cut).leaf, evidence.checkpoint)).toBe(true);
    expect(Buffer.from(streamOf(changed).frames[1]!.body, 'base64').toString()).toBe('not json');
  });

  it('another tenant - finds neither execution nor session, and no checkpoint of anybody else’s', async () => {
    const session = await bed.session();
    const id = await run(session);
    const gina: Caller = { tenant_id: 'globex', user_id: 'gina', roles: [], auth: 'api_key' };
    await expect(exported('execution', id, { caller: gina })).rejects.toMatchObject({ code: 'execution.not_found' });
    await expect(exported('session', session, { caller: gina })).rejects.toMatchObject({ code: 'session.not_found' });
    await expect(exported('session', id)).rejects.toMatchObject({ code: 'session.not_found' });
    await expect(bed.gateway.request('runtime.checkpoint.read', {}, { caller: { ...gina, tenant_id: `none-${randomUUID().slice(0, 8)}` } }, { timeoutMs: 20_000 })).rejects.toMatchObject({ code: 'evidence.not_sealed' });
  });

  it('recorded intents - are decided as they were under the same policy, and flipped exactly where a candidate says otherwise', async () => {
    const session = await bed.session();
    const ids = [await run(session), await run(session)];
    const secret = (await bed.submit(session, 10_000, { classification: 'secret' })).execution_id;
    const redecide = (candidate: { put?: CedarPolicy[]; remove?: string[] }, more: { limit?: number; cursor?: string } = {}) =>
      bed.gateway.request('runtime.policy.redecide', {}, { caller: alice, from: '1970-01-01T00:00:00.000Z', to: '9999-12-31T23:59:59.999Z', candidate, ...more }, { timeoutMs: 20_000 });
    const same = await redecide({});
    expect([same.equal, same.shifted, same.flips]).toEqual([same.considered, 0, []]);
    expect(same.considered).toBeGreaterThanOrEqual(3);
    const rule: CedarPolicy = { id: 'no-secrets', role: 'data_steward', text: 'forbid(principal, action, resource) when { context.classifications.contains("secret") };' };
    const flipped = await redecide({ put: [rule] });
    expect(flipped.flips).toMatchObject([{ execution_id: secret, intent_type: 'sample.run', user_id: 'alice', recorded: 'permit', candidate: 'deny', verdicts: [{ role: 'data_steward', candidate: { policies: ['no-secrets'] } }] }]);
    expect(flipped.equal).toBe(same.considered - 1);
    const denied = await redecide({ remove: ['sample.callers'] });
    expect(denied.flips).toHaveLength(same.considered);
    expect(denied.flips.map((flip) => flip.execution_id)).toEqual(expect.arrayContaining([...ids, secret]));
    const first = await redecide({ put: [rule] }, { limit: 2 });
    const rest = await redecide({ put: [rule] }, { cursor: first.next_cursor! });
    expect(first.considered + rest.considered).toBe(same.considered);
  });

  const everything = { from: '1970-01-01T00:00:00.000Z', to: '9999-12-31T23:59:59.999Z' };
  const redecided = (candidate: object, more: object = {}) => bed.gateway.request('runtime.policy.redecide', {}, { caller: alice, ...everything, candidate, ...more } as never, { timeoutMs: 20_000 });

  it.each<[string, object, string]>([
    ['takes out a policy that is not there', { remove: ['sample.callers', 'no-such'] }, '/candidate/remove/1'],
    ['puts a policy in twice', { put: [{ id: 'a', role: 'data_steward', text: 'permit(principal, action, resource);' }, { id: 'a', role: 'data_steward', text: 'forbid(principal, action, resource);' }] }, '/candidate/put/1/id'],
    ['puts in what is no policy', { put: [{ id: 'a', role: 'data_steward', text: 'permit(' }] }, '/candidate/put/0/text'],
    ['begins with a bundle that nobody kept', { bundle_hash: '0'.repeat(64) }, '/candidate/bundle_hash'],
    ['changes what cannot be', { changes: [{ list: 'capabilities', remove: 'sample.run' }] }, '/candidate/changes/0/list'],
    ['takes out another tenant’s entry, whether it is there', { changes: [{ list: 'identities', remove: 'globex/gina' }] }, '/candidate/changes/0/remove'],
    ['or not', { changes: [{ list: 'identities', remove: 'globex/nobody' }] }, '/candidate/changes/0/remove'],
    ['puts in an entry of another tenant, whether there is one', { changes: [{ list: 'escalation_rules', put: { tenant_id: 'globex', rule_id: 'r', on: ['stuck'], tell: ['ops'] } }] }, '/candidate/changes/0/put/tenant_id'],
    ['or none', { changes: [{ list: 'escalation_rules', put: { tenant_id: 'initech', rule_id: 'r', on: ['stuck'], tell: ['ops'] } }] }, '/candidate/changes/0/put/tenant_id'],
  ])('a candidate that %s - is refused as the caller’s own mistake, naming where', async (_what, candidate, field) => {
    await expect(redecided(candidate)).rejects.toMatchObject({ code: 'governance.invalid', field });
  });

  it('a period that ends before it begins - is refused, and not answered with nothing', async () => {
    await expect(redecided({}, { from: everything.to, to: everything.from })).rejects.toMatchObject({ code: 'request.invalid', field: '/to' });
    expect(await redecided({}, { from: everything.from, to: everything.from })).toMatchObject({ considered: 0, flips: [] });
  });

  it('bounds of sagas, retirements, quotas, sessions’ time - flip recorded intents as policies do; what cannot be told of the past is said', async () => {
    const session = await bed.session();
    const ran = await run(session);
    await run(session);
    const refused = await bed.submit(session, 0, {}, 'long.run').then(() => '', (error: unknown) => String((error as { details: { execution_id: string } }).details.execution_id));
    const redecide = (...changes: BundleChange[]) => bed.gateway.request('runtime.policy.redecide', {}, { caller: alice, from: '1970-01-01T00:00:00.000Z', to: '9999-12-31T23:59:59.999Z', candidate: { changes } }, { timeoutMs: 20_000 });
    const same = await redecide();
    expect([same.equal, same.flips, same.undecided, same.not_redecided]).toEqual([same.considered, [], [], []]);
    const tighter = await redecide({ list: 'saga_rules', put: { rule_id: 'most', max_steps: 2 } });
    const flips = tighter.flips.filter((flip) => flip.intent_type === 'sample.run');
    expect(flips.map((flip) => flip.execution_id)).toContain(ran);
    expect(flips[0]).toMatchObject({ recorded: 'permit', candidate: 'deny', verdicts: [], bars: { candidate: { code: 'saga.not_allowed', rule_id: 'most' } } });
    const lifted = await redecide({ list: 'saga_rules', remove: '*/most' });
    expect(lifted.flips).toMatchObject([{ execution_id: refused, recorded: 'deny', candidate: 'permit', bars: { recorded: { code: 'saga.not_allowed', rule_id: 'most' } } }]);
    const retired = await redecide({ list: 'notices', put: { capability: 'sample.run', deprecated_at: '2000-01-01T00:00:00.000Z', retires_at: '2000-01-01T00:00:00.000Z' } });
    expect(new Set(retired.flips.map(({ bars }) => bars?.candidate?.code))).toEqual(new Set(['intent.retired']));
    const tenant = { tenant_id: 'acme', name: 'Acme', status: 'active' };
    const accepted = same.considered - 1;
    const quota = await redecide({ list: 'tenants', put: { ...tenant, traffic: { daily: { executions: accepted - 2 } } } });
    expect([quota.flips.length, quota.flips[0]?.bars?.candidate?.code]).toEqual([2, 'tenant.quota_spent']);
    const wide = await redecide({ list: 'tenants', put: { ...tenant, limits: { max_running_executions: 3 }, traffic: { daily: { executions: accepted }, sessions: { max_age_s: 3600 } } } });
    expect([wide.flips, wide.not_redecided]).toEqual([[], [{ list: 'tenants', key: 'acme', field: '/limits', reason: 'moment' }]]);
  });

  it('a search of executions and artifacts - finds, page by page, each one that evaluation permits and that the read itself gives, and no other', async () => {
    const session = await bed.session();
    const id = await run(session);
    const bob: Caller = { ...alice, user_id: 'bob' };
    const evaluate = async (caller: Caller, name: string, type: string, of: string): Promise<boolean> =>
      (await bed.gateway.request('runtime.access.evaluate', {}, { caller, questions: [{ subject: { type: 'user', id: caller.user_id }, action: { name }, resource: { type, id: of } }], semantic: 'execute_all' })).answers[0]!.decision;
    const search = async (caller: Caller, name: string, type: string): Promise<string[]> => {
      const found: string[] = [];
      for (let token = ''; ; ) {
        const { results, page } = await bed.gateway.request('runtime.access.search', {}, { caller, search: { open: 'resource', subject: { type: 'user', id: caller.user_id }, action: { name }, resource: { type }, page: { limit: 7, token } } }, { timeoutMs: 20_000 });
        found.push(...results.map((one) => one['id']!));
        if (page.next_token === '') return found;
        token = page.next_token;
      }
    };
    const { executions } = await bed.gateway.request('runtime.execution.list', {}, { caller: alice, limit: 1000 });
    const { artifacts } = await bed.gateway.request('runtime.artifact.list', {}, { caller: alice, limit: 1000 });
    const known = { execution: executions.map((one) => one.execution_id), artifact: artifacts.map((one) => one.artifact_id) };
    expect([known.execution.includes(id), known.artifact.includes(`${id}/one/note`)]).toEqual([true, true]);
    for (const caller of [alice, bob]) {
      for (const [name, type] of [['hydrate', 'execution'], ['replay', 'execution'], ['hydrate', 'artifact']] as const) {
        const found = await search(caller, name, type);
        const permitted = await Promise.all(known[type].map(async (one) => ((await evaluate(caller, name, type, one)) ? [one] : [])));
        expect(new Set(found)).toEqual(new Set(permitted.flat()));
        expect(found).toHaveLength(new Set(found).size);
        expect(found.length).toBeGreaterThan(7);
      }
    }
    expect(await Promise.all([evaluate(alice, 'hydrate', 'artifact', `${id}/one/none`), evaluate(alice, 'replay', 'artifact', `${id}/one/note`), evaluate(alice, 'hydrate', 'execution', 'not-an-id'), evaluate({ ...alice, tenant_id: 'globex' }, 'hydrate', 'execution', id)])).toEqual([false, false, false, false]);
  });

  it('the time machine - is policy’s to permit: who may not submit it is refused, and that is recorded', async () => {
    const gina: Caller = { tenant_id: 'nobody', user_id: 'gina', roles: [], auth: 'api_key' };
    await expect(bed.gateway.request('runtime.policy.redecide', {}, { caller: gina, from: '1970-01-01T00:00:00.000Z', to: '9999-12-31T23:59:59.999Z', candidate: {} })).rejects.toMatchObject({ code: 'policy.denied' });
    const { frames } = await bed.gateway.request('runtime.wal.query', {}, { caller: gina, record_type: 'access_refused' });
    expect(frames.flatMap((frame) => frame.records)).toMatchObject([{ type: 'access_refused', what: 'runtime.redecide_policy', error: { code: 'policy.denied' } }]);
  });
});
