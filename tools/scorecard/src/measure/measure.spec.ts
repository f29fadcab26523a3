import fc from 'fast-check';
import { icdarGrids } from '../areas/pdf-tables-area.js';
import { adjacencies, plainGrid } from './adjacency.js';
import { markdownParts } from './markdown-blocks.js';
import { bagAgreement, commonLength, textSimilarity } from './similarity.js';

/** The textbook way. */
function slowCommonLength(left: readonly string[], right: readonly string[]): number {
  let row = new Array<number>(right.length + 1).fill(0);
  for (const item of left) {
    const next = [0];
    right.forEach((other, at) => next.push(item === other ? row[at]! + 1 : Math.max(row[at + 1]!, next[at]!)));
    row = next;
  }
  return row.at(-1)!;
}

describe('measures - say how much is right, no more and no less', () => {
  it('common subsequence - 32 positions at a time gives what one at a time does', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 90 });
    fc.assert(fc.property(text, text, (left, right) => commonLength(left, right) === slowCommonLength(left, right)));
  });

  it('text - order counts, white space does not', () => {
    expect([textSimilarity('ab  cd', 'abcd'), textSimilarity('cdab', 'abcd'), textSimilarity('', 'abcd')]).toEqual([1, 0.5, 0]);
  });

  it('tables - a wrong, a missing and an added cell each cost', () => {
    const expected = adjacencies(plainGrid([['a', 'b'], ['c', 'd']]));
    const score = (rows: string[][]): number => bagAgreement(adjacencies(plainGrid(rows)), expected).f1;
    expect([score([['a', 'b'], ['c', 'd']]), score([['a', 'b'], ['c', 'x']]), score([['a', 'b']]), score([])]).toEqual([1, 0.5, 0.4, 0]);
  });

  it('ICDAR cells - a heading over two columns is the neighbour of both', () => {
    const [grid] = icdarGrids("<region><cell start-row='0' start-col='0' end-col='1'><content>Year</content></cell><cell start-row='1' start-col='0'><content>1</content></cell><cell start-row='1' start-col='1'><content>2</content></cell></region>");
    expect(adjacencies(grid!).map((pair) => pair.replaceAll('\u0001', ' '))).toEqual(['year ↓ 1', 'year ↓ 2', '1 → 2']);
  });

  it('Markdown - markup is told apart from text', () => {
    expect(markdownParts('# A *b*\n\n- one\n    - [two](x)\n\n| a | **b** |\n| - | - |\n| 1 | 2 |\n')).toEqual({ text: 'A b\n\none\ntwo\n\na b\n1 2\n\n', headings: ['A b'], items: ['1 one', '2 two'], tables: [[['a', 'b'], ['1', '2']]] });
  });
});
