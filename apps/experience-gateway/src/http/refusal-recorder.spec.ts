import { failure, type Caller, type ErrorCode } from '@symphainy/contracts';
import { silentLogger } from '@symphainy/kernel';
import { ManualClock } from '@symphainy/kernel/testing';
import type { ServiceHost } from '@symphainy/service-host';
import { RefusalRecorder } from './refusal-recorder.js';

interface Recorded {
  readonly code: string;
  readonly tenant_id?: string;
  readonly count?: number;
}

function recorder(): { readonly clock: ManualClock; readonly recorded: Recorded[]; readonly refuse: (times: number, tenant?: string, code?: ErrorCode) => void } {
  const clock = new ManualClock();
  const recorded: Recorded[] = [];
  const host = { clock, logger: silentLogger, metrics: { counter: () => ({ add: () => undefined }) }, channels: { publish: (_subject: string, _place: object, refusal: Recorded) => void recorded.push(refusal) } };
  const recording = new RefusalRecorder(host as unknown as ServiceHost);
  const callerOf = (tenant_id: string): Caller => ({ tenant_id, user_id: 'ada', roles: [], auth: 'api_key' });
  const refuse = (times: number, tenant?: string, code: ErrorCode = 'auth.missing'): void => {
    for (let i = 0; i < times; i++) recording.note({ error: failure(code), route: 'GET /v1/me', correlationId: `c-${i}`, caller: tenant === undefined ? undefined : callerOf(tenant) });
  };
  return { clock, recorded, refuse };
}

describe('recorded refusals', () => {
  it('a flood - is a burst one by one, then one record a second that says how many, and none is lost', () => {
    const { clock, recorded, refuse } = recorder();
    refuse(200);
    expect(recorded).toHaveLength(50);
    clock.advance(1000);
    expect(recorded.slice(50)).toMatchObject([{ count: 150 }]);
    refuse(21);
    expect(recorded.slice(51)).toHaveLength(20);
    clock.advance(1000);
    expect(recorded.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(221);
  });

  it('a flood of one tenant, or of nobody known - hides nothing of another', () => {
    const { recorded, refuse } = recorder();
    refuse(100, 'loud');
    refuse(100);
    refuse(1, 'acme');
    expect(recorded.filter(({ tenant_id }) => tenant_id === 'acme')).toHaveLength(1);
    expect(recorded).toHaveLength(101);
  });

  it.each(['tenant.overloaded', 'runtime.overloaded', 'capability.overloaded', 'request.rate_limited'] as const)('%s, in floods - is recorded and counted, and hides no other refusal of its tenant', (code) => {
    const { clock, recorded, refuse } = recorder();
    refuse(10_000, 'acme', code);
    refuse(1, 'acme', 'auth.revoked');
    clock.advance(1000);
    expect(recorded.filter((one) => one.code === 'auth.revoked')).toHaveLength(1);
    const pressed = recorded.filter((one) => one.code === code);
    expect([pressed.length, pressed.reduce((sum, { count = 1 }) => sum + count, 0)]).toEqual([51, 10_000]);
  });

  it('a refusal that the Runtime decided and recorded - is not recorded once more', () => {
    const { recorded, refuse } = recorder();
    refuse(1, 'acme', 'policy.denied');
    expect(recorded).toEqual([]);
  });
});
