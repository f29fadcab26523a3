import { DraftBuilder, type DraftDocument } from '../../model/draft-document.js';
import { exifOf } from './image-metadata.js';
import { TextRecogniser } from './ocr.js';

/** A picture (PNG, JPEG, WebP, GIF, BMP): its text paragraph by paragraph, each with its box in pixels from the upper left corner and the confidence of its recognition; what its EXIF says. */
export async function parseImage(bytes: Uint8Array): Promise<DraftDocument> {
  const recogniser = new TextRecogniser();
  try {
    const builder = new DraftBuilder('image');
    builder.metadata({ exif: exifOf(bytes) });
    for (const { text, box, confidence } of await recogniser.paragraphs(bytes)) builder.block({ type: 'paragraph', text, confidence, source: { page: 1, box: [...box] } });
    return builder.done();
  } finally {
    await recogniser.end();
  }
}
