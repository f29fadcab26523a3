import type { Element } from '@xmldom/xmldom';
import { attributeOf } from './office-package.js';
import { childElements } from '../xml-tree.js';
import { childNamed, valueOf } from './docx-styles.js';

/** Wrappers that say something about what they hold and are nothing themselves. */
const WRAPPERS = new Set(['sdt', 'sdtContent', 'ins', 'moveTo', 'smartTag', 'customXml', 'AlternateContent', 'Choice', 'hyperlink']);

/** Children of these names, found through wrappers, in order. */
export const through = (element: Element, names: readonly string[]): Element[] =>
  childElements(element).flatMap((child) => (names.includes(child.localName ?? '') ? [child] : WRAPPERS.has(child.localName ?? '') ? through(child, names) : []));

export interface WordCell {
  readonly row: number;
  readonly column: number;
  high: number;
  readonly wide: number;
  readonly element: Element;
}

/** The cells of a table with how far they reach; a cell merged with the one above it makes that one higher. */
export function wordCells(rows: readonly Element[]): WordCell[] {
  const cells: WordCell[] = [];
  const open = new Map<number, WordCell>();
  rows.forEach((row, y) => {
    let x = Number(valueOf(childNamed(row, 'trPr'), 'gridBefore') ?? 0);
    for (const element of through(row, ['tc'])) {
      const properties = childNamed(element, 'tcPr');
      const wide = Math.min(Math.max(1, Number(valueOf(properties, 'gridSpan') ?? 1) || 1), MAX_SPAN);
      const merged = childNamed(properties, 'vMerge');
      const above = merged !== undefined && attributeOf(merged, 'val') !== 'restart' ? open.get(x) : undefined;
      if (above) above.high = y - above.row + 1;
      else {
        const cell: WordCell = { row: y, column: x, high: 1, wide, element };
        cells.push(cell);
        if (merged) open.set(x, cell);
        else open.delete(x);
      }
      x += wide;
    }
  });
  return cells;
}

const MAX_SPAN = 1000;

/** Leading rows that are repeated on each page as the table's heading. */
export function headingRowsOf(rows: readonly Element[]): number {
  const isHeading = (row: Element): boolean => {
    const said = childNamed(childNamed(row, 'trPr'), 'tblHeader');
    return said !== undefined && !['0', 'false'].includes(attributeOf(said, 'val') ?? '1');
  };
  const body = rows.findIndex((row) => !isHeading(row));
  return body < 0 ? 0 : body;
}
