import { plainText } from '@symphainy/realm-content';
import { scored, type Area, type CaseResult } from '../area.js';
import { textSimilarity } from '../measure/similarity.js';
import { expectedText } from './pdf-text-area.js';
import { documentOf } from './read-file.js';

export const imagesArea: Area = {
  name: 'images',
  counts: 'characters in reading order of pictures and of pages that are pictures, white space left out: 2 · LCS / (found + expected)',
  peer: 'none: pdfjs-dist finds no text in a picture',
  async measure(corpus) {
    const cases: CaseResult[] = [];
    const pictures = [...corpus.files('images', /\.(png|jpe?g|webp|gif|bmp|tiff?)$/i), ...corpus.files('pdf/scanned', /\.pdf$/)];
    for (const file of pictures) {
      const expected = expectedText(corpus, file);
      if (expected !== undefined) cases.push({ file, ...(await scored(async () => textSimilarity(plainText(await documentOf(corpus, file)), expected))) });
    }
    return cases;
  },
};
