import type { PDFPageProxy } from 'pdfjs-dist';

/** Rules of a page, in points: `h` runs from x0 to x1 at y, `v` from y0 to y1 at x. */
export interface Rules {
  readonly h: readonly { readonly y: number; readonly x0: number; readonly x1: number }[];
  readonly v: readonly { readonly x: number; readonly y0: number; readonly y1: number }[];
}

export const NO_RULES: Rules = { h: [], v: [] };

type Matrix = readonly [number, number, number, number, number, number];
type Point = readonly [number, number];

/** Filled boxes thinner than this are rules. */
const THIN = 3;
/** Shorter strokes are dashes, tick marks and parts of letters. */
const SHORT = 4;
/** A page of a drawing has more; its lines make no table. */
const MAX_RULES = 20_000;

/** What a page draws of straight horizontal and vertical lines: strokes, edges of boxes, and boxes so thin that they are lines. */
export async function rulesOf(page: PDFPageProxy, operators: { readonly [name: string]: number }): Promise<Rules> {
  const list = await page.getOperatorList();
  const found: { h: Rules['h'][number][]; v: Rules['v'][number][] } = { h: [], v: [] };
  const stack: Matrix[] = [];
  let matrix: Matrix = [1, 0, 0, 1, 0, 0];
  const strokes = new Set(['stroke', 'closeStroke', 'fillStroke', 'eoFillStroke', 'closeFillStroke', 'closeEOFillStroke'].map((name) => operators[name]));
  const fills = new Set(['fill', 'eoFill'].map((name) => operators[name]));
  list.fnArray.forEach((operator, at) => {
    const args = list.argsArray[at] as unknown[] | null;
    if (operator === operators['save'] || operator === operators['paintFormXObjectBegin']) stack.push(matrix);
    if (operator === operators['restore'] || operator === operators['paintFormXObjectEnd']) matrix = stack.pop() ?? matrix;
    if (operator === operators['transform']) matrix = times(matrix, args as unknown as Matrix);
    if (operator === operators['paintFormXObjectBegin'] && Array.isArray(args?.[0])) matrix = times(matrix, args[0] as unknown as Matrix);
    if (operator !== operators['constructPath'] || found.h.length + found.v.length > MAX_RULES) return;
    const painted = args?.[0] as number;
    const data = (args?.[1] as (ArrayLike<number> | null)[] | undefined)?.[0];
    if (data && (strokes.has(painted) || fills.has(painted))) for (const path of pathsOf(data)) take(path.map((point) => moved(matrix, point)), strokes.has(painted), found);
  });
  return { h: joined(found.h, (r) => r.y, (r) => [r.x0, r.x1], (y, x0, x1) => ({ y, x0, x1 })), v: joined(found.v, (r) => r.x, (r) => [r.y0, r.y1], (x, y0, y1) => ({ x, y0, y1 })) };
}

const times = (m: Matrix, n: Matrix): Matrix => [
  m[0] * n[0] + m[2] * n[1], m[1] * n[0] + m[3] * n[1], m[0] * n[2] + m[2] * n[3], m[1] * n[2] + m[3] * n[3], m[0] * n[4] + m[2] * n[5] + m[4], m[1] * n[4] + m[3] * n[5] + m[5],
];
const moved = (m: Matrix, [x, y]: Point): Point => [m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]];

/** Straight parts of a path: pdf.js writes 0 for move, 1 for line, 2 and 3 for curves, 4 for close. */
function pathsOf(data: ArrayLike<number>): Point[][] {
  const paths: Point[][] = [];
  for (let at = 0; at < data.length; ) {
    const step = data[at++];
    const path = paths.at(-1);
    if (step === 0) paths.push([[data[at]!, data[at + 1]!]]);
    else if (step === 1) path?.push([data[at]!, data[at + 1]!]);
    else if (step === 4 && path) path.push(path[0]!);
    else if (step !== 4) paths.push([[data[at + (step === 2 ? 4 : 2)]!, data[at + (step === 2 ? 5 : 3)]!]]);
    at += step === 2 ? 6 : step === 3 ? 4 : step === 4 ? 0 : 2;
  }
  return paths;
}

function take(path: readonly Point[], stroked: boolean, found: { h: Rules['h'][number][]; v: Rules['v'][number][] }): void {
  const xs = path.map((point) => point[0]);
  const ys = path.map((point) => point[1]);
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  if (path.length >= 4 && y1 - y0 <= THIN && x1 - x0 > SHORT) return void found.h.push({ y: (y0 + y1) / 2, x0, x1 });
  if (path.length >= 4 && x1 - x0 <= THIN && y1 - y0 > SHORT) return void found.v.push({ x: (x0 + x1) / 2, y0, y1 });
  if (!stroked) return;
  for (let at = 1; at < path.length; at++) {
    const [[ax, ay], [bx, by]] = [path[at - 1]!, path[at]!];
    if (Math.abs(ay - by) < 1 && Math.abs(ax - bx) > SHORT) found.h.push({ y: (ay + by) / 2, x0: Math.min(ax, bx), x1: Math.max(ax, bx) });
    else if (Math.abs(ax - bx) < 1 && Math.abs(ay - by) > SHORT) found.v.push({ x: (ax + bx) / 2, y0: Math.min(ay, by), y1: Math.max(ay, by) });
  }
}

const SAME_PLACE = 2;
const SAME_LINE_GAP = 3;

/** Rules that lie on each other or go on where another ends are one. */
function joined<R>(rules: readonly R[], placeOf: (rule: R) => number, rangeOf: (rule: R) => readonly [number, number], make: (place: number, from: number, to: number) => R): R[] {
  const groups: { place: number; ranges: [number, number][] }[] = [];
  for (const rule of rules.toSorted((a, b) => placeOf(a) - placeOf(b))) {
    const group = groups.at(-1);
    const [from, to] = rangeOf(rule);
    if (group && placeOf(rule) - group.place <= SAME_PLACE) group.ranges.push([from, to]);
    else groups.push({ place: placeOf(rule), ranges: [[from, to]] });
  }
  return groups.flatMap(({ place, ranges }) => mergedRanges(ranges).map(([from, to]) => make(place, from, to)));
}

function mergedRanges(ranges: readonly [number, number][]): [number, number][] {
  const merged: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && from <= last[1] + SAME_LINE_GAP) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}
