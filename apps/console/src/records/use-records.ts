import type { Client } from '@symphainy/client';
import type { Artifact, ContentDataset, ContentDocument, Json } from '@symphainy/contracts';
import { useCallback, useMemo } from 'react';
import { usePlatform } from '../account/account-context.js';
import { has, isObject, textAt } from '../artifacts/shape.js';
import { loadShown } from '../artifacts/shown-content.js';
import { useLoad, type Loaded } from '../platform/use-load.js';
import { datasetBook, documentBook, type ReadBytes, type RecordBook, type ShownRecord } from './record-book.js';

export interface OpenedBook {
  readonly artifact: Artifact;
  readonly book: RecordBook;
  /** The code page that texts were read by: its name, and its 256 characters where the layout tells them. */
  readonly codePage: { readonly name: string; readonly characters: string | undefined };
}

/** The records of a dataset or document. Throws where it has none. */
export function useBook(artifactId: string): Loaded<OpenedBook> {
  const platform = usePlatform();
  return useLoad(useCallback(() => openBook(platform, artifactId), [platform, artifactId]));
}

async function openBook(platform: Client, artifactId: string): Promise<OpenedBook> {
  const artifact = await platform.artifacts.read(artifactId);
  const shown = await loadShown(platform, artifact);
  const value: Json = shown.kind === 'json' ? shown.value : null;
  const [book, layouts] = await Promise.all([bookOf(platform, artifact, value), platform.artifacts.list({ execution_id: artifact.execution_id, artifact_type: 'content.copybook_layout' })]);
  const [layout] = layouts.artifacts;
  return { artifact, book, codePage: layout === undefined ? { name: 'unknown', characters: undefined } : codePageOf(await contentOf(platform, layout.artifact_id)) };
}

async function bookOf(platform: Client, artifact: Artifact, value: Json): Promise<RecordBook> {
  if (has(value, 'parts', 'columns', 'layout_hash')) return datasetBook(value as unknown as ContentDataset, sizeReader(platform), bytesReader(platform));
  const reference = artifact.lineage?.tables?.[0]?.reference;
  const book = has(value, 'tables') && reference !== undefined ? documentBook(value as unknown as ContentDocument, await platform.artifacts.read(reference)) : undefined;
  if (book === undefined) throw new Error(`${artifact.artifact_type} holds no records.`);
  return book;
}

async function contentOf(platform: Client, artifactId: string): Promise<Json> {
  const shown = await loadShown(platform, await platform.artifacts.read(artifactId));
  return shown.kind === 'json' ? shown.value : null;
}

function codePageOf(layout: Json): OpenedBook['codePage'] {
  const page = isObject(layout) ? layout['code_page'] : undefined;
  return isObject(page) ? { name: textAt(page, 'name') ?? 'unknown', characters: textAt(page, 'characters') } : { name: 'unknown', characters: undefined };
}

const bytesReader = (platform: Client): ReadBytes => async (artifactId, start, end) => {
  if (start >= end) return new Uint8Array();
  const answer = await platform.artifacts.open(artifactId, { headers: { range: `bytes=${start}-${end - 1}` } });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  // Small content is in its record, and comes whole.
  return answer.status === 206 ? bytes : bytes.subarray(start, end);
};

const sizeReader = (platform: Client) => {
  const known = new Map<string, Promise<number>>();
  return (artifactId: string): Promise<number> => {
    const size = known.get(artifactId) ?? platform.artifacts.read(artifactId).then(({ object }) => object?.size ?? 0);
    known.set(artifactId, size);
    return size;
  };
};

/** A record's bytes are shown up to here. */
export const MAX_BYTES = 32 * 1024;

export interface ReadRecord {
  readonly shown: ShownRecord;
  readonly bytes: Uint8Array;
}

/** One record with its bytes. Throws where there is none of that number. */
export function useRecord({ book }: OpenedBook, record: number): Loaded<ReadRecord> {
  const platform = usePlatform();
  const readBytes = useMemo(() => bytesReader(platform), [platform]);
  return useLoad(useCallback(async () => {
    const shown = await book.read(record);
    if (shown === undefined) throw new Error(`There is no record ${record}.`);
    return { shown, bytes: await readBytes(book.source, shown.start, Math.min(shown.end, shown.start + MAX_BYTES)) };
  }, [book, record, readBytes]));
}
