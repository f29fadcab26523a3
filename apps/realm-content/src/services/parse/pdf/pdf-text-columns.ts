import type { Line, Segment } from './pdf-lines.js';

const MIN_LINES = 5;
const LONG = 25;
const MIN_CELLS = 3;
/** Lines of one band follow each other within this many line heights. */
const BAND_GAP = 4;

/** Stretches of lines to be read one after the other: where a page is set in two columns of running text, the left one before the right one. */
export function textColumns(lines: readonly Line[]): (readonly Line[])[] {
  const pairs = lines.filter((line) => line.segments.length === 2 && line.segments.every((s) => s.text.length > LONG));
  if (pairs.length < MIN_LINES) return [lines];
  const gutter = (middle(pairs.map((l) => l.segments[0]!.x1)) + middle(pairs.map((l) => l.segments[1]!.x0))) / 2;
  const parted = (line: Line): boolean => line.segments.every((s) => s.x1 <= gutter || s.x0 >= gutter);
  const stretches: (readonly Line[])[] = [];
  let before: Line[] = [];
  const isPair = (line: Line): boolean => pairs.includes(line) && parted(line);
  const goesOn = (line: Line): boolean => isPair(line) || (parted(line) && isColumn(line, gutter));
  for (const band of bandsOf(lines, isPair, goesOn, parted)) {
    if (!band.paired) {
      before.push(...band.lines);
      continue;
    }
    if (before.length > 0) stretches.push(before);
    before = [];
    stretches.push(side(band.lines, (s) => s.x1 <= gutter), side(band.lines, (s) => s.x0 >= gutter));
  }
  return [...stretches, before].filter((stretch) => stretch.length > 0);
}

/** A line on one side alone, or one of text beside what may be a row of a table on the other side. */
function isColumn({ segments }: Line, gutter: number): boolean {
  const left = segments.filter((s) => s.x1 <= gutter).length;
  const right = segments.length - left;
  return left === 0 || right === 0 || (left === 1 && right >= MIN_CELLS) || (right === 1 && left >= MIN_CELLS);
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const side = (lines: readonly Line[], keep: (s: Segment) => boolean): Line[] => lines.map((line) => ({ ...line, segments: line.segments.filter(keep) })).filter((line) => line.segments.length > 0);

interface Band {
  readonly paired: boolean;
  readonly lines: Line[];
}

type Asked = (line: Line) => boolean;

/** Runs of lines from a pair to the next close line that goes on with it, nothing between them crossing the gutter; the rest between. */
function bandsOf(lines: readonly Line[], isPair: Asked, goesOn: Asked, parted: Asked): Band[] {
  const bands: Band[] = [];
  for (let at = 0; at < lines.length; ) {
    const end = isPair(lines[at]!) ? bandEnd(lines, at, goesOn, parted) : at;
    if (end > at) bands.push({ paired: true, lines: lines.slice(at, end + 1) });
    else bands.push({ paired: false, lines: [lines[at]!] });
    at = end + 1;
  }
  return bands;
}

function bandEnd(lines: readonly Line[], start: number, goesOn: Asked, parted: Asked): number {
  let end = start;
  for (let at = start + 1; at < lines.length && parted(lines[at]!) && lines[at - 1]!.y - lines[at]!.y <= BAND_GAP * lines[at]!.height; at++) if (goesOn(lines[at]!)) end = at;
  return end;
}
