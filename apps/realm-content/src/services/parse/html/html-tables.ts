import { withinLimit } from '../../../model/limits.js';
import { sharedHeadingRows, type SpanningCell } from '../heading-rows.js';
import { attribute, descend, findElement, isElement, squeeze, textOf, type HtmlElement } from './html-nodes.js';

type Grid = (HtmlElement | undefined)[][];

/** A table's rows and the cell that stands in each place. Rows that have no height, because all that stands in them goes on below, are left out. */
export function shownRows(all: readonly HtmlElement[]): { readonly rows: HtmlElement[]; readonly grid: Grid } {
  const grid = spanGrid(all);
  const isShown = (row: Grid[number], y: number): boolean => !row.some((cell) => cell !== undefined) || !row.every((cell) => cell === undefined || grid[y + 1]?.includes(cell));
  return { rows: all.filter((_, y) => isShown(grid[y]!, y)), grid: grid.filter(isShown) };
}

/** Rows of headings: those of `thead`, else the first ones whose cells are all headings (the corner may be blank), and those that labels over several rows or columns make ones. */
export function headingRows(rows: readonly HtmlElement[], cells: readonly SpanningCell[]): number {
  const inHead = rows.findIndex((row) => row.parentNode?.nodeName !== 'thead');
  if (inHead !== 0) return inHead < 0 ? rows.length : inHead;
  const marked = rows.findIndex((row) => !isHeadingRow(cellsOf(row)));
  const width = cells.reduce((most, cell) => Math.max(most, cell.column + cell.wide), 0);
  return Math.max(marked < 0 ? 1 : marked, sharedHeadingRows(cells, rows.length, width));
}

const isHeadingRow = ([first, ...others]: readonly HtmlElement[]): boolean =>
  first !== undefined && others.every((cell) => cell.tagName === 'th') && (first.tagName === 'th' || (others.length > 0 && squeeze(textOf(first)) === ''));

export interface PrintedHtmlCell {
  readonly row: number;
  readonly column: number;
  readonly high: number;
  readonly wide: number;
  readonly cell: HtmlElement;
}

/** Each cell once, with how far it reaches. */
export function printedCells(grid: Grid): PrintedHtmlCell[] {
  const seen = new Set<HtmlElement>();
  return grid.flatMap((line, row) => line.flatMap((cell, column): PrintedHtmlCell[] => {
    if (cell === undefined || seen.has(cell)) return [];
    seen.add(cell);
    const ends = (at: number): boolean => line[at] !== cell;
    const goesOn = (at: number): boolean => grid[at]?.[column] === cell;
    let [wide, high] = [1, 1];
    while (!ends(column + wide)) wide++;
    while (goesOn(row + high)) high++;
    return [{ row, column, high, wide, cell }];
  }));
}

/** A cell's text, the items of a list in it one a line with their marks, and so the rows of a table in it. */
export const cellText = (cell: HtmlElement | undefined): string => (cell === undefined ? '' : markedText(cell).split(BREAK).map(squeeze).filter((line) => line !== '').join('\n'));

/** Stands where a line ends; the text of an HTML document has no such character. */
const BREAK = '\u0000';

function markedText(node: HtmlElement): string {
  if (node.tagName === 'table') return descend(node, ['caption', 'tr']).map((row) => `${BREAK}${row.tagName === 'tr' ? cellsOf(row).map((cell) => squeeze(cellText(cell))).join(' ') : textOf(row)}${BREAK}`).join('');
  if (!node.childNodes.some((child) => findElement(child, 'li') !== undefined || findElement(child, 'table') !== undefined)) return textOf(node);
  return node.childNodes.map((child) => (!isElement(child) ? textOf(child) : child.tagName === 'li' ? `${BREAK}${markOf(child)} ${markedText(child)}${BREAK}` : ` ${markedText(child)} `)).join('');
}

/** Tables in a cell, those within them left to them. */
export const tablesIn = (element: HtmlElement): HtmlElement[] => element.childNodes.flatMap((child) => (!isElement(child) ? [] : child.tagName === 'table' ? [child] : tablesIn(child)));

/** A table without headings or caption that only sets its content beside other content: it says so, or most of its cells hold tables. */
export function isLayout(table: HtmlElement, cells: readonly HtmlElement[]): boolean {
  if (attribute(table, 'role') === 'presentation') return true;
  const filled = cells.filter((cell) => squeeze(textOf(cell)) !== '');
  return descend(table, ['caption', 'thead']).length === 0 && cells.every((cell) => cell.tagName === 'td') && filled.filter((cell) => tablesIn(cell).length > 0).length * 2 >= Math.max(1, filled.length);
}

function markOf(item: HtmlElement): string {
  const list = item.parentNode;
  if (list?.nodeName !== 'ol') return '•';
  return `${list.childNodes.filter((node) => isElement(node) && node.tagName === 'li').indexOf(item) + 1}.`;
}

function spanGrid(rows: readonly HtmlElement[]): (HtmlElement | undefined)[][] {
  const grid: (HtmlElement | undefined)[][] = rows.map(() => []);
  let places = 0;
  rows.forEach((row, y) => {
    let x = 0;
    for (const cell of cellsOf(row)) {
      while (grid[y]![x] !== undefined) x++;
      const wide = spanOf(cell, 'colspan');
      const high = Math.min(spanOf(cell, 'rowspan'), rows.length - y);
      withinLimit('cells', (places += wide * high));
      for (let dy = 0; dy < high; dy++) for (let dx = 0; dx < wide; dx++) grid[y + dy]![x + dx] = cell;
      x += wide;
    }
  });
  return grid;
}

const MAX_SPAN = 200;
const spanOf = (cell: HtmlElement, name: string): number => Math.min(Math.max(1, Number(attribute(cell, name)) || 1), MAX_SPAN);
export const cellsOf = (row: HtmlElement): HtmlElement[] => row.childNodes.filter((node): node is HtmlElement => isElement(node) && (node.tagName === 'td' || node.tagName === 'th'));
