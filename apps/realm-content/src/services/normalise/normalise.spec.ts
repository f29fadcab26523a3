import { canonicalJson } from '@symphainy/kernel';
import { DraftBuilder } from '../../model/draft-document.js';
import { limits } from '../../model/limits.js';
import { normalise } from './normalise.js';

describe('normalise - one document model', () => {
  it('text is composed, without stray blanks, control characters and lone surrogates', async () => {
    const draft = new DraftBuilder('text');
    draft.block({ type: 'paragraph', text: '  Cafe\u0301\u00a0 au\u200b lait \u0007\ud800 ', source: {} });
    draft.block({ type: 'paragraph', text: ' \u200b ', source: {} });
    const { blocks } = await normalise(draft.done());
    expect(blocks).toEqual([{ id: 'b1', type: 'paragraph', text: 'Café au lait \ufffd', source: {} }]);
  });

  it('numbers that are none and keys with lone surrogates still have a canonical form', async () => {
    const draft = new DraftBuilder('json');
    draft.metadata({ 'k\udc00': ['\ud800', { deep: 1 }] });
    draft.table({ name: 'table', columns: [{ name: 'a' }], rows: [[NaN], [Infinity]], row_sources: [{}, {}], source: {} });
    expect(canonicalJson(draft.done())).toContain('NaN');
    expect((await normalise(draft.done())).tables[0]!.rows).toEqual([['NaN'], ['Infinity']]);
  });

  it('a table takes the heading above it for its name, and its block repeats its cells', async () => {
    const draft = new DraftBuilder('html');
    draft.block({ type: 'heading', level: 2, text: 'Fees', source: {} });
    draft.table({ name: 'table', columns: [{ name: 'a' }, { name: 'b' }], rows: [['x', null]], row_sources: [{}], source: {} });
    const document = await normalise(draft.done());
    expect([document.title, document.tables[0]!.name, document.blocks[1]]).toEqual(['Fees', 'Fees', { id: 'b2', type: 'table', text: 'a\tb\nx\t', table_id: 't1', source: {} }]);
  });

  it('limits - too many columns end with the limit named; failures beyond theirs are counted', () => {
    const wide = Array.from({ length: limits.columns + 1 }, (_, at) => ({ name: `c${at}` }));
    expect(() => new DraftBuilder('csv').table({ name: 't', columns: wide, rows: [], row_sources: [], source: {} })).toThrow(expect.objectContaining({ code: 'content.too_large', details: { limit: 16_384, actual: 16_385, of: 'columns' } }));
    const draft = new DraftBuilder('mainframe');
    for (let record = 1; record <= limits.failures + 5; record++) draft.failure({ field: 'A', record, offset: 0, bytes_hex: '00', reason: 'low' });
    expect([draft.done().failures.length, draft.done().failure_counts]).toEqual([limits.failures, { low: limits.failures + 5 }]);
  });
});
