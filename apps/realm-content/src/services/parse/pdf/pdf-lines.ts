/** A piece of text as the page places it: left and right edge, baseline, and height of its font, in points from the lower left corner. */
export interface PlacedText {
  readonly text: string;
  readonly x0: number;
  readonly x1: number;
  readonly y: number;
  readonly height: number;
  /** Its place in the order in which the page draws. */
  readonly at: number;
}

/** Pieces of one line that stand close: a word, a sentence, a cell. */
export interface Segment extends PlacedText {
  /** [x0, y0, x1, y1] */
  readonly box: Box;
  readonly pieces: readonly PlacedText[];
}

export type Box = readonly [number, number, number, number];

export interface Line {
  readonly page: number;
  readonly segments: readonly Segment[];
  readonly y: number;
  readonly height: number;
}

/** A gap of this many font heights parts two cells; less is a blank between words. */
const CELL_GAP = 1;
const WORD_GAP = 0.15;
/** Baselines that differ by less than this many font heights are one line (sub- and superscripts among them). */
const SAME_LINE = 0.4;
/** Pieces come from top to bottom, so their line is among the last few. */
const LINES_BACK = 4;

/** Lines of a page from top to bottom, their segments from left to right. */
export function linesOfPage(page: number, pieces: readonly PlacedText[]): Line[] {
  const rows: PlacedText[][] = [];
  for (const piece of pieces.filter((p) => p.text.trim() !== '').toSorted((a, b) => b.y - a.y || a.x0 - b.x0)) {
    const row = rows.slice(-LINES_BACK).findLast((r) => Math.abs(r[0]!.y - piece.y) <= SAME_LINE * Math.max(r[0]!.height, piece.height, 1));
    if (row) row.push(piece);
    else rows.push([piece]);
  }
  return rows.map((row) => lineOf(page, row.toSorted((a, b) => a.x0 - b.x0)));
}

/** One line of pieces that are in order. */
export const lineOf = (page: number, row: readonly PlacedText[], cellGap = CELL_GAP): Line => ({ page, segments: segmentsOf(row, cellGap), y: row[0]!.y, height: mostHeight(row) });

/** The height in which most of a line's characters are set: a bullet, an initial or a sign may be larger. */
function mostHeight(row: readonly PlacedText[]): number {
  const characters = new Map<number, number>();
  for (const { height, text } of row) characters.set(height, (characters.get(height) ?? 0) + text.trim().length);
  return [...characters].reduce((most, one) => (one[1] > most[1] ? one : most), [0, 0])[0];
}

function segmentsOf(row: readonly PlacedText[], cellGap: number): Segment[] {
  const segments: (PlacedText & { readonly pieces: PlacedText[] })[] = [];
  for (const piece of row) {
    const last = segments.at(-1);
    const height = Math.max(piece.height, last?.height ?? 0, 1);
    const gap = last === undefined ? Infinity : piece.x0 - last.x1;
    if (last === undefined || gap > cellGap * height) segments.push({ ...piece, pieces: [piece] });
    else segments[segments.length - 1] = { ...last, text: isRightToLeft(last.text) && isRightToLeft(piece.text) ? joinPieces(piece.text, last.text, gap > WORD_GAP * height) : joinPieces(last.text, piece.text, gap > WORD_GAP * height), x0: Math.min(last.x0, piece.x0), x1: Math.max(last.x1, piece.x1), height, at: Math.min(last.at, piece.at), pieces: [...last.pieces, piece] };
  }
  return segments.map((s) => ({ ...s, text: s.text.trim(), box: [round(s.x0), round(s.y - s.height * 0.25), round(s.x1), round(s.y + s.height * 0.8)] }));
}

/** Pieces of a line of Arabic or Hebrew follow each other from right to left. */
const isRightToLeft = (text: string): boolean => /^[^A-Za-z]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/.test(text) && !/[A-Za-z]/.test(text);

const joinPieces = (left: string, right: string, blank: boolean): string => (blank && !left.endsWith(' ') && !right.startsWith(' ') ? `${left} ${right}` : left + right);

/** Two decimals: a hundredth of a point is beyond what any page shows. */
export const round = (value: number): number => Math.round(value * 100) / 100 || 0;

export const lineText = ({ segments }: Line): string => (segments.every((s) => isRightToLeft(s.text)) ? segments.toReversed() : segments).map((s) => s.text).join(' ');

export const boxOf = (segments: readonly { readonly box: Box }[]): [number, number, number, number] => [
  Math.min(...segments.map((s) => s.box[0])), Math.min(...segments.map((s) => s.box[1])), Math.max(...segments.map((s) => s.box[2])), Math.max(...segments.map((s) => s.box[3])),
];
