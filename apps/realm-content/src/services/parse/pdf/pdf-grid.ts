import { boxOf, type Box, type Segment } from './pdf-lines.js';

/** A cell as printed; rows and columns from 0. */
export interface PrintedCell {
  readonly row: number;
  readonly column: number;
  readonly rowSpan: number;
  readonly columnSpan: number;
  /** From top to bottom, left to right. */
  readonly segments: readonly Segment[];
}

/** A table of a page. */
export interface PrintedTable {
  readonly page: number;
  readonly rows: number;
  readonly columns: number;
  readonly cells: readonly PrintedCell[];
}

/** A word divided at the end of a line is put together again. */
export const joinLines = (texts: readonly string[]): string => texts.reduce((joined, text) => (joined === '' ? text : /\p{Ll}-$/u.test(joined) && /^\p{Ll}/u.test(text) ? joined.slice(0, -1) + text : `${joined} ${text}`), '');

export function cellText(segments: readonly Segment[]): string {
  return segments.map((s) => s.text).join(' ').replace(/\s+/g, ' ').trim();
}

export const tableSegments = (table: PrintedTable): Segment[] => table.cells.flatMap((cell) => [...cell.segments]);

export const tableBox = (table: PrintedTable): Box => boxOf(tableSegments(table));

/** Numbers as tables print them: signs, units, percentages, brackets, marks of footnotes, dashes for nothing. */
export const isNumberText = (text: string): boolean => /^[-–—−+(<>~≈±*]*\s*[$€£¥]?\s*[-–—−+]?[\d][\d.,'\s]*\s*[%)*†‡]*(\s?\(?[a-z0-9]{1,2}\)?)?$/i.test(text) || /^([-–—−.]+|n\/?a|\(?[xz]\)?|nd|\*+)$/i.test(text);

export const isYearText = (text: string): boolean => /^(fy\s?)?(19|20)\d\d([-–/]\d{2,4})?$/i.test(text);
