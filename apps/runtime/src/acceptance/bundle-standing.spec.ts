/** What a runtime accepts when its bundle is missing, does not verify, or has not been confirmed for too long; and what goes on all the same. */
import { signedBundle } from '@symphainy/contracts';
import { childIdOf, decodeBody } from '@symphainy/execution';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { readSigningKey, signBundle } from '@symphainy/governance';
import { sampleBundle } from '@symphainy/governance/testing';
import { RuntimeBed } from '../testing/runtime-bed.js';

const SESSION = '019b0000-0000-7000-8000-0000000000bb';
const STALE_MS = 20_000;
const capability = sampleCapability(sampleSaga('one'));
const child = sampleCapability({ ...sampleSaga('one'), name: 'sample.part' });
const parent = sampleCapability(sampleSaga('one', { name: 'spawn', kind: 'child', intent_type: 'sample.part' }), { children: ['sample.part'] });
const strangers = signBundle(sampleBundle({ version: 7, capabilities: [capability] }), readSigningKey(Buffer.alloc(32, 66).toString('base64url')));

const refusals = (bed: RuntimeBed): string[] => bed.log.all().filter((f) => f.kind === 'audit').flatMap((f) => decodeBody(f.body)).flatMap((r) => (r.type === 'access_refused' ? [r.error.code] : []));

describe('a runtime’s bundle', () => {
  it('none at all - nothing starts, and the refusal is recorded', async () => {
    const bed = new RuntimeBed();
    await bed.runtime();
    await expect(bed.submit(SESSION)).rejects.toMatchObject({ code: 'policy.no_bundle', retry: { mode: 'retryable' } });
    expect(refusals(bed)).toEqual(['policy.no_bundle']);
  });

  it('one that a stranger signed - is not taken, whether it is pushed or lies in the archive: nothing starts, and the reason is said', async () => {
    const bed = new RuntimeBed();
    await bed.runtime();
    bed.smartCity.publish('runtime.bundle.push', {}, strangers);
    await bed.turns();
    await expect(bed.submit(SESSION)).rejects.toMatchObject({ code: 'policy.bundle_invalid', message: expect.stringContaining('not known here') as string });
    const other = new RuntimeBed();
    await other.keep(strangers);
    await other.runtime();
    await expect(other.submit(SESSION)).rejects.toMatchObject({ code: 'policy.bundle_invalid' });
  });

  it('one that was changed after it was signed - is not taken', async () => {
    const bed = new RuntimeBed();
    await bed.govern([capability]);
    await bed.runtime();
    const session = await bed.session();
    const genuine = signedBundle.parse(JSON.parse((await bed.kept()) ?? ''));
    bed.smartCity.publish('runtime.bundle.push', {}, { ...genuine, bundle: { ...genuine.bundle, version: 9, policies: [] } });
    await bed.turns();
    expect((await bed.submit(session)).status).toBe('running');
  });

  it('past its limit of silence - nothing new starts and the refusal says why; what runs goes on to its end, its child too; a word of Smart City’s opens again', async () => {
    const bed = new RuntimeBed({ bundleStaleMs: STALE_MS });
    await bed.govern([capability, parent, child]);
    await bed.runtime();
    let answer: (() => void) | undefined;
    bed.realm('sample', async ({ capability: name, attempt }) => {
      if (name === parent.name && attempt.step === 'one') await new Promise<void>((resolve) => (answer = resolve));
      return { output: { did: attempt.step } };
    });
    const session = await bed.session();
    const { execution_id } = await bed.submit(session, { intent_type: parent.name });
    await bed.until(() => answer !== undefined);
    bed.clock.advance(STALE_MS + 1000);
    await expect(bed.submit(session)).rejects.toMatchObject({ code: 'policy.bundle_stale', message: expect.stringMatching(/silent for 2\d s/) as string });
    expect(refusals(bed)).toEqual(['policy.bundle_stale']);
    answer?.();
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect((await bed.fold(childIdOf(execution_id, 'spawn', 1))).status).toBe('completed');
    bed.smartCity.publish('runtime.bundle.current', {}, { version: 1, hash: 'a'.repeat(64), at: '2026-01-01T00:00:00.000Z' });
    await bed.turns();
    expect((await bed.submit(session)).status).toBe('running');
  });

  it('Smart City on an older version than is held here - confirms nothing', async () => {
    const bed = new RuntimeBed({ bundleStaleMs: STALE_MS });
    await bed.govern([capability], 2);
    await bed.runtime();
    const session = await bed.session();
    bed.clock.advance(STALE_MS - 5000);
    bed.smartCity.publish('runtime.bundle.current', {}, { version: 1, hash: 'a'.repeat(64), at: '2026-01-01T00:00:00.000Z' });
    await bed.turns();
    bed.clock.advance(6000);
    await expect(bed.submit(session)).rejects.toMatchObject({ code: 'policy.bundle_stale' });
  });
});
