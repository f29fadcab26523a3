import { grant, type Grant } from '@symphainy/contracts';
import fc from 'fast-check';
import { coveringGrants, type GrantTarget } from './index.js';

const ID = (n: number): string => `019b0000-0000-7000-8000-00000000000${n}`;
const NOW = '2026-01-01T12:00:00.000Z';
const given = (over: Partial<Grant> = {}): Grant =>
  grant.parse({ grant_id: ID(1), tenant_id: 'acme', user_id: 'alice', actions: ['replay'], reason: 'r', requested_at: '2026-01-01T11:00:00.000Z', status: 'approved', expires_at: '2026-01-01T13:00:00.000Z', ...over });
const target: GrantTarget = { executionId: ID(2), intentType: 'content.ingest', sessionId: ID(3), metadata: { case: 'A7', risk: 2 } };

describe('coveringGrants', () => {
  it.each<[string, Partial<Grant>, string]>([
    ['another action', {}, 'hydrate'],
    ['one that has expired to the millisecond', { expires_at: NOW }, 'replay'],
    ['one that was never approved', { expires_at: undefined }, 'replay'],
    ['another execution', { scope: { execution_ids: [ID(9)] } }, 'replay'],
    ['another intent type', { scope: { intent_type: 'content.index' } }, 'replay'],
    ['another session', { scope: { session_id: ID(9) } }, 'replay'],
    ['other metadata', { scope: { metadata: { case: 'A8' } } }, 'replay'],
    ['metadata of another type', { scope: { metadata: { risk: '2' } } }, 'replay'],
    ['metadata that every object has', { scope: { metadata: { toString: 'x' } } }, 'replay'],
    ['one part of two that does not fit', { scope: { intent_type: 'content.ingest', session_id: ID(9) } }, 'replay'],
  ])('coveringGrants - %s covers nothing', (_what, over, action) => {
    expect(coveringGrants([given(over)], action as 'replay', [target], NOW)).toEqual([]);
  });

  it('coveringGrants - whatever is named fits: covered', () => {
    for (const scope of [{}, { execution_ids: [ID(9), ID(2)] }, { intent_type: 'content.ingest', session_id: ID(3), metadata: { case: 'A7', risk: 2 } }]) expect(coveringGrants([given({ scope })], 'replay', [target], NOW)).toHaveLength(1);
  });

  it('coveringGrants - a data subject is covered by a grant that names it, or nothing; executions are not by one that names a subject', () => {
    const covers = (scope: object, asked: GrantTarget = { subject: 'subject:a' }): number => coveringGrants([given({ scope, actions: ['erase'] })], 'erase', [asked], NOW).length;
    expect([covers({}), covers({ subject: 'subject:a' }), covers({ subject: 'subject:b' }), covers({ intent_type: 'content.ingest' }), covers({ subject: 'subject:a', session_id: ID(3) }), covers({ subject: 'subject:a' }, target)]).toEqual([1, 1, 0, 0, 0, 0]);
  });

  it('coveringGrants - everything of the tenant is covered only by a grant that names nothing', () => {
    expect(coveringGrants([given({ scope: { intent_type: 'content.ingest' } })], 'replay', 'all', NOW)).toEqual([]);
    expect(coveringGrants([given()], 'replay', 'all', NOW)).toHaveLength(1);
  });

  it('coveringGrants - of several targets, one that no grant covers leaves all uncovered (property)', () => {
    const ids = fc.constantFrom(...[1, 2, 3, 4, 5].map(ID));
    fc.assert(
      fc.property(fc.array(fc.array(ids, { minLength: 1, maxLength: 3 }), { maxLength: 3 }), fc.array(ids, { minLength: 1, maxLength: 4 }), (scopes, named) => {
        const grants = scopes.map((execution_ids) => given({ scope: { execution_ids } }));
        const covered = coveringGrants(grants, 'replay', named.map((executionId) => ({ ...target, executionId })), NOW).length > 0;
        expect(covered).toBe(named.every((id) => scopes.some((scope) => scope.includes(id))));
      }),
    );
  });
});
