import { canonicalJson, PlatformError, toWireError, type Json, type WireError } from '@symphainy/kernel';
import type { ContentDocument, ContentKind } from '@symphainy/contracts';
import type { DraftDocument } from './model/draft-document.js';
import { detectPersonal, type DetectedData } from './services/detect/detect-personal.js';
import { normalise } from './services/normalise/normalise.js';
import type { ParseOptions } from './services/parse/parsers.js';
import { readWhole } from './read-whole.js';

/** What a reading process is asked: to parse a file, or to normalise what a parser left (its JSON). */
export type ReadingWork =
  | { readonly task: 'parse'; readonly kind: Exclude<ContentKind, 'mainframe'>; readonly bytes: Uint8Array; readonly options: Omit<ParseOptions, 'progress'> }
  | { readonly task: 'normalise'; readonly bytes: Uint8Array };

export interface DocumentCounts {
  readonly kind: ContentKind;
  readonly title?: string;
  readonly pages?: number;
  readonly blocks: number;
  readonly tables: number;
  readonly rows: number;
  readonly failures: number;
}

/** Canonical JSON, so that whoever asked writes bytes and builds no tree; or the failure, as data. */
export type ReadingAnswer = { readonly json: Uint8Array; readonly counts?: DocumentCounts; /** Of a file that was parsed. */ readonly detected?: DetectedData } | { readonly failure: WireError };

/** What a reading process says. */
export type ReadingMessage = { readonly progress: { readonly [part: string]: number } } | { readonly answer: ReadingAnswer };

/** Does one piece of work; what is wrong with the file is an answer, anything else is thrown. */
export async function read(work: ReadingWork, progress: NonNullable<ParseOptions['progress']>): Promise<ReadingAnswer> {
  try {
    if (work.task === 'normalise') {
      const document = await normalise(JSON.parse(new TextDecoder().decode(work.bytes)) as DraftDocument);
      return { json: bytesOf(document), counts: countsOf(document) };
    }
    const draft = await readWhole(work.kind, work.bytes, { ...work.options, progress });
    const detected = detectPersonal(draft);
    return { json: bytesOf(draft), ...(detected === undefined ? {} : { detected }) };
  } catch (error) {
    if (error instanceof PlatformError) return { failure: toWireError(error) };
    throw error;
  }
}

const bytesOf = (value: object): Uint8Array => new TextEncoder().encode(canonicalJson(value as Json));

function countsOf(document: ContentDocument): DocumentCounts {
  const pages = document.metadata['pages'];
  return {
    kind: document.kind,
    ...(document.title === undefined ? {} : { title: document.title }),
    ...(typeof pages === 'number' ? { pages } : {}),
    blocks: document.blocks.length,
    tables: document.tables.length,
    rows: document.tables.reduce((sum, table) => sum + table.rows.length, 0),
    failures: Object.values(document.failure_counts ?? {}).reduce((sum, count) => sum + count, 0),
  };
}
