import type { PolicyReading } from '@symphainy/contracts';
import { groupPolicies } from './policy-filter.js';

const policy = (id: string, over: Partial<PolicyReading> = {}): PolicyReading => ({ id, role: 'security_guard', text: '', effect: 'permit', actions: [], words: `Permits ${id}`, standing: id.startsWith('platform.'), ...over });
const all = [policy('everybody'), policy('of-acme', { tenant: 'acme', actions: ['replay'] }), policy('of-globex', { tenant: 'globex', actions: ['submit'] }), policy('platform.x')];
const shown = (filter: Partial<{ find: string; tenant: string; action: string }>) => groupPolicies(all, { find: '', tenant: '', action: '', ...filter }).map(({ title, policies }) => [title, policies.map(({ id }) => id)]);

describe('policies by tenant and action', () => {
  it('all - stand under those whom they concern, the platform’s own last', () => {
    expect(shown({})).toEqual([['For every tenant', ['everybody']], ['For acme', ['of-acme']], ['For globex', ['of-globex']], ['The platform’s own', ['platform.x']]]);
  });

  it('of a tenant - includes what is for everybody, and never another tenant’s', () => {
    expect(shown({ tenant: 'acme' }).flat(2)).toEqual(expect.arrayContaining(['everybody', 'of-acme', 'platform.x']));
    expect(shown({ tenant: 'acme' }).flat(2)).not.toContain('of-globex');
  });

  it('of an action - includes those that name none, for they are about all', () => {
    expect(shown({ action: 'submit' })).toEqual([['For every tenant', ['everybody']], ['For globex', ['of-globex']], ['The platform’s own', ['platform.x']]]);
    expect(shown({ find: 'PERMITS globex' })).toEqual([['For globex', ['of-globex']]]);
  });
});
