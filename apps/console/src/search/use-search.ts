import type { ArtifactEntry, Client } from '@symphainy/client';
import type { ContentSource, Json } from '@symphainy/contracts';
import { useCallback, useState } from 'react';
import { useAccount } from '../account/account-context.js';
import { artifactTitle } from '../artifacts/artifact-summary.js';
import { has, objectsAt, textAt, type JsonObject } from '../artifacts/shape.js';
import { loadShown } from '../artifacts/shown-content.js';
import { problemOf, type Problem } from '../platform/problem.js';
import { useLoad, type Loaded } from '../platform/use-load.js';

/** As many documents as one search takes. */
export const MOST_SOURCES = 200;
const MOST_FILES = 1000;

/** A document that can be searched: its embeddings, its document model, and its file's name. */
export interface Searchable {
  readonly embeddings: string;
  readonly document: string | undefined;
  readonly filename: string;
  readonly ofSession: boolean;
}

/** The newest documents of the tenant that have embeddings. */
export function useSearchables(): Loaded<readonly Searchable[]> {
  const { platform, session } = useAccount();
  return useLoad(useCallback(() => searchables(platform, session.session_id), [platform, session.session_id]));
}

async function searchables(platform: Client, sessionId: string): Promise<readonly Searchable[]> {
  const embedded = { artifact_type: 'content.embeddings', limit: MOST_SOURCES };
  const [embeddings, own, files] = await Promise.all([platform.artifacts.list(embedded), platform.artifacts.list({ ...embedded, session_id: sessionId }), platform.artifacts.list({ artifact_type: 'runtime.file', limit: MOST_FILES })]);
  const ofSession = new Set(own.artifacts.map(({ artifact_id }) => artifact_id));
  const names = new Map(files.artifacts.map((file) => [file.artifact_id, artifactTitle(file)]));
  return embeddings.artifacts.map((entry) => ({ embeddings: entry.artifact_id, document: entry.derived_from?.[0], filename: nameOf(entry, names), ofSession: ofSession.has(entry.artifact_id) }));
}

function nameOf(entry: ArtifactEntry, names: ReadonlyMap<string, string>): string {
  const file = entry.lineage?.members?.[0]?.reference;
  return (file === undefined ? undefined : names.get(file)) ?? entry.artifact_id;
}

export interface Passage {
  readonly text: string;
  readonly score: number | undefined;
  readonly coverage: number | undefined;
  /** What the score is made of, where the search tells it. */
  readonly parts: readonly { readonly name: string; readonly rank: number | undefined; readonly score: number | undefined }[];
  readonly embeddings: string;
  readonly source: ContentSource;
}

export interface Found {
  readonly question: string;
  readonly executionId: string;
  readonly method: string | undefined;
  readonly passages: readonly Passage[];
}

export interface Search {
  readonly busy: boolean;
  readonly found: Found | undefined;
  readonly problem: Problem | undefined;
  readonly ask: (question: string, sources: readonly string[]) => void;
}

/** Each question is a recorded intent, `insights.search`. */
export function useSearch(): Search {
  const { platform, session } = useAccount();
  const [state, setState] = useState<{ busy: boolean; found?: Found; problem?: Problem }>({ busy: false });
  const ask = (question: string, sources: readonly string[]): void => {
    setState((before) => ({ ...before, busy: true, problem: undefined }));
    void search(platform, session.session_id, question, sources)
      .then((found) => setState({ busy: false, found }))
      .catch((thrown: unknown) => setState({ busy: false, problem: problemOf(thrown) }));
  };
  return { busy: state.busy, found: state.found, problem: state.problem, ask };
}

async function search(platform: Client, sessionId: string, question: string, sources: readonly string[]): Promise<Found> {
  const result = await platform.intents.execute({ intent_type: 'insights.search', session_id: sessionId, payload: { question, sources: [...sources], limit: 20 } });
  if (!result.success) throw Object.assign(new Error(result.error?.message ?? 'The search failed.'), { ...result.error, executionId: result.execution_id });
  const made = result.artifacts.find(({ artifact_type }) => artifact_type === 'insights.search_result');
  const shown = made === undefined ? undefined : await loadShown(platform, await platform.artifacts.read(made.artifact_id));
  return { ...foundIn(question, shown?.kind === 'json' ? shown.value : null), executionId: result.execution_id };
}

/** What the result tells; what it does not tell is left out. */
export function foundIn(question: string, result: Json): Omit<Found, 'executionId'> {
  if (!has(result, 'passages')) return { question, method: undefined, passages: [] };
  return { question, method: textAt(result, 'method'), passages: objectsAt(result, 'passages').map(passageOf) };
}

function passageOf(passage: JsonObject): Passage {
  const { source, parts } = passage;
  return {
    text: textAt(passage, 'text') ?? '', score: numberAt(passage, 'score'), coverage: numberAt(passage, 'coverage'), embeddings: textAt(passage, 'embeddings') ?? '', source: (typeof source === 'object' && source !== null ? source : {}) as ContentSource,
    parts: typeof parts === 'object' && parts !== null && !Array.isArray(parts) ? Object.entries(parts).flatMap(([name, part]) => (typeof part === 'object' && part !== null && !Array.isArray(part) ? [{ name, rank: numberAt(part, 'rank'), score: numberAt(part, 'score') }] : [])) : [],
  };
}

const numberAt = (value: JsonObject, name: string): number | undefined => (typeof value[name] === 'number' ? value[name] : undefined);
