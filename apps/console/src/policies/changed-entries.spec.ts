import { entriesBetween, entriesOfChanges } from './changed-entries.js';

const policy = (id: string, text: string, role = 'security_guard') => ({ id, role, text });
const lists = { policies: [policy('a', 'one'), policy('b', 'two')], tenants: [{ tenant_id: 'acme', status: 'active', name: 'Acme' }] };

describe('entries side by side', () => {
  it('a candidate - shows each change against what is in force, roles included', () => {
    const changes = [{ list: 'policies', put: policy('a', 'one', 'data_steward') }, { list: 'policies', put: policy('c', 'three') }, { list: 'policies', remove: 'b' }, { list: 'policies', put: policy('a', 'one') }];
    expect(entriesOfChanges(changes as never, lists)).toEqual([
      { list: 'policies', key: 'a', kind: 'changed', left: 'one', right: '@role("data_steward")\none' },
      { list: 'policies', key: 'c', kind: 'added', left: '', right: 'three' },
      { list: 'policies', key: 'b', kind: 'removed', left: 'two', right: '' },
      { list: 'policies', key: 'a', kind: 'same', left: 'one', right: 'one' },
    ]);
  });

  it('a test that was staged without its defaults - is laid beside the one in force that has them, as the same', () => {
    const written = { name: 't', request: { caller: { tenant_id: 'acme', user_id: 'ada' }, intent_type: 'a.b' }, expect: { decision: 'deny' } };
    const kept = { ...written, request: { ...written.request, caller: { ...written.request.caller, roles: [], auth: 'api_key' }, classifications: [], references: [] } };
    expect(entriesOfChanges([{ list: 'policy_tests', put: written }] as never, { policy_tests: [kept] })).toMatchObject([{ key: 't', kind: 'same' }]);
  });

  it('two bundles - show what differs, and not the order in which it is said', () => {
    const later = { policies: [policy('b', 'two'), policy('a', 'other')], tenants: [{ name: 'Acme', status: 'active', tenant_id: 'acme' }] };
    expect(entriesBetween(lists, later).map(({ key, kind }) => [key, kind])).toEqual([['a', 'changed']]);
    expect(entriesBetween(lists, { ...lists, policies: [] }).map(({ key, kind }) => [key, kind])).toEqual([['a', 'removed'], ['b', 'removed']]);
  });
});
