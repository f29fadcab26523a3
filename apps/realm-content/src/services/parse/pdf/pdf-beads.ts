import { PDFArray, PDFDict, PDFDocument, PDFName, PDFNumber } from 'pdf-lib';
import type { Box } from './pdf-lines.js';

/** Files that have articles name them in their catalogue; only those are opened a second time. */
const NAMED = Buffer.from('/Threads');

/**
 * The beads of a PDF's articles (ISO 32000-2, 12.4.3) by page number: boxes in the order in which the page is read. pdf.js does not tell them. A file that
 * the second library cannot open, or that names as beads what is none, has none: its text is read in the order of drawing.
 */
export async function beadsOf(bytes: Uint8Array): Promise<ReadonlyMap<number, readonly Box[]>> {
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(NAMED)) return new Map();
  try {
    return pageBeads(await PDFDocument.load(bytes, { ignoreEncryption: true, updateMetadata: false, throwOnInvalidObject: false }));
  } catch {
    return new Map();
  }
}

function pageBeads(pdf: PDFDocument): ReadonlyMap<number, readonly Box[]> {
  const found = new Map<number, readonly Box[]>();
  for (const [at, { node }] of pdf.getPages().entries()) {
    const beads = node.lookupMaybe(PDFName.of('B'), PDFArray);
    const boxes = (beads?.asArray() ?? []).flatMap((reference) => {
      const bead = node.context.lookup(reference);
      const box = bead instanceof PDFDict ? bead.lookupMaybe(PDFName.of('R'), PDFArray) : undefined;
      return box ? boxOfArray(box) : [];
    });
    if (boxes.length > 0) found.set(at + 1, boxes);
  }
  return found;
}

function boxOfArray(array: PDFArray): Box[] {
  const numbers = array.asArray().flatMap((value) => (value instanceof PDFNumber ? [value.asNumber()] : []));
  if (numbers.length !== 4) return [];
  const [a, b, c, d] = numbers as [number, number, number, number];
  return [[Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)]];
}

/** What each bead holds, in order; what stands in none comes first where it is above all of them, else last. */
export function byBead<T extends { readonly x0: number; readonly x1: number; readonly y: number }>(pieces: readonly T[], beads: readonly Box[]): T[][] {
  const inside = ([x0, y0, x1, y1]: Box, piece: T): boolean => (piece.x0 + piece.x1) / 2 >= x0 && (piece.x0 + piece.x1) / 2 <= x1 && piece.y >= y0 && piece.y <= y1;
  const top = Math.max(...beads.map((bead) => bead[3]));
  const place = (piece: T): number => {
    const bead = beads.findIndex((box) => inside(box, piece));
    return bead >= 0 ? bead + 1 : piece.y > top ? 0 : beads.length + 1;
  };
  const groups: T[][] = Array.from({ length: beads.length + 2 }, () => []);
  for (const piece of pieces) groups[place(piece)]!.push(piece);
  return groups.filter((group) => group.length > 0);
}
