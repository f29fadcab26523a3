import { isNumberText, type PrintedCell, type PrintedTable } from './pdf-grid.js';
import { lineOf, linesOfPage, type PlacedText, type Segment } from './pdf-lines.js';
import type { Rules } from './pdf-rules.js';

/** How far a rule may stop short of the one it meets. */
const REACH = 3;
const MIN_CELL = 4;
const MAX_GRID = 400;

export interface Ruled {
  readonly tables: readonly PrintedTable[];
  /** Pieces that belong to no table. */
  readonly rest: readonly PlacedText[];
}

/** Tables whose cells are ruled off on all sides: rules that meet form a grid; where a rule between two fields is missing they are one cell. */
export function ruledTables(page: number, pieces: readonly PlacedText[], rules: Rules): Ruled {
  const tables: PrintedTable[] = [];
  let rest = [...pieces];
  for (const group of meetingRules(rules)) {
    const table = latticeOf(page, rest, group);
    if (!table) continue;
    tables.push(table.printed);
    rest = rest.filter((piece) => !table.taken.has(piece));
  }
  return { tables, rest };
}

/** Groups of rules that cross or touch. */
function meetingRules(rules: Rules): Rules[] {
  const parent = [...rules.h, ...rules.v].map((_, at) => at);
  const root = (at: number): number => {
    let top = at;
    while (parent[top] !== top) top = parent[top] = parent[parent[top]!]!;
    return top;
  };
  rules.h.forEach((h, i) => rules.v.forEach((v, j) => {
    const meet = v.x >= h.x0 - REACH && v.x <= h.x1 + REACH && h.y >= v.y0 - REACH && h.y <= v.y1 + REACH;
    if (meet) parent[root(i)] = root(rules.h.length + j);
  }));
  const groups = new Map<number, { h: Rules['h'][number][]; v: Rules['v'][number][] }>();
  const groupOf = (at: number) => groups.get(root(at)) ?? groups.set(root(at), { h: [], v: [] }).get(root(at))!;
  rules.h.forEach((h, at) => groupOf(at).h.push(h));
  rules.v.forEach((v, at) => groupOf(rules.h.length + at).v.push(v));
  return [...groups.values()].filter((group) => group.h.length >= 2 && group.v.length >= 2);
}

function latticeOf(page: number, pieces: readonly PlacedText[], rules: Rules): { printed: PrintedTable; taken: Set<PlacedText> } | undefined {
  const xs = places(rules.v.map((v) => v.x));
  const ys = places(rules.h.map((h) => h.y)).toReversed();
  const [columns, rows] = [xs.length - 1, ys.length - 1];
  if (columns < 2 || rows < 2 || columns > MAX_GRID || rows > MAX_GRID) return undefined;
  const fields = mergedFields(rows, columns, (row, column) => hasBelow(rules, xs, ys, row, column), (row, column) => hasRight(rules, xs, ys, row, column));
  const taken = new Set<PlacedText>();
  const held = new Map<Field, PlacedText[]>();
  const inside = pieces.filter((p) => p.x1 > xs[0]! && p.x0 < xs.at(-1)! && p.y + p.height * 0.3 < ys[0]! && p.y + p.height * 0.3 > ys.at(-1)!);
  for (const piece of inside.flatMap((p) => cutAt(p, xs).map((part) => ({ part, whole: p })))) {
    const field = fieldAt(fields, xs, ys, piece.part);
    if (!field) continue;
    held.set(field, [...(held.get(field) ?? []), piece.part]);
    taken.add(piece.whole);
  }
  const cells = [...held].map(([field, parts]): PrintedCell => ({ ...field, segments: linesOfPage(page, parts).flatMap((line) => lineOf(page, line.segments, Infinity).segments) as Segment[] }));
  const filledRows = new Set(cells.map((cell) => cell.row)).size;
  const filledColumns = new Set(cells.map((cell) => cell.column)).size;
  if (filledRows < Math.max(2, rows * 0.4) || filledColumns < columns * 0.5 || cells.length < fields.length * 0.3) return undefined;
  if (filledRows < 2 || filledColumns < 2 || cells.length < 4 || isFrame(cells)) return undefined;
  return { printed: { page, rows, columns, cells: cells.toSorted((a, b) => a.row - b.row || a.column - b.column) }, taken };
}

/** Rules that only frame rows which nothing parts: numbers stand stacked in their fields. Such a table is read by alignment. */
function isFrame(cells: readonly PrintedCell[]): boolean {
  const stacks = cells.map((cell) => cell.segments.filter((segment) => /\s/.test(segment.text) ? segment.text.split(/\s+/).every(isNumberText) : isNumberText(segment.text)).length);
  return stacks.some((numbers) => numbers >= 3) || stacks.filter((numbers) => numbers >= 2).length > cells.length * 0.2;
}

/** Distinct places, rising; such as lie closer than a cell can be are one. */
function places(values: readonly number[]): number[] {
  const found: number[] = [];
  for (const value of values.toSorted((a, b) => a - b)) if (found.length === 0 || value - found.at(-1)! > MIN_CELL) found.push(value);
  return found;
}

type Field = Omit<PrintedCell, 'segments'>;

/** Fields joined where no rule parts them, as far as the joined field stays a rectangle. */
function mergedFields(rows: number, columns: number, below: (row: number, column: number) => boolean, right: (row: number, column: number) => boolean): Field[] {
  const owned = Array.from({ length: rows }, () => Array.from({ length: columns }, () => false));
  const fields: Field[] = [];
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
    if (owned[row]![column]) continue;
    let columnSpan = 1;
    while (column + columnSpan < columns && !owned[row]![column + columnSpan] && !right(row, column + columnSpan - 1)) columnSpan++;
    let rowSpan = 1;
    const open = (at: number): boolean => Array.from({ length: columnSpan }, (_, dx) => dx).every((dx) => !below(at, column + dx) && !owned[at + 1]![column + dx] && (dx === columnSpan - 1 || !right(at + 1, column + dx)));
    while (row + rowSpan < rows && open(row + rowSpan - 1)) rowSpan++;
    for (let dy = 0; dy < rowSpan; dy++) owned[row + dy]!.fill(true, column, column + columnSpan);
    fields.push({ row, column, rowSpan, columnSpan });
  }
  return fields;
}

function hasBelow(rules: Rules, xs: readonly number[], ys: readonly number[], row: number, column: number): boolean {
  const middle = (xs[column]! + xs[column + 1]!) / 2;
  return rules.h.some((h) => Math.abs(h.y - ys[row + 1]!) <= MIN_CELL && h.x0 <= middle && h.x1 >= middle);
}

function hasRight(rules: Rules, xs: readonly number[], ys: readonly number[], row: number, column: number): boolean {
  const middle = (ys[row]! + ys[row + 1]!) / 2;
  return rules.v.some((v) => Math.abs(v.x - xs[column + 1]!) <= MIN_CELL && v.y0 <= middle && v.y1 >= middle);
}

function fieldAt(fields: readonly Field[], xs: readonly number[], ys: readonly number[], piece: PlacedText): Field | undefined {
  const x = (piece.x0 + piece.x1) / 2;
  const y = piece.y + piece.height * 0.3;
  return fields.find((f) => x >= xs[f.column]! && x <= xs[f.column + f.columnSpan]! && y <= ys[f.row]! && y >= ys[f.row + f.rowSpan]!);
}

/** A piece that was drawn over several fields in one go is cut between words where a rule's place lies in a blank. */
export function cutAt(piece: PlacedText, xs: readonly number[]): PlacedText[] {
  const inner = xs.filter((x) => x > piece.x0 + 1 && x < piece.x1 - 1);
  if (inner.length === 0 || !/\s/.test(piece.text.trim())) return [piece];
  const unit = (piece.x1 - piece.x0) / piece.text.length;
  const parts: PlacedText[] = [];
  let from = 0;
  for (const x of inner) {
    const at = nearestBlank(piece.text, (x - piece.x0) / unit);
    if (at === undefined || at <= from) continue;
    parts.push({ ...piece, text: piece.text.slice(from, at), x0: piece.x0 + from * unit, x1: piece.x0 + at * unit });
    from = at;
  }
  parts.push({ ...piece, text: piece.text.slice(from), x0: piece.x0 + from * unit });
  return parts.filter((part) => part.text.trim() !== '');
}

function nearestBlank(text: string, place: number): number | undefined {
  for (let off = 0; off <= 2; off++) for (const at of [Math.round(place) - off, Math.round(place) + off]) if (/\s/.test(text[at] ?? '')) return at;
  return undefined;
}
