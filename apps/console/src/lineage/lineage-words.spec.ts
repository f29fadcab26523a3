import type { LineageNodeView } from './lineage.model.js';
import { edgeName, executionOf, linksOf, nodeTitle, placeText, shortValue } from './lineage-words.js';

const E = '01900000-0000-7000-8000-000000000001';
const place = (artifactType: string, pointer: string): LineageNodeView => ({ id: `place:${E}/assemble/dataset#${pointer}`, kind: 'place', data: { artifact_type: artifactType }, region: { reference: `${E}/assemble/dataset`, pointer } });
const pages = (node: LineageNodeView) => linksOf(node).map(({ to }) => to);

describe('words of lineage', () => {
  it('a fact, a citation, a block and anything else - say themselves in their own words, cut when long', () => {
    expect(shortValue({ predicate: 'fee', value: '12' })).toBe('fee: 12');
    expect(shortValue({ artifact_id: 'e/s/n', value: 7 })).toBe('7');
    expect(shortValue({ text: 'Title' })).toBe('Title');
    expect(shortValue('x'.repeat(100))).toHaveLength(60);
  });

  it('a value of a dataset, its field named with a slash - leads to its record and field', () => {
    expect(pages(place('content.dataset', '/records/7/A~1B'))[0]).toMatchObject({ page: 'records', record: 7, field: 'A/B' });
    expect(pages(place('content.document', '/blocks/2'))[0]).toMatchObject({ page: 'document', place: { pointer: '/blocks/2' } });
    expect(pages(place('solution.report', '/sections/0')).map(({ page }) => page)).toEqual(['artifact', 'execution']);
  });

  it('many rows as one place - say the first and the last, and not the first alone', () => {
    const reference = `${E}/receive/file`;
    expect([placeText({ reference, record: 1, record_end: 300 }), placeText({ reference, row: 2, row_end: 201, byte_start: 4, byte_end: 90 }), placeText({ reference, sheet: 'S', row: 2, row_end: 9 }), placeText({ reference, row: 2, row_end: 90, numbers: [2, [40, 50], 90] })]).toEqual(['records 1–300', 'rows 2–201', 'S rows 2–9', 'rows 2–90, 13 of them']);
  });

  it('a decision - leads to its explanation, and what is no id leads nowhere', () => {
    expect(pages({ id: `decision:${E}`, kind: 'decision', data: {} }).map(({ page }) => page)).toEqual(['execution', 'decision']);
    expect(executionOf('artifact:nothing')).toBeUndefined();
  });

  it('a relation of a kind that nobody named - is told by its kind', () => {
    expect([edgeName('identity', 'up'), edgeName('group_by', 'down')]).toEqual(['Made from', 'Made of it, by group by']);
    expect(nodeTitle({ id: `artifact:${E}/s/n`, kind: 'artifact', data: {} })).toBe('n');
  });
});
