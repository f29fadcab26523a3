import { randomUUID } from 'node:crypto';
import { uuidV7Source } from '@symphainy/kernel';
import type { Api } from './harness/api.js';
import { startBenchStack, type TestPlatform } from './harness/platform.js';

const EXECUTIONS = 2000;
const KILLS = 20;
const IN_FLIGHT = 32;
const VICTIMS = ['runtime', 'realm-bench', 'runtime-2', 'realm-bench'] as const;

interface Report {
  valid: boolean;
  reports: { stream_id: string; valid: boolean; checks: { problems: string[] }[] }[];
}

describe('kill -9', () => {
  let platform: TestPlatform;
  let api: Api;
  let over = false;

  beforeAll(async () => {
    platform = await startBenchStack({ runtimes: 2 });
    api = platform.as('alice');
  }, 120_000);

  afterAll(async () => {
    over = true;
    await platform.stop();
  }, 60_000);

  it('runtimes and realms - nothing accepted is lost, no step is completed twice, every chain holds', async () => {
    const ids = uuidV7Source(() => Date.now());
    const session = await api.createSession();
    const wanted = Array.from({ length: EXECUTIONS }, () => ids.next());
    let ended = 0;
    let planned = 0;
    let kills: Promise<void> = Promise.resolve();
    const lanes = Array.from({ length: IN_FLIGHT }, async (_, lane) => {
      for (let i = lane; i < wanted.length; i += IN_FLIGHT) {
        await untilEnded(wanted[i]!);
        ended++;
        if (ended >= ((planned + 0.5) * EXECUTIONS) / KILLS) planNextKill();
      }
    });
    await Promise.all(lanes);
    await kills;
    expect(planned).toBe(KILLS);

    const report = (await api.get<Report>(`/v1/sessions/${session}/validation`)).body;
    const broken = report.reports.filter((r) => !r.valid);
    expect([report.valid, broken]).toEqual([true, []]);
    expect(report.reports.filter((r) => r.stream_id !== session)).toHaveLength(EXECUTIONS);
    const twice: string[] = [];
    for (const id of wanted) {
      const { body } = await api.get<{ frames: { records: { type: string; step?: string }[] }[] }>(`/v1/executions/${id}/records`);
      const completed = body.frames.flatMap((f) => f.records.filter((r) => r.type === 'step_completed').map((r) => r.step));
      if (completed.join() !== 'parse,embed,record') twice.push(`${id}: ${completed.join()}`);
    }
    expect(twice).toEqual([]);

    /** Submits under one intent id until the platform says it has ended: a caller who never gives up. */
    async function untilEnded(intentId: string): Promise<void> {
      const payload = { data: randomUUID() };
      while (!over) {
        const answer = await api
          .post<{ success?: boolean; status?: string }>('/v1/intents', { intent_id: intentId, intent_type: 'bench.three_steps', session_id: session, payload }, { prefer: 'wait=10' })
          .catch(() => undefined);
        if (answer?.status === 200 && answer.body.success === true) return;
        if (answer !== undefined && answer.status !== 202 && answer.status < 500 && answer.status !== 429) throw new Error(`refused: ${answer.status} ${JSON.stringify(answer.body)}`);
      }
    }

    /** Each time another twentieth of the work is done, a runtime or a realm is killed and started again. */
    function planNextKill(): void {
      const victim = VICTIMS[planned++ % VICTIMS.length]!;
      kills = kills.then(async () => {
        await platform.stack!.kill(victim);
        await platform.stack!.start(victim);
      });
    }
  }, 600_000);
});
