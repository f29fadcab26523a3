import type { Caller } from '@symphainy/contracts';
import { ManualClock } from '@symphainy/kernel/testing';
import { DailyQuotas } from './daily-quotas.js';

const HOUR = 3_600_000;
const caller: Caller = { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' };

/** Runtimes over one log of acceptances. */
class Log {
  readonly clock = new ManualClock();
  readonly accepted: number[] = [];
  readonly recorded: string[] = [];
  counts = 0;

  constructor(private readonly quota: { executions: number; time_zone: string } | undefined, private readonly runtimes = 1) {}

  runtime(): DailyQuotas {
    return new DailyQuotas({
      clock: this.clock, runtimes: () => this.runtimes, quotaOf: () => this.quota,
      acceptedSince: (_, from) => Promise.resolve(this.accepted.filter((at) => at >= from).length).finally(() => this.counts++),
      refuse: (_, what, error) => Promise.resolve(error).finally(() => this.recorded.push(what)),
    });
  }

  submit(at: DailyQuotas, { intent = 'content.ingest', isNew = true, fails = false } = {}): Promise<string> {
    const accept = (): Promise<boolean> => (fails ? Promise.reject(new Error('no')) : Promise.resolve(isNew).finally(() => isNew && void this.accepted.push(this.clock.now())));
    return at.through(caller, intent, accept, (outcome) => outcome).then(({ standing }) => `${standing?.remaining ?? 'free'}`, (error: { code?: string; message: string }) => error.code ?? error.message);
  }
}

const several = async <T>(count: number, work: () => Promise<T>): Promise<T[]> => {
  const done: T[] = [];
  for (let i = 0; i < count; i++) done.push(await work());
  return done;
};

describe('a day’s quota', () => {
  it('a tenant without one - is neither counted nor told of any', async () => {
    const log = new Log(undefined);
    expect([await log.submit(log.runtime()), log.counts]).toEqual(['free', 0]);
  });

  it('spent - refuses until the tenant’s own midnight, telling how long that is, and begins again there', async () => {
    const log = new Log({ executions: 3, time_zone: 'Europe/Berlin' });
    log.clock.advance(Date.parse('2026-03-29T10:00:00Z') - log.clock.now());
    const runtime = log.runtime();
    expect(await several(4, () => log.submit(runtime))).toEqual(['2', '1', '0', 'tenant.quota_spent']);
    await expect(runtime.through(caller, 'content.ingest', () => Promise.resolve(true), Boolean)).rejects.toMatchObject({ retry: { mode: 'retryable', after_ms: 12 * HOUR }, details: { limit: 3, remaining: 0, reset_s: 12 * 3600 } });
    log.clock.advance(12 * HOUR);
    expect(await log.submit(runtime)).toBe('2');
  });

  it('what was there already, failed, or governs - takes nothing', async () => {
    const log = new Log({ executions: 1, time_zone: 'UTC' });
    const runtime = log.runtime();
    expect(await log.submit(runtime, { isNew: false })).toBe('1');
    expect(await log.submit(runtime, { fails: true })).toBe('no');
    expect(await log.submit(runtime)).toBe('0');
    expect([await log.submit(runtime, { intent: 'governance.set_traffic' }), await log.submit(runtime)]).toEqual(['free', 'tenant.quota_spent']);
  });

  it('a restart - forgets nothing, for the log counts', async () => {
    const log = new Log({ executions: 2, time_zone: 'UTC' });
    await several(2, () => log.submit(log.runtime()));
    expect(await log.submit(log.runtime())).toBe('tenant.quota_spent');
  });

  it('a flood at once - passes no more than the quota, counted once', async () => {
    const log = new Log({ executions: 5, time_zone: 'UTC' });
    const runtime = log.runtime();
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => log.submit(runtime)));
    expect([log.accepted.length, outcomes.filter((outcome) => outcome === 'tenant.quota_spent').length, log.counts]).toEqual([5, 45, 1]);
  });

  it('several runtimes - share what is left, and pass it by one each at most', async () => {
    const log = new Log({ executions: 10, time_zone: 'UTC' }, 3);
    const runtimes = [log.runtime(), log.runtime(), log.runtime()];
    for (let round = 0; round < 30; round++) {
      for (const runtime of runtimes) await log.submit(runtime);
      log.clock.advance(1_000);
    }
    expect(log.accepted.length).toBeGreaterThanOrEqual(10);
    expect(log.accepted.length).toBeLessThanOrEqual(12);
  });

  it('refusals - are recorded: the first at once, then one a minute with how many there were', async () => {
    const log = new Log({ executions: 1, time_zone: 'UTC' });
    const runtime = log.runtime();
    await several(6, () => log.submit(runtime));
    log.clock.advance(60_000);
    await log.submit(runtime);
    expect(log.recorded).toEqual(['submit content.ingest', '5 refusals, the last: submit content.ingest']);
  });
});
