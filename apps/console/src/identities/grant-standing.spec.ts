import type { Grant } from '@symphainy/contracts';
import { grantOrder, grantStanding, scopeOfGrant } from './grant-standing.js';

const NOW = Date.parse('2026-03-10T00:00:00.000Z');
const grant: Grant = { grant_id: '019b0000-0000-7000-8000-000000000001', tenant_id: 'acme', user_id: 'ada', actions: ['operate'], scope: {}, reason: 'an incident', duration_s: 3600, requested_at: '2026-03-09T00:00:00.000Z', status: 'requested' };

describe('how a grant stands', () => {
  it.each([
    [{}, 'waits'],
    [{ requested_at: '2026-03-02T00:00:00.000Z' }, 'lapsed'],
    [{ status: 'approved', expires_at: '2026-03-10T00:00:01.000Z' }, 'holds'],
    [{ status: 'approved', expires_at: '2026-03-10T00:00:00.000Z' }, 'ended'],
    [{ status: 'refused' }, 'refused'],
    [{ status: 'revoked', expires_at: '2027-01-01T00:00:00.000Z' }, 'revoked'],
  ] as const)('%j %s', (over, standing) => {
    expect(grantStanding({ ...grant, ...over }, NOW)).toBe(standing);
  });
});

describe('a grant’s scope', () => {
  it('nothing named - is said to be everything, for it is', () => {
    expect(scopeOfGrant(grant)).toBe('every execution of the tenant');
    expect(scopeOfGrant({ scope: { intent_type: 'content.ingest', metadata: { case: 7 } } })).toBe('executions of content.ingest, metadata case=7');
  });

  it('an order - names what was typed and nothing else', () => {
    expect(grantOrder({ actions: ['replay'], executions: '', intentType: ' ', subject: 'nobody', reason: ' why ', duration: '600' })).toEqual({ actions: ['replay'], reason: 'why', duration_s: 600, scope: {} });
    expect(grantOrder({ actions: ['replay'], executions: 'a, b', intentType: 'x.y', subject: '', reason: 'why', duration: '60' }).scope).toEqual({ execution_ids: ['a', 'b'], intent_type: 'x.y' });
    expect(grantOrder({ actions: ['erase'], executions: '', intentType: '', subject: ' customer-1 ', reason: 'why', duration: '60' }).scope).toEqual({ subject: 'customer-1' });
  });
});
