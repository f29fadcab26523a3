import { ManualClock } from '@symphainy/kernel/testing';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { GovernanceInForce } from './governance-in-force.js';

const ask = { caller: { tenant_id: 'platform', user_id: 'root', roles: [], auth: 'api_key' as const }, execution_id: '019b0000-0000-7000-8000-000000000001', wait_ms: 1000 };
const notice = (applied: number, ...behind: string[]): Parameters<GovernanceInForce['heard']>[0] => ({ version: 2, hash: 'a'.repeat(64), at: '2026-01-01T00:00:00.000Z', applied: { w: applied }, behind });

function bed(): { inForce: GovernanceInForce; clock: ManualClock; alive: Set<string> } {
  const clock = new ManualClock();
  const alive = new Set(['r1']);
  const reader = { readStream: () => Promise.resolve([{ writer: 'w', n: 7 } as StoredFrame]) } as never;
  const bundles = { current: { version: 2, hash: 'h' } } as never;
  return { inForce: new GovernanceInForce({ reader, leases: { isAlive: (writer) => Promise.resolve(alive.has(writer)) }, bundles, clock }), clock, alive };
}

/** Whether it is settled after all that can happen without time passing. */
async function settled(answer: Promise<{ in_force: boolean }>): Promise<boolean | undefined> {
  let found: boolean | undefined;
  void answer.then(({ in_force }) => (found = in_force));
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  return found;
}

describe('GovernanceInForce', () => {
  it('a change - is in force when its record is applied and nobody is behind, not before', async () => {
    const { inForce } = bed();
    const answer = inForce.await(ask);
    inForce.heard(notice(6));
    expect(await settled(answer)).toBeUndefined();
    inForce.heard(notice(7, 'r1'));
    expect(await settled(answer)).toBeUndefined();
    inForce.heard(notice(7));
    expect(await settled(answer)).toBe(true);
  });

  it('a runtime that lost its lease - is waited for no longer', async () => {
    const { inForce, clock, alive } = bed();
    inForce.heard(notice(7, 'r1'));
    const answer = inForce.await(ask);
    expect(await settled(answer)).toBeUndefined();
    alive.clear();
    clock.advance(100);
    expect(await settled(answer)).toBe(true);
  });

  it('a gateway that verifies callers by older keys - is waited for', async () => {
    const { inForce } = bed();
    const answer = inForce.await(ask);
    inForce.heard({ ...notice(7), gateways_behind: ['g1'] });
    expect(await settled(answer)).toBeUndefined();
    inForce.heard({ ...notice(7), gateways_behind: [] });
    expect(await settled(answer)).toBe(true);
  });

  it('no word in time - is told as not in force', async () => {
    const { inForce, clock } = bed();
    const answer = inForce.await({ ...ask, wait_ms: 250 });
    for (let passed = 0; passed < 4; passed++) {
      await settled(answer);
      clock.advance(100);
    }
    expect(await settled(answer)).toBe(false);
  });
});
