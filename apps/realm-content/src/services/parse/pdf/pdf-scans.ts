import type { PDFPageProxy } from 'pdfjs-dist';
import type { DraftBlock } from '../../../model/draft-document.js';
import type { TextRecogniser } from '../ocr.js';
import { round } from './pdf-lines.js';

/** Dots an inch at which a page is drawn for recognition, and the most pixels it may have. */
const DOTS = 200;
const MAX_PIXELS = 20_000_000;

/** What the rendering library gives on this side of its untyped door. */
interface CanvasEntry {
  readonly canvas: { toBuffer(type: 'image/png'): Uint8Array };
  readonly context: object;
}
interface Canvases {
  create(width: number, height: number): CanvasEntry;
  destroy(entry: CanvasEntry): void;
}

/** The text of a page that is only a picture, its boxes in points like those of other pages. */
export async function scannedBlocks(page: PDFPageProxy, number: number, canvases: Canvases, recogniser: TextRecogniser): Promise<DraftBlock[]> {
  const plain = page.getViewport({ scale: 1 });
  const scale = Math.min(DOTS / 72, Math.sqrt(MAX_PIXELS / (plain.width * plain.height)));
  const viewport = page.getViewport({ scale });
  const entry = canvases.create(Math.ceil(viewport.width), Math.ceil(viewport.height));
  try {
    await page.render({ canvas: entry.canvas as never, canvasContext: entry.context as never, viewport }).promise;
    const seen = await recogniser.paragraphs(entry.canvas.toBuffer('image/png'));
    return seen.map(({ text, box, confidence }) => {
      const [ax, ay] = viewport.convertToPdfPoint(box[0], box[3]) as [number, number];
      const [bx, by] = viewport.convertToPdfPoint(box[2], box[1]) as [number, number];
      return { type: 'paragraph', text, confidence, source: { page: number, box: [round(Math.min(ax, bx)), round(Math.min(ay, by)), round(Math.max(ax, bx)), round(Math.max(ay, by))] } };
    });
  } finally {
    canvases.destroy(entry);
  }
}
