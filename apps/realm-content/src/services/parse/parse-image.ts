import { DraftBuilder, type DraftDocument } from '../../model/draft-document.js';
import { limits, withinLimit } from '../../model/limits.js';
import { exifOf } from './image-metadata.js';
import { TextRecogniser } from './ocr.js';
import { isTiff, tiffPages } from './tiff-pages.js';
import { upright } from './upright-picture.js';

export interface ImageOptions {
  readonly progress?: (done: { [unit: string]: number }) => void;
}

/**
 * A picture (PNG, JPEG, WebP, GIF, BMP, TIFF): its text paragraph by paragraph, each with its box in pixels from the upper left corner of the picture as it is shown, and the confidence of its recognition; what its EXIF says, by whose
 * orientation it is turned before. Of a TIFF all pages, of those the first 50 recognised; of a GIF that moves the first picture.
 */
export async function parseImage(bytes: Uint8Array, options: ImageOptions = {}): Promise<DraftDocument> {
  const recogniser = new TextRecogniser();
  try {
    const builder = new DraftBuilder('image');
    const exif = exifOf(bytes);
    const { count, page } = isTiff(bytes) ? tiffPages(bytes) : { count: 1, page: () => upright(bytes, exif?.['Orientation']) };
    withinLimit('pages', count);
    const shown = Math.min(count, limits.scannedPages);
    builder.metadata({ exif, ...(isTiff(bytes) ? { pages: count } : {}), ...(shown < count ? { pages_without_text: Array.from({ length: count - shown }, (_, at) => shown + at + 1) } : {}) });
    for (let at = 0; at < shown; at++) {
      for (const { text, box, confidence } of await recogniser.paragraphs(page(at))) builder.block({ type: 'paragraph', text, confidence, source: { page: at + 1, box: [...box] } });
      options.progress?.({ page: at + 1, pages: count });
    }
    return builder.done();
  } finally {
    await recogniser.end();
  }
}
