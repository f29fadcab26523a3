import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { createWorker, type Worker } from 'tesseract.js';
import { failure } from '@symphainy/contracts';

/** A paragraph that was recognised in a picture: its box in pixels from the upper left corner, its confidence from 0 to 1. */
export interface SeenParagraph {
  readonly text: string;
  readonly box: readonly [number, number, number, number];
  readonly confidence: number;
}

/** Recognises English text in pictures. The model comes with the packages, nothing is fetched. End it after the last picture. */
export class TextRecogniser {
  private worker: Promise<Worker> | undefined;

  async paragraphs(picture: Uint8Array): Promise<SeenParagraph[]> {
    const worker = await (this.worker ??= startWorker());
    try {
      const { data } = await worker.recognize(Buffer.from(picture), {}, { blocks: true, text: false });
      return (data.blocks ?? []).flatMap((block) => block.paragraphs).map((paragraph) => ({
        text: paragraph.lines.map((line) => line.text.trim()).join(' '),
        box: [paragraph.bbox.x0, paragraph.bbox.y0, paragraph.bbox.x1, paragraph.bbox.y1] as const,
        confidence: Math.round(paragraph.confidence) / 100,
      })).filter(({ text }) => text.trim() !== '');
    } catch (error) {
      throw failure('content.corrupt', { message: 'the picture cannot be decoded', field: '/source', cause: error });
    }
  }

  async end(): Promise<void> {
    await (await this.worker)?.terminate();
  }
}

const modelFolder = (): string => join(dirname(createRequire(__filename).resolve('@tesseract.js-data/eng/package.json')), '4.0.0_best_int');

/** Errors of the library's thread come back from `recognize`; without a handler of its own it would throw them where nobody can catch them. */
const startWorker = (): Promise<Worker> => createWorker('eng', 1, { langPath: modelFolder(), cacheMethod: 'none', errorHandler: () => undefined });
