import { grant, type Grant } from '@symphainy/contracts';
import { buildBundle, Catalogue, put } from '../bundle/catalogue.js';
import { changeOf } from '../bundle/governed-change.js';
import { governanceRules } from '../platform-capabilities.js';

const ID = '019b0000-0000-7000-8000-000000000001';
const asked = grant.parse({ grant_id: ID, tenant_id: 'acme', user_id: 'dora', actions: ['replay'], reason: 'audit', requested_at: '2026-01-01T10:00:00.000Z', status: 'requested', duration_s: 600 });
const catalogue = (present: Grant = asked): Catalogue => Catalogue.of([put('grant', present) as never]);
const decide = (status: Grant['status'], over: { by?: string; at?: string; tenant_id?: string } = {}, present: Grant = asked): Grant | undefined =>
  changeOf(governanceRules, catalogue(present), { key: `governance/grant_decision/${ID}`, value: { tenant_id: 'acme', status, by: 'bob', at: '2026-01-01T11:00:00.000Z', ...over } })?.value as Grant | undefined;

describe('grants', () => {
  it('an approval - holds from its own moment on, for as long as was asked', () => {
    expect(decide('approved')).toMatchObject({ status: 'approved', decided_by: 'bob', decided_at: '2026-01-01T11:00:00.000Z', expires_at: '2026-01-01T11:10:00.000Z' });
  });

  it.each<[string, Parameters<typeof decide>]>([
    ['by who asked for it', ['approved', { by: 'dora' }]],
    ['by another tenant', ['approved', { tenant_id: 'globex' }]],
    ['of a request that has lapsed', ['approved', { at: '2026-01-08T10:00:00.001Z' }]],
    ['of one that was refused', ['approved', {}, { ...asked, status: 'refused' }]],
    ['of one that was revoked', ['approved', {}, { ...asked, status: 'revoked' }]],
    ['a second time, for longer', ['approved', { at: '2026-01-01T12:00:00.000Z' }, { ...asked, status: 'approved' }]],
  ])('an approval %s - changes nothing, whatever policy let through', (_what, decision) => {
    expect(decide(...decision)).toBeUndefined();
  });

  it('a request - recorded again brings nothing back that was revoked', () => {
    expect(changeOf(governanceRules, catalogue({ ...asked, status: 'revoked' }), { key: `governance/grant/${ID}`, value: asked as never })).toBeUndefined();
  });

  it('a bundle - holds what holds or was asked for lately; without grants it is as it was before there were any', () => {
    const at = (present: Grant, moment: string): unknown => buildBundle(catalogue(present), 1, moment).grants?.length;
    const approved = decide('approved')!;
    expect([at(approved, '2026-01-01T11:09:59.999Z'), at(approved, '2026-01-01T11:10:00.000Z'), at(asked, '2026-01-02T00:00:00.000Z'), at(asked, '2026-01-09T00:00:00.000Z')]).toEqual([1, undefined, 1, undefined]);
  });
});
