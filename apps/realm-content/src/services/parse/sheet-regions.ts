import type { Cells } from './parse-xlsx.js';

/** A rectangle of a sheet, rows and columns from 0, all inclusive. */
export interface Region {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

const isFilled = (cells: Cells, row: number, column: number): boolean => {
  const cell = cells[row]?.[column];
  return cell !== undefined && cell !== null;
};

/** Islands of filled cells, parted by wholly blank rows and columns, from top to bottom and left to right. */
export function tableRegions(cells: Cells): Region[] {
  const width = cells.reduce((most, row) => Math.max(most, row?.length ?? 0), 0);
  if (width === 0) return [];
  return joinGaps(divide(cells, { top: 0, bottom: cells.length - 1, left: 0, right: width - 1 }, 0), cells).toSorted((a, b) => a.top - b.top || a.left - b.left);
}

const MAX_CUTS = 40;

/** Cuts by blank rows, then by blank columns, until neither cuts any more. */
function divide(cells: Cells, region: Region, depth: number): Region[] {
  const rows = runs(region.top, region.bottom, (row) => anyInRow(cells, row, region));
  if (rows.length === 0) return [];
  const bands = rows.map(([top, bottom]) => ({ ...region, top, bottom }));
  return bands.flatMap((band) => {
    const columns = runs(band.left, band.right, (column) => anyInColumn(cells, column, band));
    const pieces = columns.map(([left, right]) => ({ ...band, left, right }));
    const same = bands.length === 1 && pieces.length === 1;
    return same || depth >= MAX_CUTS ? pieces : pieces.flatMap((piece) => divide(cells, piece, depth + 1));
  });
}

function anyInRow(cells: Cells, row: number, region: Region): boolean {
  for (let column = region.left; column <= region.right; column++) if (isFilled(cells, row, column)) return true;
  return false;
}

function anyInColumn(cells: Cells, column: number, region: Region): boolean {
  for (let row = region.top; row <= region.bottom; row++) if (isFilled(cells, row, column)) return true;
  return false;
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
  for (const region of regions) {
    const above = joined.findIndex((r) => r.bottom === region.top - 2 && r.left === region.left && r.right === region.right && r.bottom > r.top);
    const goesOn = above >= 0 && Array.from({ length: region.right - region.left + 1 }, (_, at) => cells[region.top]?.[region.left + at]).some((cell) => typeof cell === 'number');
    if (goesOn) joined[above] = { ...joined[above]!, bottom: region.bottom };
    else joined.push(region);
  }
  return joined;
}
