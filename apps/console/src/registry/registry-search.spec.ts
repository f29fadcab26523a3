import fc from 'fast-check';
import { findEntries, schemaRows, versionWords } from './registry-search.js';

describe('search in registries', () => {
  const entries = [{ name: 'content.ingest', description: 'reads files' }, { name: 'insights.profile', description: 'profiles what content holds' }];
  it('a word anywhere - finds, names before descriptions; all words must be there', () => {
    expect(findEntries(entries, 'content').map(({ name }) => name)).toEqual(['content.ingest', 'insights.profile']);
    expect(findEntries(entries, 'PROFILE holds').map(({ name }) => name)).toEqual(['insights.profile']);
    expect(findEntries(entries, 'reads holds')).toEqual([]);
  });

  it('nothing asked - shows all, by name', () => {
    expect(findEntries(entries.toReversed(), ' ').map(({ name }) => name)).toEqual(['content.ingest', 'insights.profile']);
  });

  it.each([['1.4.0', 'No break'], ['2.0.1', 'once, declared by version 2.0.0'], ['4.0.0', '3 times']])('version %s - says %s', (version, words) => {
    expect(versionWords(version)).toContain(words);
  });
});

describe('a schema as rows', () => {
  it('members, those of lists and of local references - each once, with what must be there', () => {
    const schema = { type: 'object', required: ['a'], properties: { a: { type: 'string', format: 'date', description: 'when' }, b: { type: 'array', items: { $ref: '#/$defs/line' } } }, $defs: { line: { type: 'object', properties: { n: { enum: [1, 2] } } } } };
    expect(schemaRows(schema)).toEqual([
      { path: 'a', depth: 0, type: 'string (date)', required: true, description: 'when' },
      { path: 'b', depth: 0, type: 'list of object', required: false },
      { path: 'b.n', depth: 1, type: '1 | 2', required: false },
    ]);
  });

  it('a schema that refers to itself, and what is no schema - end', () => {
    expect(schemaRows({ properties: { next: { $ref: '#' } } }).length).toBeLessThan(10);
    fc.assert(fc.property(fc.jsonValue(), (value) => void schemaRows(value)), { numRuns: 100 });
  });
});
