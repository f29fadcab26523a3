import { basename } from 'node:path';
import type { ContentDocument } from '@symphainy/contracts';
import { readDocument } from '@symphainy/realm-content';
import type { Corpus } from '../area.js';

const read = new Map<string, Promise<ContentDocument>>();

/** The platform's own reading of a file, once a run. */
export function documentOf(corpus: Corpus, file: string): Promise<ContentDocument> {
  const key = `${corpus.root}\u0000${file}`;
  const found = read.get(key) ?? readDocument({ bytes: corpus.bytes(file), filename: basename(file) });
  read.set(key, found);
  return found;
}
