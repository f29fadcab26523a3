import type { ContentDocument } from '@symphainy/contracts';
import { blockAt, placesOf, regionsOn, sourceKindOf } from './regions.js';

const document: ContentDocument = {
  kind: 'pdf', metadata: {},
  blocks: [
    { id: 'b1', type: 'heading', text: 'Title', source: { page: 1, box: [10, 700, 200, 720] } },
    { id: 'b2', type: 'table', text: 'a\tb', table_id: 't1', source: { page: 2, box: [10, 500, 300, 600] } },
    { id: 'b3', type: 'paragraph', text: 'In an attachment', source: { page: 1, box: [0, 0, 9, 9], entry: 'inner.pdf' } },
    { id: 'b4', type: 'paragraph', text: 'No box', source: { page: 2 } },
  ],
  tables: [{ id: 't1', name: 'T', columns: [{ name: 'a' }, { name: 'b' }], rows: [['1', null]], cell_sources: [[{ page: 2, box: [10, 500, 50, 520] }, { page: 2, box: [50, 500, 90, 520] }]], source: { page: 2, box: [10, 500, 300, 600] } }],
};

describe('regions', () => {
  const { blocks, pages } = placesOf(document);

  it('a file within the file - has no place on the pages of the file itself', () => {
    expect(pages.get(1)?.map(({ block }) => block.id)).toEqual(['b1']);
    expect(blocks).toHaveLength(4);
  });

  it('a table - has its box and one for each cell that holds something; a block without a box has none', () => {
    expect(regionsOn(pages.get(2) ?? [], 2).map(({ id, kind }) => [id, kind])).toEqual([['b2', 'table'], ['t1/0/0', 'cell']]);
    expect(regionsOn(pages.get(2) ?? [], 1)).toEqual([]);
  });

  it.each([
    ['a pointer to a block', { pointer: '/blocks/1' }, 'b2'],
    ['a pointer into a table', { pointer: '/tables/0/rows/0/1' }, 'b2'],
    ['a box that meets a block', { page: 2, box: [40, 510, 60, 515] }, 'b2'],
    ['a box that meets none', { page: 2, box: [400, 10, 410, 20] }, 'b2'],
    ['a place in an attachment', { page: 1, box: [1, 1, 2, 2], entry: 'inner.pdf' }, 'b3'],
    ['a page without a block', { page: 9 }, undefined],
  ])('%s - leads to its block, or to the first of its page', (_, place, id) => {
    expect(blockAt(blocks, place)?.block.id).toBe(id);
  });

  it('a kind of file that browsers do not show - is read as text, and HTML is never rendered', () => {
    expect((['pdf', 'image', 'html', 'csv', 'docx', 'xlsx'] as const).map((kind) => sourceKindOf({ ...document, kind }))).toEqual(['pdf', 'image', 'text', 'text', 'reading', 'reading']);
  });
});
