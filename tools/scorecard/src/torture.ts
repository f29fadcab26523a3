import { basename } from 'node:path';
import { damages, openMainframe, readDocument } from '@symphainy/realm-content';
import type { Corpus } from './area.js';
import { casesOf, FOLDER, optionsOf, wordsOf } from './areas/mainframe/mainframe-case.js';

/** What became of one damaged file: `read`, a coded refusal, or a fault of the reader. */
export interface Damaged {
  readonly file: string;
  readonly damage: string;
  readonly outcome: string;
  readonly fault: boolean;
  readonly ms: number;
}

type Read = (bytes: Uint8Array) => Promise<void>;

const DOCUMENTS = /\.(pdf|docx|xlsx|xlsm|pptx|html?|csv|tsv|eml|webp|png|jpe?g|gif|bmp|xml|json|jsonl|parquet|zip|txt|md)$/;
const CODED = /^(content|copybook)\./;

/** Every file of the corpus below `under` cut at ten places, and with bits flipped at places that its length seeds; mainframe files are read by their case's copybook. */
export async function* torture(corpus: Corpus, under: readonly string[]): AsyncGenerator<Damaged> {
  const wanted = (file: string): boolean => under.length === 0 || under.some((folder) => file.startsWith(folder));
  for (const [file, read] of readable(corpus)) {
    if (!wanted(file)) continue;
    for (const { damage, bytes } of damages(corpus.bytes(file))) yield { file, damage, ...(await outcomeOf(read, bytes)) };
  }
}

function* readable(corpus: Corpus): Generator<[string, Read]> {
  const documents = ['pdf', 'office', 'images', 'permits', 'quality'].flatMap((folder) => corpus.files(folder, DOCUMENTS));
  for (const file of documents.filter((name) => !/expected/.test(name))) yield [file, async (bytes) => void (await readDocument({ bytes, filename: basename(file) }))];
  const cases = casesOf(corpus);
  for (const one of cases) {
    const data = `${FOLDER}/${one.data}`;
    const layout = one.copybook ?? one.layout;
    if (layout === undefined || !corpus.has(data) || !corpus.has(`${FOLDER}/${layout}`)) continue;
    const options = optionsOf(one, wordsOf(one, cases));
    yield [data, (bytes) => Promise.resolve([...openMainframe(corpus.text(`${FOLDER}/${layout}`), bytes, options).rows()]).then(() => undefined)];
  }
}

async function outcomeOf(read: Read, bytes: Uint8Array): Promise<{ outcome: string; fault: boolean; ms: number }> {
  const started = performance.now();
  const told = (outcome: string, fault: boolean) => ({ outcome, fault, ms: Math.round(performance.now() - started) });
  try {
    await read(bytes);
    return told('read', false);
  } catch (error) {
    const code = (error as { code?: unknown } | null)?.code;
    if (typeof code === 'string' && CODED.test(code)) return told(code, false);
    return told(error instanceof Error ? `${error.name}: ${error.message.slice(0, 160)}` : String(error), true);
  }
}
