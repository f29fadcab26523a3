import type { ContentCell } from '@symphainy/contracts';
import type { Cells } from './parse-xlsx.js';

/** A rectangle of a sheet, rows and columns from 0, all inclusive. */
export interface Region {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Islands of filled cells, parted by wholly blank rows and columns, from top to bottom and left to right. */
export function tableRegions(cells: Cells): Region[] {
  const width = cells.reduce((most, row) => Math.max(most, row?.length ?? 0), 0);
  if (width === 0) return [];
  return joinGaps(divide(cells, { top: 0, bottom: cells.length - 1, left: 0, right: width - 1 }, 0), cells).flatMap((region) => corners(cells, region)).toSorted((a, b) => a.top - b.top || a.left - b.left);
}

const MAX_CUTS = 40;

/** Cuts by blank rows, then by blank columns, until neither cuts any more. */
function divide(cells: Cells, region: Region, depth: number): Region[] {
  const rows = runs(region.top, region.bottom, (row) => anyInRow(cells, row, region));
  if (rows.length === 0) return [];
  const bands = rows.map(([top, bottom]) => ({ ...region, top, bottom }));
  return bands.flatMap((band) => {
    const filled = filledColumns(cells, band);
    const columns = runs(band.left, band.right, (column) => filled.has(column));
    const pieces = columns.map(([left, right]) => ({ ...band, left, right }));
    const same = bands.length === 1 && pieces.length === 1;
    return same || depth >= MAX_CUTS ? pieces : pieces.flatMap((piece) => divide(cells, piece, depth + 1));
  });
}

const isFilled = (cell: ContentCell | undefined): boolean => cell !== undefined && cell !== null;

/** Rows are looked at no further than they reach: a sheet may name a cell in its last corner and nothing else. */
function anyInRow(cells: Cells, row: number, region: Region): boolean {
  return cells[row]?.slice(region.left, region.right + 1).some(isFilled) ?? false;
}

function filledColumns(cells: Cells, region: Region): Set<number> {
  const filled = new Set<number>();
  for (let row = region.top; row <= region.bottom; row++) {
    cells[row]?.slice(region.left, region.right + 1).forEach((cell, at) => isFilled(cell) && filled.add(region.left + at));
  }
  return filled;
}

/** Stretches of consecutive positions that hold something. */
function runs(from: number, to: number, holds: (at: number) => boolean): [number, number][] {
  const found: [number, number][] = [];
  for (let at = from; at <= to; at++) {
    if (!holds(at)) continue;
    const last = found.at(-1);
    if (last && last[1] === at - 1) last[1] = at;
    else found.push([at, at]);
  }
  return found;
}

/** One blank row within a table is a blank record: what follows under the same columns with a number in its first row goes on. */
function joinGaps(regions: readonly Region[], cells: Cells): Region[] {
  const joined: Region[] = [];
  const ends = new Map<string, number>();
  const endOf = ({ left, right }: Region, bottom: number): string => `${left}:${right}:${bottom}`;
  for (const region of regions) {
    const above = ends.get(endOf(region, region.top - 2));
    const goesOn = above !== undefined && (cells[region.top] ?? []).slice(region.left, region.right + 1).some((cell) => typeof cell === 'number');
    const at = goesOn ? above : joined.length;
    joined[at] = goesOn ? { ...joined[at]!, bottom: region.bottom } : region;
    if (joined[at]!.bottom > joined[at]!.top) ends.set(endOf(region, region.bottom), at);
  }
  return joined;
}

/** Cells that only touch at their corners are no table: where a region is a run of such pieces, none beside or above another, each stands alone. */
function corners(cells: Cells, region: Region): Region[] {
  if ((region.bottom - region.top + 1) * (region.right - region.left + 1) > MAX_CORNERED) return [region];
  const pieces = connected(cells, region);
  const apart = (a: Region, b: Region): boolean => (a.bottom < b.top || b.bottom < a.top) && (a.right < b.left || b.right < a.left);
  return pieces.every((a, at) => pieces.every((b, other) => at === other || apart(a, b))) ? pieces : [region];
}

const MAX_CORNERED = 10_000;

/** The extents of cells that hang together by their sides. */
function connected(cells: Cells, region: Region): Region[] {
  const seen = new Set<string>();
  const holds = (row: number, column: number): boolean => row >= region.top && row <= region.bottom && column >= region.left && column <= region.right && isFilled(cells[row]?.[column]) && !seen.has(`${row}:${column}`);
  const pieces: Region[] = [];
  for (let row = region.top; row <= region.bottom; row++) {
    for (let column = region.left; column <= region.right; column++) {
      if (!holds(row, column)) continue;
      const piece = { top: row, bottom: row, left: column, right: column };
      const open: [number, number][] = [[row, column]];
      for (let place = open.pop(); place !== undefined; place = open.pop()) {
        const [y, x] = place;
        if (!holds(y, x)) continue;
        seen.add(`${y}:${x}`);
        Object.assign(piece, { bottom: Math.max(piece.bottom, y), left: Math.min(piece.left, x), right: Math.max(piece.right, x), top: Math.min(piece.top, y) });
        open.push([y - 1, x], [y + 1, x], [y, x - 1], [y, x + 1]);
      }
      pieces.push(piece);
    }
  }
  return pieces;
}
