import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from './harness/api.js';
import { startMigrationStack, type TestPlatform } from './harness/platform.js';

interface WalRecord {
  readonly type: string;
  readonly step?: string;
  readonly chunk?: number;
  readonly by?: { readonly user_id: string };
}
interface View {
  readonly execution_id: string;
  readonly status: string;
  readonly steps: readonly { readonly name: string; readonly status: string; readonly items?: { readonly total: number; readonly succeeded: number; readonly dead: number } }[];
}

const POLICIES = 200;

describe('a saga of every kind, in real processes', () => {
  let platform: TestPlatform;
  let alice: Api;
  let bob: Api;
  let session: string;

  beforeAll(async () => {
    platform = await startMigrationStack({ runtimes: 2 });
    alice = platform.as('alice');
    bob = platform.as('bob');
    session = await bob.createSession();
  }, 180_000);

  afterAll(async () => {
    await platform.stop();
  }, 120_000);

  async function recordsOf(id: string): Promise<WalRecord[]> {
    const records: WalRecord[] = [];
    for (let from = 0; ; ) {
      const { status, body } = await bob.get<{ frames: { seq: number; records: WalRecord[] }[]; next_seq: number }>(`/v1/executions/${id}/records?from_seq=${from}`);
      if (status !== 200) return pause(200).then(() => recordsOf(id));
      records.push(...body.frames.flatMap((frame) => frame.records));
      if (body.frames.length === 0) return records;
      from = body.next_seq;
    }
  }

  const count = async (id: string, type: string): Promise<number> => (await recordsOf(id)).filter((record) => record.type === type).length;

  /** Looks until the log says so; a look costs nothing but time. */
  async function until(what: () => Promise<boolean>): Promise<void> {
    while (!(await what())) await pause(20);
  }

  /** Kills every runtime, and starts them again: what they owned is adopted by whoever is first. */
  async function killRuntimes(): Promise<void> {
    const { stack } = platform;
    for (const name of ['runtime', 'runtime-2']) await stack!.kill(name);
    for (const name of ['runtime', 'runtime-2']) await stack!.start(name);
  }

  async function approve(id: string): Promise<void> {
    await until(async () => (await count(id, 'approval_requested')) === 1);
    const own = await bob.post<{ code: string }>(`/v1/executions/${id}/steps/book/approval`, { approved: true });
    expect(own.body.code).toBe('policy.denied');
    const { status } = await alice.post(`/v1/executions/${id}/steps/book/approval`, { approved: true, reason: 'the totals agree' });
    expect(status).toBe(200);
  }

  const submit = async (fail_at_last: boolean): Promise<string> =>
    (await bob.post<{ execution_id: string }>('/v1/intents', { intent_type: 'migration.move', session_id: session, payload: { policies: POLICIES, fail_at_last } })).body.execution_id;

  const linesOf = async (file: string): Promise<string[]> => (await readFile(join(platform.dataDir, file), 'utf8')).split('\n').filter((line) => line !== '');

  it('kill -9 of all runtimes in the middle of a map - every policy is accounted for, and the one approved booking is made', async () => {
    const id = await submit(false);
    await until(async () => (await count(id, 'chunk_completed')) >= 3);
    await killRuntimes();
    await platform.stack!.kill('realm-bench');
    await platform.stack!.start('realm-bench');
    await approve(id);
    const view = await bob.ended<View>(id);
    expect(view.status).toBe('completed');
    expect(view.steps.find((step) => step.name === 'move')?.items).toMatchObject({ total: POLICIES, succeeded: POLICIES - 1, dead: 1 });
    expect(view.steps.every((step) => step.status === 'completed')).toBe(true);
    const records = await recordsOf(id);
    const finished = records.filter((record) => record.type === 'chunk_completed').map((record) => record.chunk);
    expect(new Set(finished).size).toBe(POLICIES / 10);
    expect(records.filter((record) => record.type === 'reference_hydrated').length).toBeLessThan(POLICIES / 10);
    expect(records.find((record) => record.type === 'effect_approved')?.by?.user_id).toBe('alice');
    expect(new Set(await linesOf('books.txt')).size).toBe(1);
    expect(new Set((await linesOf('moves.txt')).filter((line) => line.startsWith('moved'))).size).toBe(POLICIES - 1);
  }, 120_000);

  it('kill -9 of all runtimes while it is undone - the booking and every moved policy are taken back, last first', async () => {
    const id = await submit(true);
    await approve(id);
    await until(async () => (await count(id, 'chunk_compensated')) >= 2);
    await killRuntimes();
    const view = await bob.ended<View>(id);
    expect(view.status).toBe('failed');
    const records = await recordsOf(id);
    const undone = records.flatMap((record) => (record.type === 'chunk_compensated' ? [record.chunk] : []));
    expect(undone).toEqual(Array.from({ length: POLICIES / 10 }, (_, i) => POLICIES / 10 - 1 - i));
    expect(records.filter((record) => record.type === 'compensation_completed').map((record) => record.step)).toEqual(['book', 'move']);
    expect((await linesOf('books.txt')).filter((line) => line.endsWith('reversed')).length).toBeGreaterThanOrEqual(1);
    expect(new Set((await linesOf('moves.txt')).filter((line) => line.startsWith('taken back'))).size).toBe(POLICIES - 1);
  }, 120_000);
});
