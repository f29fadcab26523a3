import { tenant, type Tenant } from '@symphainy/contracts';
import { silentLogger } from '@symphainy/kernel';
import { countingIds, ManualClock } from '@symphainy/kernel/testing';
import { Healer } from './healer.js';
import type { Finding, Recommendation } from './nurse.schema.js';
import type { NurseStore } from './nurse-store.js';

const finding: Finding = { key: 'acme/e/execution_failed', tenant_id: 'acme', kind: 'execution_failed', subject: '019b0000-0000-7000-8000-000000000001', since: '2026-01-01T00:00:00.000Z', detail: {}, advice: 'retry it', operation: 'retry' };

/** What Nurse does about a finding, look after look. */
async function looked(mode: Tenant['switches']['auto_healing'], looks = 1): Promise<{ done: string[]; concluded: unknown[] }> {
  const clock = new ManualClock();
  const [done, concluded, made]: [string[], unknown[], Recommendation[]] = [[], [], []];
  const store = {
    unrecorded: () => Promise.resolve([]),
    recommended: () => Promise.resolve({ times: made.length, lastMs: clock.now() }),
    recommend: (one: Recommendation) => Promise.resolve(made.push(one) > 0),
    concluded: (_id: string, ...said: unknown[]) => Promise.resolve(void concluded.push(said)),
  } as unknown as NurseStore;
  const healer = new Healer({
    store, clock, ids: countingIds(), logger: silentLogger,
    tenant: (tenant_id) => tenant.parse({ tenant_id, name: 'Acme', status: 'active', switches: { auto_healing: mode } }),
    record: (intent, { mode: as }) => Promise.resolve(done.push(`${intent}${as === undefined ? '' : ` ${as as string}`}`)),
    operate: (tenantId, operation) => Promise.resolve((done.push(`${tenantId} runtime.${operation}`), 'operation-1')),
  });
  for (let i = 0; i < looks; i++) await healer.heal([finding]);
  return { done, concluded };
}

describe('the switch auto_healing', () => {
  it.each<[Tenant['switches']['auto_healing'], string[], unknown[]]>([
    ['off', [], []],
    ['observe', ['governance.recommend observe'], [['recommended', undefined]]],
    ['enforce', ['governance.recommend enforce', 'acme runtime.retry', 'governance.report_healing'], [['done', 'operation-1']]],
  ])('%s - does what it says and no more', async (mode, done, concluded) => {
    expect(await looked(mode)).toEqual({ done, concluded });
  });

  it('a matter that stands - is not recommended for at every look', async () => {
    expect((await looked('observe', 5)).done).toEqual(['governance.recommend observe']);
  });
});
