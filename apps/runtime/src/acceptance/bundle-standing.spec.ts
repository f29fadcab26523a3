/** What a runtime accepts when its bundle is missing, does not verify, or has not been confirmed for too long; and what goes on all the same. */
import { signedBundle, type ErrorCode, type OfferedBundle, type SignedBundle } from '@symphainy/contracts';
import { childIdOf, decodeBody } from '@symphainy/execution';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { readSigningKey, signBundle } from '@symphainy/governance';
import { RuntimeBed } from '../testing/runtime-bed.js';

const SESSION = '019b0000-0000-7000-8000-0000000000bb';
const STALE_MS = 20_000;
const capability = sampleCapability(sampleSaga('one'));
const child = sampleCapability({ ...sampleSaga('one'), name: 'sample.part' });
const parent = sampleCapability(sampleSaga('one', { name: 'spawn', kind: 'child', intent_type: 'sample.part' }), { children: ['sample.part'] });

const refusals = (bed: RuntimeBed): string[] => bed.log.all().filter((f) => f.kind === 'audit').flatMap((f) => decodeBody(f.body)).flatMap((r) => (r.type === 'access_refused' ? [r.error.code] : []));

describe('a runtime’s bundle', () => {
  it('none at all - nothing starts, and the refusal is recorded', async () => {
    const bed = new RuntimeBed();
    await bed.runtime();
    await expect(bed.submit(SESSION)).rejects.toMatchObject({ code: 'policy.no_bundle', retry: { mode: 'retryable' } });
    expect(refusals(bed)).toEqual(['policy.no_bundle']);
  });

  /** What becomes of a bundle that is no good, pushed and found in the archive: which code refuses, and what stands in the platform's audit stream. */
  const forged: [string, (genuine: SignedBundle) => OfferedBundle, ErrorCode][] = [
    ['that a stranger signed', ({ bundle }) => signBundle({ ...bundle, version: 9 }, readSigningKey(Buffer.alloc(32, 66).toString('base64url'))), 'policy.bundle_untrusted'],
    ['that was changed after it was signed', (genuine) => ({ ...genuine, hash: 'b'.repeat(64), bundle: { ...genuine.bundle, version: 9, policies: [] } }), 'policy.bundle_tampered'],
    ['of a form that is not known here', (genuine) => ({ ...genuine, hash: 'b'.repeat(64), bundle: { ...genuine.bundle, version: 9, schema_version: 99, tenants: 'told otherwise' } }), 'policy.bundle_unsupported'],
    ['that does not fit its form', (genuine) => ({ ...genuine, hash: 'b'.repeat(64), bundle: { ...genuine.bundle, version: 9, tenants: 'told otherwise' } }), 'policy.bundle_invalid'],
  ];

  it.each(forged)('one %s - nothing starts by it, whether it is pushed or lies in the archive; the reason is said, and recorded once', async (_what, forge, code) => {
    const maker = new RuntimeBed();
    await maker.govern([capability]);
    const bad = forge(signedBundle.parse(JSON.parse((await maker.kept()) ?? '')));
    const bed = new RuntimeBed();
    await bed.runtime();
    for (let i = 0; i < 2; i++) bed.smartCity.publish('runtime.bundle.push', {}, bad);
    await bed.turns();
    expect(refusals(bed)).toEqual([code]);
    await expect(bed.submit(SESSION)).rejects.toMatchObject({ code });
    const other = new RuntimeBed();
    await other.keep(bad as SignedBundle);
    await other.runtime();
    await expect(other.submit(SESSION)).rejects.toMatchObject({ code });
  });

  it.each(forged)('one %s - changes nothing where another is in force: what runs goes on to its end, and new work starts by that', async (_what, forge, code) => {
    const bed = new RuntimeBed();
    await bed.govern([capability]);
    await bed.runtime();
    let answer: (() => void) | undefined;
    bed.realm('sample', async ({ attempt }) => {
      if (answer === undefined) await new Promise<void>((resolve) => (answer = resolve));
      return { output: { did: attempt.step } };
    });
    const session = await bed.session();
    const { execution_id } = await bed.submit(session);
    await bed.until(() => answer !== undefined);
    bed.smartCity.publish('runtime.bundle.push', {}, forge(signedBundle.parse(JSON.parse((await bed.kept()) ?? ''))));
    await bed.turns();
    expect(refusals(bed)).toEqual([code]);
    answer?.();
    expect((await bed.ended(execution_id)).status).toBe('completed');
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

  it('the word that a version is current comes while that version is being taken - it is not fetched once more; a later one is', async () => {
    const maker = new RuntimeBed();
    await maker.govern([capability], 7);
    const pushed = signedBundle.parse(JSON.parse((await maker.kept()) ?? ''));
    const bed = new RuntimeBed();
    let fetched = 0;
    bed.smartCity.serve('smart-city.register.{service}.{realm}', {}, () => Promise.resolve({ ...(fetched++ === 0 ? {} : { bundle: pushed }) }));
    await bed.runtime();
    await bed.turns();
    bed.smartCity.publish('runtime.bundle.push', {}, pushed);
    bed.smartCity.publish('runtime.bundle.current', {}, { version: 7, hash: pushed.hash, at: '2026-01-01T00:00:00.000Z' });
    await bed.turns();
    expect((await bed.submit(await bed.session())).status).toBe('running');
    expect(fetched).toBe(1);
    bed.smartCity.publish('runtime.bundle.current', {}, { version: 8, hash: pushed.hash, at: '2026-01-01T00:00:00.000Z' });
    await bed.turns();
    expect(fetched).toBe(2);
  });
});
