import { contentDocument, type ContentDocument } from '@symphainy/contracts';
import type { IngestOptions } from './model/ingest.schema.js';
import { readingPool } from './reading-pool.js';
import { identify } from './services/identify/identify.js';

export interface ReadableFile {
  readonly bytes: Uint8Array;
  /** Name and media type confirm what the content says; they never decide. */
  readonly filename?: string;
  readonly media_type?: string;
  readonly options?: Pick<IngestOptions, 'encoding' | 'delimiter' | 'password'>;
}

/**
 * What the steps identify, parse and normalise make of one file, without an execution around them: for tools that measure. Throws the coded
 * failures that the steps would end with. Mainframe records need their copybook and go through `content.ingest`.
 */
export async function readDocument(file: ReadableFile): Promise<ContentDocument> {
  const { bytes, filename, media_type, options = {} } = file;
  const { kind } = await identify({ bytes, filename, media_type, copybook: false, encoding: options.encoding });
  if (kind === 'mainframe') throw new Error('records without a copybook are never identified as mainframe');
  const parsed = await readingPool.parse(kind, bytes, options);
  const { json } = await readingPool.normalise({ bytes: () => Promise.resolve(parsed.json) });
  return contentDocument.parse(JSON.parse(new TextDecoder().decode(json)));
}
