import { randomUUID } from 'node:crypto';
import type { Api } from './harness/api.js';
import { startBenchStack, type TestPlatform } from './harness/platform.js';

describe('outages', () => {
  let platform: TestPlatform;
  let api: Api;
  let session: string;

  beforeAll(async () => {
    platform = await startBenchStack({ runtimes: 1 });
    api = platform.as('alice');
    session = await api.createSession();
  }, 120_000);

  afterAll(async () => {
    await platform.stop();
  }, 60_000);

  const submission = (intentId?: string): Record<string, unknown> => ({ intent_type: 'bench.three_steps', session_id: session, payload: { data: randomUUID() }, ...(intentId === undefined ? {} : { intent_id: intentId }) });

  /** Submits as callers do: a retryable refusal is tried again. */
  async function accepted(): Promise<string> {
    for (;;) {
      const answer = await api.post<{ execution_id: string; code?: string }>('/v1/intents', submission()).catch(() => undefined);
      if (answer?.status === 202) return answer.body.execution_id;
      expect([429, 500, 503, 504]).toContain(answer?.status ?? 503);
    }
  }

  it('a realm that is down - executions wait for it and finish when it is back; others are served', async () => {
    await platform.stack!.kill('realm-bench');
    const id = await accepted();
    const read = await api.get<{ status: string }>(`/v1/executions/${id}`);
    expect([read.status, read.body.status]).toEqual([200, 'running']);
    await platform.stack!.start('realm-bench');
    expect((await api.ended(id)).status).toBe('completed');
  }, 60_000);

  it('Redis gone - nothing depends on it: executions complete and state is read from the log', async () => {
    await platform.stack!.stopRedis();
    const id = await accepted();
    expect((await api.ended(id)).status).toBe('completed');
    const state = await api.get<{ execution: { status: string }; source: string }>(`/v1/state/${id}`);
    expect([state.status, state.body.execution.status, state.body.source]).toEqual([200, 'completed', 'log']);
    await platform.stack!.startRedis();
  }, 60_000);

  it('Postgres restarted under load - every accepted execution completes', async () => {
    const ids: string[] = [];
    const load = Array.from({ length: 16 }, async () => {
      for (let i = 0; i < 20; i++) ids.push(await accepted());
    });
    await platform.stack!.restartPostgres();
    await Promise.all(load);
    const ends = await Promise.all(ids.map((id) => api.ended(id)));
    expect([ends.length, ends.filter((e) => e.status !== 'completed')]).toEqual([320, []]);
    const report = await api.get<{ valid: boolean }>(`/v1/sessions/${session}/validation`);
    expect(report.body.valid).toBe(true);
  }, 120_000);

  it('NATS restarted - requests fail with a retryable code at worst, and work goes on', async () => {
    const before = await accepted();
    await platform.stack!.restartNats();
    expect((await api.ended(before)).status).toBe('completed');
    expect((await api.ended(await accepted())).status).toBe('completed');
  }, 60_000);
});
