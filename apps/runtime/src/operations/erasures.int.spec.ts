import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { erasurePayload, failure, operations, type Artifact, type OperationName, type ExecutionResult, type ExportedEvidence, type ReplayReport, type StepDispatch, type ValidationReport } from '@symphainy/contracts';
import { chainProblems, foldStored, type ExecutionState } from '@symphainy/execution';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { asPlatformError, sealStream, systemClock, toWireError, uuidV7Source } from '@symphainy/kernel';
import { z } from 'zod';
import { openPersonalData } from '../personal-data/open-personal-data.js';
import { checkpointKey, LogBed, signingKey, type LogRuntime } from '../testing/log-bed.js';
import { alice, type RealmHandler } from '../testing/runtime-bed.js';

// A real server starts here, on machines that may be busy.
jest.setTimeout(60_000);

const CANARY = 'Zephyrine Quillfeather';
const person = { type: 'object', required: ['customer'], properties: { customer: { type: 'string', format: 'data-subject' }, name: { type: 'string', 'x-personal': { subject: '/customer' } }, source: { type: 'string', format: 'data-reference' }, amount: { type: 'number' } } };
const claim = sampleCapability(sampleSaga('one', 'two'), { input_contract: person });
const parent = sampleCapability({ ...sampleSaga({ kind: 'child', name: 'ask', intent_type: 'sample.run' }, 'after'), name: 'sample.parent' }, { input_contract: person, children: ['sample.run'] });
const reading = sampleCapability({ ...sampleSaga('read'), name: 'sample.read' }, { input_contract: { type: 'object', properties: { source: { type: 'string', format: 'data-reference' } } } });
const upload = sampleCapability({ ...sampleSaga({ kind: 'signal', name: 'receive', signal: 'uploaded' }), name: 'runtime.upload' }, { realm: 'runtime', input_contract: { type: 'object', properties: { subject: { type: 'string', format: 'data-subject' } } } });
const erase = sampleCapability({ ...sampleSaga({ kind: 'operate', name: 'erase', operation: 'erase' }), name: 'runtime.erase' }, { realm: 'runtime', input_contract: z.toJSONSchema(erasurePayload) as never });
const rewrap = sampleCapability({ ...sampleSaga({ kind: 'operate', name: 'rewrap', operation: 'rewrap_keys' }), name: 'runtime.rewrap_keys' }, { realm: 'runtime' });
const asking = sampleCapability({ ...sampleSaga({ kind: 'signal', name: 'ask', signal: 'answered' }, 'after'), name: 'sample.ask' }, { input_contract: person });
const named = sampleCapability({ ...sampleSaga({ kind: 'signal', name: 'ask', signal: 'answered' }), name: 'sample.named' }, { output_contract: person });
const paying = sampleCapability({ ...sampleSaga({ kind: 'effect', name: 'pay', binding: 'bank' }, 'after'), name: 'sample.pay' }, { input_contract: person });
const operation = (name: OperationName) => sampleCapability({ ...sampleSaga({ kind: 'operate', name: 'apply', operation: name }), name: `runtime.${name}` }, { realm: 'runtime', input_contract: z.toJSONSchema(operations[name], { io: 'input' }) as never });

const hydrated = async (bed: LogBed, { token, attempt, context }: StepDispatch): Promise<Artifact> =>
  (await bed.net.channelsOf('realm').request('runtime.hydrate', {}, { token, attempt, reference: String(context.intent.payload['source']) })).artifact;

const echo: RealmHandler = ({ attempt, inputs, context }) => ({
  output: { step: attempt.step, from: inputs, greeting: `Dear ${String(context.intent.payload['name'])}` },
  artifacts: [{ name: 'letter', artifact_type: 'sample.letter', media_type: 'application/json', content: { to: context.intent.payload['name'] ?? null }, summary: { to: context.intent.payload['name'] ?? null } }],
});

describe('erasure - what is personal is nowhere in plain, and gone with its key', () => {
  let bed: LogBed;
  let runtime: LogRuntime;
  let session: string;

  beforeAll(async () => {
    bed = await LogBed.start();
    runtime = await bed.runtime([claim, parent, reading, upload, erase, asking, named, paying, rewrap, operation('signal'), operation('resolve_effect')], { surface: true });
    bed.realm('sample', async (dispatch) => {
      if (dispatch.attempt.step === 'pay') return { error: toWireError(failure('effect.unknown')) };
      if (dispatch.capability !== 'sample.read') return echo(dispatch);
      try {
        return { output: { found: (await hydrated(bed, dispatch)).content ?? null } };
      } catch (error) {
        return { error: toWireError(asPlatformError(error)) };
      }
    });
    session = await bed.session();
  });
  afterAll(() => bed.stop());
  beforeEach(() => (bed.dispatches.length = 0));

  const run = async (payload: object, intentType = 'sample.run') => bed.submit(session, 20_000, payload, intentType);
  const erased = async (subject: string): Promise<ExecutionResult> => (await run({ subject, reason: 'asked for by the person' }, 'runtime.erase')).result!;
  const result = (execution_id: string): Promise<ExecutionResult> => bed.gateway.request('runtime.execution.result', {}, { caller: alice, execution_id });
  const replay = (execution_id: string, mode: ReplayReport['mode']): Promise<ReplayReport> => bed.gateway.request('runtime.execution.replay', {}, { caller: alice, execution_id, mode }, { timeoutMs: 60_000 });
  const validate = (execution_id: string): Promise<ValidationReport> => bed.gateway.request('runtime.execution.validate', {}, { caller: alice, execution_id });
  const seen = (step: string): StepDispatch | undefined => bed.dispatches.find((dispatch) => dispatch.attempt.step === step);

  /** Where the text stands, of all that is stored: the rows of every table, hot state, objects. */
  async function findings(text: string): Promise<string[]> {
    await runtime.caughtUp();
    const forms = [text, Buffer.from(text).toString('hex')];
    const tables = Object.entries(await bed.everything()).flatMap(([name, rows]) => (rows.some((row) => forms.some((form) => row.includes(form))) ? [name] : []));
    const holds = (bytes: Iterable<Uint8Array>): boolean => [...bytes].some((some) => Buffer.from(some).includes(text));
    const hot = [...(bed.hot as unknown as { readonly entries: ReadonlyMap<string, { readonly value: Uint8Array }> }).entries.values()].map((entry) => entry.value);
    return [...tables, ...(holds(bed.objects.objects.values()) ? ['objects'] : []), ...(holds(hot) ? ['hot state'] : [])];
  }

  async function uploaded(bytes: string, more: { subject?: string; subject_column?: string }): Promise<string> {
    const grant = await bed.gateway.request('runtime.upload.grant', {}, { caller: alice, session_id: session, filename: 'f', media_type: 'text/csv', correlation_id: 'c', ...more });
    const { hash } = await bed.objects.put('acme', sealStream(Buffer.from(grant.seal!.key, 'base64url'), Readable.from([Buffer.from(bytes)])));
    const object = { hash, size: Buffer.byteLength(bytes), media_type: 'text/csv', sealed: grant.seal!.sealed };
    const data = { output: {}, artifacts: [{ name: 'file', artifact_type: 'runtime.file', media_type: 'text/csv', object }] };
    await bed.gateway.request('runtime.execution.signal', {}, { caller: alice, execution_id: grant.execution_id, signal: 'uploaded', data });
    await runtime.caughtUp();
    return `${grant.execution_id}/receive/file`;
  }

  it('a personal field - reaches the realm and the reader in plain, and is stored nowhere', async () => {
    const { execution_id, result: answered } = await run({ customer: 'person-1', name: CANARY, amount: 7 });
    expect(seen('one')!.context.intent.payload).toMatchObject({ name: CANARY, amount: 7, customer: expect.stringMatching(/^subject:/) });
    expect(seen('two')!.inputs).toMatchObject({ one: { greeting: `Dear ${CANARY}` } });
    expect(answered!.output).toMatchObject({ greeting: `Dear ${CANARY}` });
    expect((await result(execution_id)).output).toMatchObject({ greeting: `Dear ${CANARY}` });
    expect(await bed.gateway.request('runtime.artifact.read', {}, { caller: alice, artifact_id: `${execution_id}/two/letter` })).toMatchObject({ content: { to: CANARY } });
    expect(await findings(CANARY)).toEqual([]);
    expect(await findings('"person-1"')).toEqual([]);
    // the search finds what is there
    expect(await findings('subject:')).toEqual(expect.arrayContaining(['wal_frames', 'subject_keys']));
    expect(await findings('sample.letter')).toEqual(expect.arrayContaining(['artifacts', 'wal_frames', 'hot state']));
    expect((await replay(execution_id, 'full')).steps!.map((step) => step.comparison)).toEqual(['equal', 'equal']);
  });

  it('an erased subject - reads [erased] and answers so in every replay, while chain and validation hold and others are untouched', async () => {
    const mine = await run({ customer: 'person-2', name: CANARY });
    const other = await run({ customer: 'person-3', name: CANARY });
    const before = await runtime.log.reader.readStream('acme', mine.execution_id);
    const report = await erased('person-2');
    expect(report).toMatchObject({ success: true, output: { subject: expect.stringMatching(/^subject:/), key_id: expect.any(String) } });
    expect(await runtime.log.reader.readStream('acme', mine.execution_id)).toEqual(before);
    expect(chainProblems(before)).toEqual([]);
    expect((await result(mine.execution_id)).output).toMatchObject({ greeting: '[erased]' });
    expect((await result(other.execution_id)).output).toMatchObject({ greeting: `Dear ${CANARY}` });
    const key = (report.output as { key_id: string }).key_id;
    expect(await validate(mine.execution_id)).toMatchObject({ valid: true, erased: [key] });
    expect(await replay(mine.execution_id, 'state_only')).toMatchObject({ chain_valid: true, equal_to_live: true, erased: [key] });
    expect((await replay(mine.execution_id, 'full')).steps!.map(({ comparison, reason }) => [comparison, reason])).toEqual([['not_comparable', 'erased'], ['not_comparable', 'erased']]);
    expect(await validate(other.execution_id)).toMatchObject({ valid: true });
    expect(await findings('"person-2"')).toEqual([]);
    // once more finds nothing to destroy, and new data of the person has a key of its own
    expect((await erased('person-2')).output).not.toHaveProperty('key_id');
    expect((await run({ customer: 'person-2', name: CANARY })).result!.output).toMatchObject({ greeting: `Dear ${CANARY}` });
  });

  it('what a child or a reader makes of it - is sealed and erased with it', async () => {
    const { execution_id } = await run({ customer: 'person-4', name: CANARY }, 'sample.parent');
    expect(seen('after')!.inputs).toMatchObject({ ask: { greeting: `Dear ${CANARY}` } });
    const letter = (await run({ customer: 'person-4', name: CANARY })).execution_id;
    const reader = await run({ source: `${letter}/two/letter` }, 'sample.read');
    expect(reader.result!.output).toEqual({ found: { to: CANARY } });
    expect(await findings(CANARY)).toEqual([]);
    await erased('person-4');
    expect((await result(execution_id)).output).toMatchObject({ greeting: '[erased]' });
    expect((await result(reader.execution_id)).output).toEqual({ found: '[erased]' });
    await expect(run({ source: `${letter}/two/letter` }, 'sample.read')).resolves.toMatchObject({ status: 'failed', result: { error: { code: 'data.erased' } } });
  });

  /** Begins an execution, and waits until its first step stands so. */
  async function begun(intentType: string, payload: object, status: ExecutionState['steps'][number]['status']): Promise<string> {
    const { execution_id } = await bed.submit(session, 0, payload, intentType);
    for (;;) {
      if (foldStored(await runtime.log.reader.readStream('acme', execution_id))?.steps[0]?.status === status) return execution_id;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  it('what a signal or a resolution tells - is sealed in its own record and in the one it is told, reads in plain, and is erased with the person', async () => {
    const asked = await begun('sample.ask', { customer: 'person-10', name: 'Z.' }, 'running');
    const paid = await begun('sample.pay', { customer: 'person-10', name: 'Z.' }, 'unknown');
    const open = await begun('sample.named', {}, 'running');
    const told = [
      await run({ execution_id: asked, signal: 'answered', data: { answer: CANARY } }, 'runtime.signal'),
      await run({ execution_id: paid, step: 'pay', happened: true, receipt: { payee: CANARY } }, 'runtime.resolve_effect'),
      // nobody was named yet: the answer itself says whose it is
      await run({ execution_id: open, signal: 'answered', data: { output: { customer: 'person-10', name: CANARY } } }, 'runtime.signal'),
    ];
    expect(told.map(({ status, result: reported }) => [status, reported?.error])).toEqual([['completed', undefined], ['completed', undefined], ['completed', undefined]]);
    for (const id of [asked, paid, open]) await bed.sound(runtime, id);
    expect((await result(asked)).output).toMatchObject({ from: { ask: { answer: CANARY } } });
    expect((await result(paid)).output).toMatchObject({ from: { pay: { payee: CANARY } } });
    expect((await result(open)).output).toMatchObject({ name: CANARY });
    expect(await findings(CANARY)).toEqual([]);
    expect(await findings('"person-10"')).toEqual([]);
    await erased('person-10');
    expect([(await result(asked)).output, (await result(paid)).output, (await result(open)).output]).toMatchObject([{ from: '[erased]' }, { from: '[erased]' }, { name: '[erased]' }]);
    for (const id of [asked, paid, open, ...told.map(({ execution_id }) => execution_id)]) expect(await validate(id)).toMatchObject({ valid: true });
  });

  it('keys wrapped anew in the database - open under the new secret alone, and an erased one stays erased', async () => {
    const { execution_id } = await run({ customer: 'person-11', name: CANARY });
    await run({ customer: 'person-12', name: CANARY });
    await erased('person-12');
    const open = (secret: Uint8Array, previous?: Uint8Array) => openPersonalData({ url: bed.postgres.url, roleKey: bed.key, secret, previous, clock: systemClock, ids: uuidV7Source(() => systemClock.now()), onIdleError: () => undefined });
    const fresh = new Uint8Array(32).fill(3);
    const [during, after] = [open(fresh, bed.key), open(fresh)];
    try {
      expect((await during.personal.keys.rewrap('acme')).rewrapped).toBeGreaterThan(0);
      await expect(after.personal.keys.find('acme', 'person-11')).resolves.toEqual(expect.any(String));
      await expect(after.personal.keys.find('acme', 'person-12')).resolves.toBeUndefined();
      const state = foldStored(await runtime.log.reader.readStream('acme', execution_id))!;
      expect(await after.personal.open({ tenantId: 'acme', executionId: execution_id }, state.steps[1]!.output)).toMatchObject({ greeting: `Dear ${CANARY}` });
      // and back, as this platform's runtime has the old one
      await open(bed.key, fresh).personal.keys.rewrap('acme');
    } finally {
      await Promise.all([during.close(), after.close()]);
    }
    expect((await run({ reason: 'once a year' }, 'runtime.rewrap_keys')).result).toMatchObject({ success: true, output: { rewrapped: 0 } });
    expect((await result(execution_id)).output).toMatchObject({ greeting: `Dear ${CANARY}` });
  });

  it('a file of several subjects - is written anew without the erased one, byte for byte otherwise, and its old bytes open no more', async () => {
    const csv = `customer,name\r\nperson-5,"${CANARY}, the elder"\r\nperson-6,Basil\r\n`;
    const reference = await uploaded(csv, { subject_column: 'customer' });
    expect(await findings(CANARY)).toEqual([]);
    const { output } = await erased('person-5');
    expect(output).toMatchObject({ rewritten: [{ old: reference, removed: 1 }] });
    const read = (artifact_id: string) => bed.gateway.request('runtime.artifact.read', {}, { caller: alice, artifact_id });
    expect(await read(reference)).not.toHaveProperty('content_key');
    const renewed = await read((output as { rewritten: { new: string }[] }).rewritten[0]!.new);
    expect(renewed).toMatchObject({ derived_from: [reference], content_key: expect.any(String), object: { size: 'customer,name\r\nperson-6,Basil\r\n'.length } });
    expect(await findings('Basil')).toEqual([]);
  });

  it('a file of one subject - is stored sealed and opens until the subject is erased', async () => {
    const reference = await uploaded(`letter to ${CANARY}`, { subject: 'person-7' });
    const read = () => bed.gateway.request('runtime.artifact.read', {}, { caller: alice, artifact_id: reference });
    expect(await read()).toHaveProperty('content_key');
    expect(await findings(CANARY)).toEqual([]);
    await erased('person-7');
    expect(await read()).not.toHaveProperty('content_key');
  });

  it('a payload that does not fit its contract - is recorded without what stood in it', async () => {
    await expect(run({ name: CANARY })).rejects.toMatchObject({ code: 'intent.payload_invalid' });
    await expect(run({ customer: 'person-8', name: CANARY, amount: 'much' })).rejects.toMatchObject({ code: 'intent.payload_invalid' });
    expect(await findings(CANARY)).toEqual([]);
  });

  it('evidence of before and after, and of the erasure itself - verifies offline and holds nothing in plain', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'erasure-'));
    const exported = async (id: string): Promise<ExportedEvidence> => {
      const reply = await bed.gateway.request('runtime.evidence.export', {}, { caller: alice, kind: 'execution', id, include_objects: true }, { timeoutMs: 20_000 });
      if (!('evidence' in reply)) throw new Error('the evidence came as an object');
      return reply.evidence;
    };
    const { execution_id } = await run({ customer: 'person-9', name: CANARY });
    const file = (await uploaded(`${CANARY} was here`, { subject: 'person-9' })).split('/')[0]!;
    const before = [await exported(execution_id), await exported(file)];
    const erasure = await run({ subject: 'person-9', reason: 'asked for by the person' }, 'runtime.erase');
    const all = [...before, await exported(execution_id), await exported(file), await exported(erasure.execution_id)];
    await writeFile(join(directory, 'keys.txt'), `checkpoint ${checkpointKey.keyId}=${checkpointKey.publicKey}\nbundle ${signingKey.keyId}=${signingKey.publicKey}\n`);
    for (const [i, evidence] of all.entries()) {
      const text = JSON.stringify(evidence);
      expect(text).not.toContain(CANARY);
      expect(text).not.toContain('person-9');
      await writeFile(join(directory, `${i}.json`), text);
      const verified = spawnSync(process.execPath, [join(__dirname, '../../../../tools/verify/bin/symphainy-verify.mjs'), join(directory, `${i}.json`), '--key', join(directory, 'keys.txt')], { encoding: 'utf8' });
      expect([verified.status, verified.stderr]).toEqual([0, '']);
    }
    await rm(directory, { recursive: true });
  });
});
