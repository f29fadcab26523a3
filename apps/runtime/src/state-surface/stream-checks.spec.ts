import fc from 'fast-check';
import type { ValidationReport, WalRecord } from '@symphainy/contracts';
import { decodeBody, encodeFrame, GENESIS } from '@symphainy/execution';
import { sampleCapability, sampleSaga, TestStream } from '@symphainy/execution/testing';
import { hashOf } from '@symphainy/kernel';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { MemoryObjects } from '../testing/memory-objects.js';
import { StreamValidation } from './stream-checks.js';

const note = { name: 'note', artifact_type: 'sample.note', media_type: 'application/json', content: { said: 'yes' } };

function stored(): StoredFrame[] {
  const stream = new TestStream(sampleCapability(sampleSaga('one', 'two', 'three')));
  for (const step of ['one', 'two', 'three']) {
    stream.settle();
    const artifact = { ...note, artifact_id: `${stream.intent.intent_id}/${step}/note`, execution_id: stream.intent.intent_id, step, content_hash: hashOf(note.content) };
    stream.add([{ type: 'step_completed', ...stream.stamp, step, attempt: 1, handler_build: 'b1', duration_ms: 1, output: step, artifacts: [artifact], events: [], state_changes: [] }]);
  }
  stream.settle();
  return stream.frames.map((frame) => ({ tenantId: frame.tenantId, streamId: frame.streamId, seq: frame.seq, kind: frame.kind, at: frame.at, hash: frame.hash, body: frame.body, writer: 'w', n: frame.seq + 1 }));
}

const sound = stored();

async function validated(frames: readonly StoredFrame[], page = 2): Promise<ValidationReport> {
  const validation = new StreamValidation({ tenantId: sound[0]!.tenantId, streamId: sound[0]!.streamId, kind: 'execution' }, new MemoryObjects());
  for (let i = 0; i < frames.length; i += page) await validation.take(frames.slice(i, i + page));
  return validation.report(sound.length - 1);
}

const failing = ({ checks }: ValidationReport): string[] => checks.filter(({ ok }) => !ok).map(({ check }) => check);

/** As by somebody who may write every byte: each record changed as told, hashes and chain made anew. */
function rewritten(change: (record: WalRecord) => WalRecord[]): StoredFrame[] {
  let before = GENESIS;
  return sound.map((frame) => {
    const encoded = encodeFrame(before, frame, decodeBody(frame.body).flatMap(change));
    before = encoded.hash;
    return { ...frame, ...encoded };
  });
}

const changed = <T extends WalRecord['type']>(type: T, change: (record: Extract<WalRecord, { type: T }>) => object | undefined) =>
  rewritten((record) => {
    if (record.type !== type) return [record];
    const made = change(record as Extract<WalRecord, { type: T }>);
    return made === undefined ? [] : [made as WalRecord];
  });

describe('validation of a stream', () => {
  it('untouched - holds, however it is cut into pages', async () => {
    for (const page of [1, 2, 100]) expect(failing(await validated(sound, page))).toEqual([]);
  });

  it('any byte of any body, any time, place, kind or hash - changed, the chain names the frame', async () => {
    const tampers: ((frame: StoredFrame, at: number) => StoredFrame)[] = [
      (frame, at) => ({ ...frame, body: Uint8Array.from(frame.body, (byte, i) => (i === at % frame.body.length ? byte ^ 1 : byte)) }),
      (frame) => ({ ...frame, at: '2027-01-01T00:00:00.000Z' }),
      (frame) => ({ ...frame, streamId: '019b0000-0000-7000-8000-00000000ffff' }),
      (frame) => ({ ...frame, tenantId: 'globex' }),
      (frame) => ({ ...frame, kind: 'session' }),
      (frame, at) => ({ ...frame, hash: Uint8Array.from(frame.hash, (byte, i) => (i === at % 32 ? byte ^ 1 : byte)) }),
    ];
    await fc.assert(
      fc.asyncProperty(fc.nat(sound.length - 1), fc.constantFrom(...tampers), fc.nat(), fc.integer({ min: 1, max: 4 }), async (target, tamper, at, page) => {
        const report = await validated(sound.map((frame, i) => (i === target ? tamper(frame, at) : frame)), page);
        expect(report.checks[0]!.problems.join()).toContain(`frame ${target}`);
      }),
      { numRuns: 150 },
    );
  });

  it('a frame dropped, doubled, moved or added, anywhere - is told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(sound.length - 1), fc.nat(sound.length - 2), fc.constantFrom('drop', 'double', 'swap'), fc.integer({ min: 1, max: 4 }), async (target, place, how, page) => {
        const frames = [...sound];
        if (how === 'drop') frames.splice(target, 1);
        else if (how === 'double') frames.splice(target, 0, sound[target]!);
        else frames.splice(place, 2, sound[place + 1]!, sound[place]!);
        expect(failing(await validated(frames, page))).toContain('chain');
      }),
      { numRuns: 100 },
    );
  });

  it.each<[string, string, () => StoredFrame[]]>([
    ['no decision', 'policy', () => changed('policy_evaluated', () => undefined)],
    ['a denial', 'policy', () => changed('policy_evaluated', (record) => ({ ...record, decision: { ...record.decision, decision: 'deny' } }))],
    ['a verdict left out', 'policy', () => changed('policy_evaluated', (record) => ({ ...record, decision: { ...record.decision, verdicts: record.decision.verdicts.slice(1) } }))],
    ['one role’s verdict three times', 'policy', () => changed('policy_evaluated', (record) => ({ ...record, decision: { ...record.decision, verdicts: record.decision.verdicts.map((verdict) => ({ ...verdict, role: 'city_manager' as const })) } }))],
    ['another bundle than the one that decided', 'policy', () => changed('capability_resolved', (record) => ({ ...record, bundle_hash: 'f'.repeat(64) }))],
    ['a result that nobody made', 'attribution', () => changed('step_completed', (record) => ({ ...record, handler_build: '' }))],
    ['a record of nobody', 'attribution', () => changed('step_started', (record) => ({ ...record, actor: '' }))],
    ['a caller of another tenant', 'attribution', () => changed('intent_received', (record) => ({ ...record, caller: { ...record.caller, tenant_id: 'globex' } }))],
    ['another execution’s intent', 'attribution', () => changed('intent_received', (record) => ({ ...record, intent: { ...record.intent, intent_id: '019b0000-0000-7000-8000-00000000ffff' } }))],
    ['a content that is not what was hashed', 'artifacts', () => changed('step_completed', (record) => ({ ...record, artifacts: record.artifacts.map((artifact) => ({ ...artifact, content: { said: 'no' } })) }))],
    ['an object that is not there', 'artifacts', () => changed('step_completed', (record) => ({ ...record, artifacts: record.artifacts.map(({ content: _, ...artifact }) => ({ ...artifact, object: { hash: artifact.content_hash, size: 14, media_type: 'application/json' } })) }))],
    ['a start left out', 'grammar', () => changed('step_started', (record) => (record.step === 'two' ? undefined : record))],
    ['a result twice', 'grammar', () => rewritten((record) => (record.type === 'step_completed' && record.step === 'one' ? [record, record] : [record]))],
    ['an end before the last step', 'grammar', () => rewritten((record) => (record.type === 'step_completed' && record.step === 'two' ? [record, { type: 'execution_completed', at: record.at, actor: record.actor }] : [record]))],
    ['a record of no type', 'grammar', () => changed('saga_completed', (record) => ({ ...record, type: 'nothing_known' }))],
  ])('rewritten and chained anew: %s - is found by what it says (%s)', async (_what, check, tamper) => {
    expect(failing(await validated(tamper()))).toContain(check);
  });
});
