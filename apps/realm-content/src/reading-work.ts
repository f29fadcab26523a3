import { contentDocument, type ContentDocument, type ContentEmbeddings, type ContentKind } from '@symphainy/contracts';
import { hashedEmbedder } from '@symphainy/embeddings';
import { canonicalBytes, hashOf, PlatformError, sha256Hex, toWireError, type Json, type WireError } from '@symphainy/kernel';
import type { DraftDocument } from './model/draft-document.js';
import { detectPersonal, type DetectedData } from './services/detect/detect-personal.js';
import { embed } from './services/embed/embed.js';
import type { CanonicalModel } from './services/facts/canonical-names.js';
import { factsOf } from './services/facts/facts.js';
import { normalise } from './services/normalise/normalise.js';
import type { ParseOptions } from './services/parse/parsers.js';
import { readWhole } from './read-whole.js';

/** JSON that work is about; nothing: of what the process wrote last, and said that it kept. */
interface About {
  readonly bytes: Uint8Array | undefined;
}

/** What a reading process is asked: to parse a file, to normalise what a parser left (its JSON), and what to make of a document (its JSON): its facts, or its chunks with hashed vectors. */
export type ReadingWork =
  | { readonly task: 'parse'; readonly kind: Exclude<ContentKind, 'mainframe'>; readonly bytes: Uint8Array; readonly options: Omit<ParseOptions, 'progress'> }
  | ({ readonly task: 'normalise' } & About)
  | ({ readonly task: 'facts'; readonly models: readonly CanonicalModel[] } & About)
  | ({ readonly task: 'embed'; readonly characters?: number | undefined } & About);

export interface DocumentCounts {
  readonly kind: ContentKind;
  readonly title?: string;
  readonly pages?: number;
  readonly blocks: number;
  readonly tables: number;
  readonly rows: number;
  readonly failures: number;
}

export interface FactCounts {
  readonly facts: number;
  readonly omitted?: number;
}

export interface EmbeddingCounts {
  readonly model: string;
  readonly dimensions: number;
  readonly chunks: number;
  readonly omitted?: number;
  /** Hash of the texts that were embedded. */
  readonly asked: string;
}

interface Answers {
  readonly parse: { readonly json: Uint8Array; readonly detected?: DetectedData };
  readonly normalise: { readonly json: Uint8Array; readonly counts: DocumentCounts };
  readonly facts: { readonly json: Uint8Array; readonly counts: FactCounts };
  readonly embed: { readonly json: Uint8Array; readonly counts: EmbeddingCounts };
}

export type AnswerTo<W extends ReadingWork> = Answers[W['task']];

/** Canonical JSON, so that whoever asked writes bytes and builds no tree; or the failure, as data. */
export type ReadingAnswer = Answers[keyof Answers] | { readonly failure: WireError };

/** What a reading process says. `kept`: the SHA-256 of the JSON whose value it still has. */
export type ReadingMessage = { readonly progress: { readonly [part: string]: number } } | { readonly answer: ReadingAnswer; readonly kept?: string | undefined };

/** Does one piece of work; what is wrong with the file is an answer, anything else is thrown. */
export async function read(work: ReadingWork, progress: NonNullable<ParseOptions['progress']>): Promise<ReadingAnswer> {
  try {
    switch (work.task) {
      case 'parse':
        return await parsed(work, progress);
      case 'normalise':
        return described(await normalise(last.of(work.bytes, (json) => json as unknown as DraftDocument)));
      case 'facts': {
        const facts = await factsOf(documentOf(work.bytes), work.models);
        return { json: canonicalBytes(facts), counts: { facts: facts.facts.length, ...(facts.omitted === undefined ? {} : { omitted: facts.omitted }) } };
      }
      case 'embed':
        return embedded(await embed(documentOf(work.bytes), { embedder: hashedEmbedder, characters: work.characters, signal: new AbortController().signal }));
    }
  } catch (error) {
    if (error instanceof PlatformError) return { failure: toWireError(error) };
    throw error;
  }
}

/** What the last answer is the text of. A file's next step is mostly about that, in the same process, and need not fetch, read, check and hold it a second time. */
class LastWritten {
  private kept: { readonly hash: string; readonly value: unknown } | undefined;

  get hash(): string | undefined {
    return this.kept?.hash;
  }

  write(value: object): Uint8Array {
    this.kept = undefined;
    const json = canonicalBytes(value);
    this.kept = { hash: sha256Hex(json), value };
    return json;
  }

  of<T>(bytes: Uint8Array | undefined, read: (json: Json) => T): T {
    if (bytes === undefined) {
      if (this.kept === undefined) throw new Error('asked about what was kept, and nothing was');
      return this.kept.value as T;
    }
    this.forget();
    return read(JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as Json);
  }

  forget(): void {
    this.kept = undefined;
  }
}

const last = new LastWritten();

/** The SHA-256 of the JSON that the next work may be about without bringing it. */
export const keptHash = (): string | undefined => last.hash;

const documentOf = (bytes: Uint8Array | undefined): ContentDocument => last.of(bytes, (json) => contentDocument.parse(json));

async function parsed({ kind, bytes, options }: Extract<ReadingWork, { task: 'parse' }>, progress: NonNullable<ParseOptions['progress']>): Promise<Answers['parse']> {
  last.forget();
  const draft = await readWhole(kind, bytes, { ...options, progress });
  const detected = detectPersonal(draft);
  return { json: last.write(draft), ...(detected === undefined ? {} : { detected }) };
}

const described = (document: ContentDocument): Answers['normalise'] => ({ json: last.write(document), counts: countsOf(document) });

/** Embeddings as bytes, and what is told of them. */
export function embedded(embeddings: ContentEmbeddings): Answers['embed'] {
  const { model, dimensions, chunks, omitted } = embeddings;
  return { json: canonicalBytes(embeddings), counts: { model, dimensions, chunks: chunks.length, asked: hashOf(chunks.map(({ text }) => text)), ...(omitted === undefined ? {} : { omitted }) } };
}

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
