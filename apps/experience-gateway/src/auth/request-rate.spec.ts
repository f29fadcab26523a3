import type { PlatformError } from '@symphainy/kernel';
import { ManualClock } from '@symphainy/kernel/testing';
import { RequestRate } from './request-rate.js';

type Rate = { max_per_s?: number; max_per_s_per_caller?: number };

function bench(rate: Rate, gateways = 1) {
  const clock = new ManualClock();
  const keys = { gateways, current: { version: 1, apiKeys: new Map(), issuers: new Map(), requests: new Map([['acme', rate]]) } };
  const limiter = new RequestRate({ clock }, keys as never);
  /** The milliseconds to wait; 0: let in. */
  const ask = (user_id = 'alice', tenant_id = 'acme'): number => {
    try {
      limiter.take({ tenant_id, user_id, roles: [], auth: 'api_key' });
      return 0;
    } catch (error) {
      const { code, retry } = error as PlatformError;
      return code === 'request.rate_limited' && retry.mode === 'retryable' ? (retry.after_ms ?? -1) : -1;
    }
  };
  return { clock, keys, ask };
}

describe('the rate of requests', () => {
  it('a tenant over its rate - is told when the next is let in, and is; another tenant, and one without a rate, never waits', () => {
    const { clock, ask } = bench({ max_per_s: 4 });
    expect(Array.from({ length: 6 }, () => ask())).toEqual([0, 0, 0, 0, 250, 250]);
    expect(Array.from({ length: 20 }, () => ask('gina', 'globex')).some((wait) => wait > 0)).toBe(false);
    clock.advance(250);
    expect([ask('bob'), ask('bob')]).toEqual([0, 250]);
  });

  it('one caller over its own rate - takes nothing of what is left to the others', () => {
    const { ask } = bench({ max_per_s: 3, max_per_s_per_caller: 2 });
    expect([ask(), ask(), ask(), ask(), ask('bob'), ask('carol')]).toEqual([0, 0, 500, 500, 0, 334]);
  });

  it('several gateways - let in what one would, together; a rate below one a second lets one in', () => {
    const { ask } = bench({ max_per_s: 4 }, 4);
    expect([ask(), ask()]).toEqual([0, 1000]);
    const slow = bench({ max_per_s: 0.1 });
    expect([slow.ask(), slow.ask()]).toEqual([0, 10_000]);
  });

  it('many callers - are not all remembered for ever', () => {
    const { ask } = bench({ max_per_s_per_caller: 1 });
    for (let n = 0; n < 20_001; n++) ask(`user-${n}`);
    expect([ask('user-0'), ask('user-20000')]).toEqual([0, 1000]);
  });
});
