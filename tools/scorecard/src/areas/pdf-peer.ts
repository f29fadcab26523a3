/** What one gets from pdfjs-dist without further work. */

export interface Piece {
  readonly str: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly endsLine: boolean;
}

export async function pdfPieces(bytes: Uint8Array): Promise<Piece[][]> {
  const { getDocument, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const pdf = await getDocument({ data: Uint8Array.from(bytes), disableFontFace: true, useSystemFonts: false, verbosity: VerbosityLevel.ERRORS }).promise;
  try {
    const pages: Piece[][] = [];
    for (let number = 1; number <= pdf.numPages; number++) {
      const { items } = await (await pdf.getPage(number)).getTextContent();
      pages.push(items.flatMap((item) => ('str' in item ? [{ str: item.str, x: Number(item.transform[4]), y: Number(item.transform[5]), width: item.width, height: item.height, endsLine: item.hasEOL }] : [])));
    }
    return pages;
  } finally {
    await pdf.loadingTask.destroy();
  }
}

/** Pieces in the order of the file, as `unpdf` and most callers join them. */
export const joinedText = (pages: readonly Piece[][]): string => pages.map((pieces) => pieces.map((piece) => piece.str + (piece.endsLine ? '\n' : '')).join('')).join('\n');

/** Pieces on one height are a row, a gap wider than a letter parts two cells: every page is one table. */
export function naiveTables(pages: readonly Piece[][]): string[][][] {
  return pages.map((pieces) => {
    const rows = new Map<number, Piece[]>();
    for (const piece of pieces.filter((one) => one.str.trim() !== '')) {
      const row = Math.round(piece.y);
      rows.set(row, [...(rows.get(row) ?? []), piece]);
    }
    return [...rows].toSorted((a, b) => b[0] - a[0]).map(([, row]) => cellsOf(row.toSorted((a, b) => a.x - b.x)));
  });
}

function cellsOf(row: readonly Piece[]): string[] {
  const cells: string[] = [];
  let end = -Infinity;
  for (const piece of row) {
    if (piece.x - end > Math.max(piece.height, 4)) cells.push(piece.str);
    else cells[cells.length - 1] += piece.str;
    end = piece.x + piece.width;
  }
  return cells;
}
