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

  it('two bundles - show what differs, and not the order in which it is said', () => {
    const later = { policies: [policy('b', 'two'), policy('a', 'other')], tenants: [{ name: 'Acme', status: 'active', tenant_id: 'acme' }] };
    expect(entriesBetween(lists, later).map(({ key, kind }) => [key, kind])).toEqual([['a', 'changed']]);
    expect(entriesBetween(lists, { ...lists, policies: [] }).map(({ key, kind }) => [key, kind])).toEqual([['a', 'removed'], ['b', 'removed']]);
  });
});
