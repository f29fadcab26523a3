import type { Client } from '@symphainy/client';
import type { Artifact, ContentDocument } from '@symphainy/contracts';
import { useCallback, useEffect, useState } from 'react';
import { usePlatform } from '../account/account-context.js';
import { loadShown } from '../artifacts/shown-content.js';
import { has } from '../artifacts/shape.js';
import { problemOf, type Problem } from '../platform/problem.js';
import { useLoad, type Loaded } from '../platform/use-load.js';
import { asksForPassword, openPdf, type OpenedPdf } from './open-pdf.js';
import { sourceKindOf } from './regions.js';

export interface ReadDocument {
  readonly artifact: Artifact;
  readonly document: ContentDocument;
  /** The file it was read from; undefined where it is not named, or may not be seen. */
  readonly source: Artifact | undefined;
}

/** The document model and its file. Throws where the artifact is no document. */
export function useDocument(artifactId: string): Loaded<ReadDocument> {
  const platform = usePlatform();
  return useLoad(useCallback(async () => {
    const artifact = await platform.artifacts.read(artifactId);
    const shown = await loadShown(platform, artifact);
    if (shown.kind !== 'json' || !has(shown.value, 'blocks', 'tables')) throw new Error(shown.kind === 'binary' ? 'The document is too large to be shown; download it.' : `${artifact.artifact_type} is no document.`);
    const reference = sourceReference(artifact);
    return { artifact, document: shown.value as unknown as ContentDocument, source: reference === undefined ? undefined : await platform.artifacts.read(reference) };
  }, [platform, artifactId]));
}

/** The file that the document's blocks name. */
const sourceReference = ({ lineage }: Artifact): string | undefined => lineage?.members?.find(({ path }) => path === '/blocks/*')?.reference ?? lineage?.tables?.[0]?.reference;

export type SourceState =
  | { readonly kind: 'loading' | 'reading' }
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'password'; readonly wrong: boolean; readonly open: (password: string) => void }
  | { readonly kind: 'pdf'; readonly opened: OpenedPdf }
  | { readonly kind: 'image'; readonly blob: Blob }
  | { readonly kind: 'text'; readonly bytes: Uint8Array; readonly cut: boolean };

const MAX_TEXT_BYTES = 1_000_000;
const MAX_IMAGE_BYTES = 50_000_000;

/** The file, opened as it is shown. A password lives as long as the page. */
export function useSource({ document, source }: ReadDocument): SourceState {
  const platform = usePlatform();
  const [state, setState] = useState<SourceState>({ kind: 'loading' });
  const [password, setPassword] = useState<string>();
  useEffect(() => {
    let left = false;
    let close = (): void => undefined;
    const tell = (next: SourceState): void => (left ? undefined : setState(next));
    tell({ kind: 'loading' });
    void load(platform, source, sourceKindOf(document), password).then((next) => {
      if (next.kind === 'pdf') close = next.opened.close;
      if (left) close();
      tell(next);
    }).catch((thrown: unknown) => tell(asksForPassword(thrown) ? { kind: 'password', wrong: password !== undefined, open: setPassword } : { kind: 'problem', problem: problemOf(thrown) }));
    return () => {
      left = true;
      close();
    };
  }, [platform, source, document, password]);
  return state;
}

async function load(platform: Client, source: Artifact | undefined, kind: ReturnType<typeof sourceKindOf>, password: string | undefined): Promise<SourceState> {
  const size = source?.object?.size;
  if (source === undefined || size === undefined || kind === 'reading') return { kind: 'reading' };
  switch (kind) {
    case 'pdf': return { kind, opened: await openPdf(platform, source.artifact_id, size, password) };
    case 'image': return size > MAX_IMAGE_BYTES ? { kind: 'reading' } : { kind, blob: new Blob([await platform.artifacts.content(source.artifact_id)], { type: pictureType(source.media_type) }) };
    case 'text': {
      const answer = await platform.artifacts.open(source.artifact_id, { headers: { range: `bytes=0-${MAX_TEXT_BYTES - 1}` } });
      return { kind, bytes: new Uint8Array(await answer.arrayBuffer()), cut: size > MAX_TEXT_BYTES };
    }
  }
}

/** A picture is shown as a picture, never as what can carry scripts. */
const pictureType = (mediaType: string): string => (/^image\/(?!svg)/.test(mediaType) ? mediaType : 'image/png');
