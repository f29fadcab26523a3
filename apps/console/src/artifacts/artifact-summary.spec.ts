import { artifactTitle, summaryFacts } from './artifact-summary.js';

describe('artifact summary - in a few words', () => {
  it('names come first, counts read as words, zeros and nested values stay out', () => {
    expect(summaryFacts({ blocks: 33, failures: 0, kind: 'pdf', pages: 1, nested: { a: 1 }, title: 'Permit' })).toEqual(['Permit', '33 blocks', 'pdf', '1 page']);
    expect(summaryFacts(undefined)).toEqual([]);
  });

  it('a long text is no phrase', () => {
    expect(summaryFacts({ note: 'x'.repeat(81) })).toEqual([]);
  });

  it('a thing is called by its title or file before its technical name', () => {
    expect(artifactTitle({ name: 'file', summary: { filename: 'permit.pdf', size: 3 } })).toBe('permit.pdf');
    expect(artifactTitle({ name: 'document', summary: { blocks: 2 } })).toBe('document');
  });
});
