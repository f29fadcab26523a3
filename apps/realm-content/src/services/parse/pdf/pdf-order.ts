import { isPairLine } from './pdf-forms.js';
import { tableBox, tableSegments, type PrintedTable } from './pdf-grid.js';
import { ruledTables } from './pdf-lattice.js';
import { boxOf, lineOf, linesOfPage, type Box, type Line, type PlacedText, type Segment } from './pdf-lines.js';
import { settled, type Extent } from './pdf-reading-order.js';
import type { Rules } from './pdf-rules.js';
import { tableAt } from './pdf-tables.js';
import { textColumns } from './pdf-text-columns.js';

/** What a page holds, in the order in which it is read. */
export type PageItem = { readonly line: Line } | { readonly table: PrintedTable };

/** Text that runs up, down or head over is read in a frame turned by so many quarter turns. */
export type Turn = 0 | 1 | 2 | 3;
export type TurnedText = PlacedText & { readonly turn: Turn };

const SAME_LINE = 0.4;
/** More stretches of drawing than this for each stretch of a line: the page is drawn in no order that one could read. */
const SHATTERED = 1.3;

/**
 * A page's tables and lines in reading order. Writers draw text in the order in which it is read, so that order is kept, across columns and
 * boxes; where a page draws the parts of a line apart it is read from top to bottom instead, column by column.
 */
export function pageItems(page: number, pieces: readonly TurnedText[], rules: Rules): PageItem[] {
  const main = mainTurn(pieces);
  const upright = pieces.filter((piece) => piece.turn === main);
  const ruled = ruledTables(page, upright, turnedRules(rules, main));
  const aligned = alignedTables(page, ruled.rest, turnedRules(rules, main));
  const taken = new Set(aligned.flatMap(tableSegments).flatMap((segment) => [...segment.pieces]));
  const rest = ruled.rest.filter((piece) => !taken.has(piece) && piece.text.trim() !== '');
  const tables = [...ruled.tables, ...aligned];
  const others = ([0, 1, 2, 3] as const).filter((turn) => turn !== main).flatMap((turn) => drawnLines(page, pieces.filter((piece) => piece.turn === turn)).map((line) => turnedLine(line, turn)));
  const stretches = linesOfPage(page, rest).reduce((sum, line) => sum + line.segments.length, 0);
  const drawn = drawnLines(page, rest);
  const items = drawn.length > stretches * SHATTERED ? byPlace(textColumns(linesOfPage(page, rest)).flat(), tables) : others.length > 0 ? byDrawing(drawn, tables) : settled(byDrawing(drawn, tables), extentOf);
  return [...items.map((item) => turnedItem(item, main)), ...others.map((line) => ({ line }))].toSorted((a, b) => (others.length > 0 ? firstOf(a) - firstOf(b) : 0));
}

function mainTurn(pieces: readonly TurnedText[]): Turn {
  const counts = [0, 0, 0, 0];
  for (const piece of pieces) counts[piece.turn]! += piece.text.length;
  return counts.indexOf(Math.max(...counts)) as Turn;
}

function alignedTables(page: number, pieces: readonly PlacedText[], rules: Rules): PrintedTable[] {
  return textColumns(linesOfPage(page, pieces)).flatMap((lines) => tablesOf(lines, rules));
}

function tablesOf(lines: readonly Line[], rules: Rules): PrintedTable[] {
  const tables: PrintedTable[] = [];
  for (let at = 0; at < lines.length; at++) {
    const table = lines[at]!.segments.length >= 2 && !isPairLine(lines[at]!) ? tableAt(lines, at, rules) : undefined;
    if (!table) continue;
    tables.push(table.printed);
    at += table.lines.length - 1;
  }
  return tables;
}

/** Lines in the order in which they are drawn: pieces that go on to the right on one height. */
function drawnLines(page: number, pieces: readonly PlacedText[]): Line[] {
  const rows: PlacedText[][] = [];
  for (const piece of pieces.filter((p) => p.text.trim() !== '').toSorted((a, b) => a.at - b.at)) {
    const row = rows.at(-1);
    const last = row?.at(-1);
    const goesOn = last !== undefined && Math.abs(last.y - piece.y) <= SAME_LINE * Math.max(last.height, piece.height, 1) && piece.x0 >= last.x1 - Math.max(last.height, piece.height);
    if (goesOn) row!.push(piece);
    else rows.push([piece]);
  }
  return rows.map((row) => lineOf(page, row));
}

const segmentsOf = (item: PageItem): readonly Segment[] => ('line' in item ? item.line.segments : tableSegments(item.table));
const extentOf = (item: PageItem): Extent => ({ box: boxOf(segmentsOf(item)), length: segmentsOf(item).reduce((sum, segment) => sum + segment.text.length, 0) });
const firstOf = (item: PageItem): number => Math.min(...segmentsOf(item).map((segment) => segment.at));

const byDrawing = (lines: readonly Line[], tables: readonly PrintedTable[]): PageItem[] =>
  [...lines.map((line) => ({ line })), ...tables.map((table) => ({ table }))].map((item) => ({ item, at: firstOf(item) })).toSorted((a, b) => a.at - b.at).map(({ item }) => item);

/** Tables go before the first line below them. */
function byPlace(lines: readonly Line[], tables: readonly PrintedTable[]): PageItem[] {
  const items: PageItem[] = lines.map((line) => ({ line }));
  for (const table of tables.toSorted((a, b) => tableBox(a)[3] - tableBox(b)[3])) {
    const top = tableBox(table)[3];
    const at = items.findIndex((item) => 'line' in item && item.line.y < top);
    items.splice(at < 0 ? items.length : at, 0, { table });
  }
  return items;
}

/** A place in the frame in which text of this turn runs from left to right. */
export function toFrame(turn: Turn, x: number, y: number): [number, number] {
  if (turn === 1) return [y, -x];
  if (turn === 2) return [-x, -y];
  return turn === 3 ? [-y, x] : [x, y];
}

const fromFrame = (turn: Turn, x: number, y: number): [number, number] => toFrame(((4 - turn) % 4) as Turn, x, y);

function turnedBox(turn: Turn, [x0, y0, x1, y1]: Box): Box {
  const [a, b] = [fromFrame(turn, x0, y0), fromFrame(turn, x1, y1)];
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])];
}

function turnedRules(rules: Rules, turn: Turn): Rules {
  if (turn === 0) return rules;
  const ends = [...rules.h.map((h) => [h.x0, h.y, h.x1, h.y] as const), ...rules.v.map((v) => [v.x, v.y0, v.x, v.y1] as const)].map(([x0, y0, x1, y1]) => [...toFrame(turn, x0, y0), ...toFrame(turn, x1, y1)] as const);
  return {
    h: ends.filter(([, y0, , y1]) => y0 === y1).map(([x0, y, x1]) => ({ y, x0: Math.min(x0, x1), x1: Math.max(x0, x1) })),
    v: ends.filter(([x0, , x1]) => x0 === x1).map(([x, y0, , y1]) => ({ x, y0: Math.min(y0, y1), y1: Math.max(y0, y1) })),
  };
}

const turnedSegment = (segment: Segment, turn: Turn): Segment => (turn === 0 ? segment : { ...segment, box: turnedBox(turn, segment.box) });
const turnedLine = (line: Line, turn: Turn): Line => (turn === 0 ? line : { ...line, segments: line.segments.map((segment) => turnedSegment(segment, turn)) });
function turnedItem(item: PageItem, turn: Turn): PageItem {
  if (turn === 0) return item;
  return 'line' in item ? { line: turnedLine(item.line, turn) } : { table: { ...item.table, cells: item.table.cells.map((cell) => ({ ...cell, segments: cell.segments.map((segment) => turnedSegment(segment, turn)) })) } };
}
