import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, type Json } from '@symphainy/kernel';
import { chainProblems, decodeBody, foldFrames, foldSession, foldStored, frameHash, GENESIS, hasEnded, viewOf } from './index.js';

interface History {
  readonly name: string;
  readonly tenant_id: string;
  readonly stream_id: string;
  readonly kind: 'execution' | 'session';
  readonly frames: readonly { readonly seq: number; readonly at: string; readonly hash: string; readonly body: string }[];
  readonly view?: Json;
}

/** Each folder holds what the log held when its grammar was current, written by tools/chaos/src/record-histories.ts from real runs. */
const folder = join(__dirname, 'fixtures');
const histories = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as History] as const);

const framesOf = (history: History) =>
  history.frames.map(({ seq, at, hash, body }) => ({ tenantId: history.tenant_id, streamId: history.stream_id, kind: history.kind, seq, at, hash: new Uint8Array(Buffer.from(hash, 'hex')), body: new Uint8Array(Buffer.from(body)) }));

interface View {
  readonly status: string;
  readonly steps: readonly { readonly status: string }[];
}

/** Where views were changed on purpose since: a step that was under way when its execution was cancelled is told as abandoned now, no longer as running. */
const retold = (view: View): View => ({ ...view, steps: view.steps.map((step) => (view.status === 'cancelled' && step.status === 'running' ? { ...step, status: 'abandoned' } : step)) });

/** What each history of the second folder was recorded for. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  adopted_from_parked: ['adopted', 'signal_received', 'execution_completed'],
  agent: ['agent_output'],
  asked: ['step_completed', 'execution_completed'],
  branches: ['timer_set', 'timer_fired', 'execution_completed'],
  breaks_retried: ['step_failed', 'execution_failed', 'reopened', 'execution_completed'],
  child_cancelled: ['cancel_requested', 'execution_cancelled'],
  compensation_skipped: ['compensation_completed', 'compensation_failed', 'compensation_skipped', 'execution_failed'],
  continued_from: ['reopened', 'signal_received', 'execution_completed'],
  deadline_enforced: ['deadline_missed', 'execution_failed'],
  deadline_observed: ['deadline_missed', 'execution_completed'],
  effect_approved: ['effect_previewed', 'approval_requested', 'effect_approved', 'effect_intended', 'effect_completed'],
  effect_unknown_did_not_happen: ['effect_unknown', 'effect_resolved', 'effect_completed'],
  effect_unknown_happened: ['effect_unknown', 'effect_resolved', 'execution_completed'],
  map: ['chunk_completed', 'execution_completed'],
  map_breaks_retried: ['chunk_completed', 'execution_failed', 'reopened', 'execution_completed'],
  operation: ['operation_applied'],
  operation_in_bulk: ['operation_applied'],
  parent_cancelled: ['child_accepted', 'execution_cancelled'],
  paused_resumed: ['paused', 'resumed', 'execution_completed'],
  schedule: ['schedule_fired', 'operation_applied', 'execution_completed'],
  sleeper: ['timer_set', 'adopted', 'timer_fired'],
  signalled_early: ['signal_received', 'step_completed', 'execution_completed'],
  terminated: ['execution_terminated'],
  timer: ['timer_set', 'timer_fired'],
  undone: ['effect_completed', 'compensation_started', 'compensation_completed', 'execution_failed'],
};

describe('recorded histories', () => {
  it('a fixture that went missing - every kind of execution of the spine is still here', () => {
    const kinds = ['adopted', 'cancelled', 'child', 'completed', 'denied', 'failed', 'governance', 'hydrated', 'parent', 'rejected', 'retried', 'session', 'signalled', 'upload'];
    expect(histories.map(([file]) => file).filter((file) => file.startsWith('spine'))).toEqual(kinds.map((kind) => join('spine', `${kind}.json`)));
  });

  it.each(Object.entries(KINDS))('%s - is here, and holds the records that it was recorded for', (kind, types) => {
    const history = new Map(histories).get(join('kinds', `${kind}.json`));
    const held = new Set(history === undefined ? [] : framesOf(history).flatMap(({ body }) => decodeBody(body).map(({ type }) => type as string)));
    expect(types.filter((type) => !held.has(type))).toEqual([]);
  });

  it.each(histories)('%s - its bytes are chained and canonical as they were', (_, history) => {
    expect(chainProblems(framesOf(history))).toEqual([]);
  });

  it.each(histories.filter(([, { kind }]) => kind === 'execution'))('%s - today’s code folds it to what it was then', (_, history) => {
    const state = foldStored(framesOf(history))!;
    expect(hasEnded(state)).toBe(true);
    // What the view has gained since is no difference; what it told then, it still tells.
    expect(JSON.parse(JSON.stringify(viewOf(state)))).toMatchObject(retold(history.view as unknown as View));
  });

  it.each(histories.filter(([, { kind }]) => kind === 'session'))('%s - the session folds', (_, history) => {
    const folded = framesOf(history).map(({ seq, hash, body }) => ({ seq, hash, records: decodeBody(body) }));
    expect(() => foldSession(folded)).not.toThrow();
  });

  it.each(histories)('%s - a changed word in any frame is found', (_, history) => {
    framesOf(history).forEach((frame, index, all) => {
      const forged = { ...frame, body: new Uint8Array(Buffer.from(canonicalJson({ ...(JSON.parse(Buffer.from(frame.body).toString()) as { records: Json }), added: true }))) };
      expect(chainProblems(all.with(index, forged))).not.toEqual([]);
      expect(frameHash(index === 0 ? GENESIS : all[index - 1]!.hash, forged, forged.body)).not.toEqual(frame.hash);
    });
  });

  it.each(histories.filter(([, { kind }]) => kind === 'execution'))('%s - is folded without a change to its records, which others fold too', (_file, history) => {
    const frames = framesOf(history).map(({ seq, hash, body }) => ({ seq, hash, records: frozen(decodeBody(body)) }));
    expect(() => foldFrames(frames)).not.toThrow();
  });
});

/** Nothing of it can be changed: in strict code, whoever tries throws. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
