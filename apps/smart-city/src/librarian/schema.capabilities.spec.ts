import { semanticSchema, type Json } from '@symphainy/contracts';
import { brokenPromises, requireUniqueWords, versionBefore } from './schema.capabilities.js';

const model = (version: string, schema: { [key: string]: Json }, compatibility?: 'backward' | 'forward' | 'full' | 'none') =>
  semanticSchema.parse({ name: 'policy', version, schema, ...(compatibility === undefined ? {} : { compatibility }) });
const open: { [key: string]: Json } = { type: 'object', properties: { a: { type: 'string' } } };
const demanding: { [key: string]: Json } = { ...open, required: ['a'] };

describe('schema rules', () => {
  it.each<[string, 'backward' | 'forward' | 'full' | 'none', { [key: string]: Json }, { [key: string]: Json }, boolean]>([
    ['backward: what fitted before must still fit', 'backward', open, demanding, true],
    ['backward: it may let more through', 'backward', demanding, open, false],
    ['forward: readers of the old must understand the new', 'forward', demanding, open, true],
    ['full: neither may change', 'full', open, demanding, true],
    ['none: anything goes', 'none', open, demanding, false],
  ])('brokenPromises - %s', (_, compatibility, before, after, broken) => {
    expect(brokenPromises(model('1.0.0', before, compatibility), model('1.1.0', after)).length > 0).toBe(broken);
    expect(brokenPromises(model('1.0.0', before, compatibility), model('2.0.0', after))).toEqual([]);
  });

  it('versionBefore - the next lower version counts, by number and not by text', () => {
    expect(versionBefore([model('1.9.0', open), model('1.10.0', open), model('2.0.0', open)], '1.11.0')?.version).toBe('1.10.0');
    expect(versionBefore([model('2.0.0', open)], '1.0.0')).toBeUndefined();
  });

  it('requireUniqueWords - a word that stands for two terms is refused, however it is written', () => {
    const terms = [{ term: 'policy_number', synonyms: ['Policy No.'] }, { term: 'premium', synonyms: ['POLICY-NO'] }];
    expect(() => requireUniqueWords({ terms })).toThrow(expect.objectContaining({ code: 'governance.invalid', field: '/terms/1' }));
    expect(() => requireUniqueWords({ terms: terms.slice(0, 1) })).not.toThrow();
  });
});
