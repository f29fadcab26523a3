import { hashOf } from '@symphainy/kernel';
import { put, type EntryChange } from '../bundle/catalogue.js';
import { Catalogue } from '../bundle/catalogue.js';
import { CityDraft } from '../bundle/catalogue-store.js';
import { parseBootstrap } from './bootstrap.schema.js';
import { applyDeclarations, declaredEntries } from './declarations.js';

const declared = (...tenants: { tenant_id: string; name: string; status?: string }[]): EntryChange[] => declaredEntries(parseBootstrap({ tenants }, 'F'));

interface Start {
  catalogue: Catalogue;
  declared: Map<string, string>;
  changed: string[];
}

/** One start of Smart City: what is known before it, and after it. */
const start = (entries: EntryChange[], known: Omit<Start, 'changed'> = { catalogue: Catalogue.of([]), declared: new Map() }): Start => {
  const draft = new CityDraft({ catalogue: known.catalogue, applied: {}, bundle: undefined, keysVersion: 0 }, known.declared, new Map());
  applyDeclarations(draft, entries, '2026-01-01T00:00:00.000Z');
  const hashes = new Map([...known.declared, ...draft.declaredChanges.map((d) => [`${d.kind} ${d.key}`, d.hash] as const)]);
  return { catalogue: draft.catalogue, declared: hashes, changed: draft.entryChanges.map((c) => `${c.kind} ${c.key}`) };
};

const acme = { tenant_id: 'acme', name: 'Acme' };

describe('declarations', () => {
  it('applyDeclarations - the first start brings the platform’s own entries and the file’s', () => {
    const first = start(declared(acme));
    expect(first.catalogue.all('tenant').map((t) => t.tenant_id)).toEqual(['acme', 'platform']);
    expect(first.catalogue.get('identity', 'platform/smart-city')?.kind).toBe('service');
    expect(first.catalogue.all('capability').map((c) => c.name)).toEqual(expect.arrayContaining(['runtime.upload', 'governance.register_capabilities']));
  });

  it('applyDeclarations - the same declarations again change nothing', () => {
    expect(start(declared(acme), start(declared(acme))).changed).toEqual([]);
  });

  it('applyDeclarations - what governed intents have changed since stays, while the declaration is the same', () => {
    const first = start(declared(acme));
    const tenant = first.catalogue.get('tenant', 'acme');
    if (tenant === undefined) throw new Error('acme was declared');
    const suspended = { ...first, catalogue: first.catalogue.with(put('tenant', { ...tenant, status: 'suspended' })) };
    const second = start(declared(acme, { tenant_id: 'globex', name: 'Globex' }), suspended);
    expect([second.changed, second.catalogue.get('tenant', 'acme')?.status]).toEqual([['tenant globex'], 'suspended']);
  });

  it('applyDeclarations - a changed declaration is put; one left out revokes nothing', () => {
    const first = start(declared(acme, { tenant_id: 'globex', name: 'Globex' }));
    const second = start(declared({ ...acme, name: 'Acme Insurance' }), first);
    expect([second.changed, second.catalogue.get('tenant', 'acme')?.name, second.catalogue.get('tenant', 'globex')?.name]).toEqual([['tenant acme'], 'Acme Insurance', 'Globex']);
    expect(second.declared.get('tenant acme')).toBe(hashOf(second.catalogue.get('tenant', 'acme')));
  });
});
