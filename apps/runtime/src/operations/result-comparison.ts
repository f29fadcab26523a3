import type { Artifact, Json, ProducedArtifact, StepOutcome, StepResult } from '@symphainy/contracts';
import type { RecordOf } from '@symphainy/execution';
import { comparableObject } from '../personal-data/sealed-objects.js';
import { canonicalJson, hashOf } from '@symphainy/kernel';

/** A result as replays compare it: everything that follows from the inputs alone, and no time, place or id. */
export interface ComparableResult {
  readonly output: Json;
  readonly outcome: string | null;
  readonly artifacts: { readonly [name: string]: Json };
  readonly events: Json;
  readonly state_changes: Json;
  /** Of an attempt that failed for good, by its own account. */
  readonly error: { readonly code: string } | null;
  /** Of a map's chunk: what became of its items. */
  readonly chunk?: Json;
  /** Of an agent: what it reasoned with. */
  readonly agent?: Json;
}

const NOTHING: ComparableResult = { output: null, outcome: null, artifacts: {}, events: [], state_changes: [], error: null };

/** Content by its hash, which for an object is the object's own. Its class is the Runtime's to say: it follows from what the execution has read. */
function comparableArtifact({ content, object, ...described }: ProducedArtifact): Json {
  const { name: _, artifact_type, media_type, summary, derived_from } = described;
  return plain({ artifact_type, media_type, summary, derived_from, content_hash: object?.hash ?? hashOf(content ?? described.external ?? null) });
}

/** Undefined members do not exist in JSON. */
const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

const byName = (artifacts: readonly (ProducedArtifact | Artifact)[]): ComparableResult['artifacts'] => Object.fromEntries(artifacts.map((artifact) => [artifact.name, comparableArtifact(artifact)]));

/** The recorded artifact says by `content_hash` what its content was, even where that is gone. */
const recordedArtifacts = (artifacts: readonly Artifact[]): ComparableResult['artifacts'] =>
  Object.fromEntries(artifacts.map((artifact) => [artifact.name, { ...(comparableArtifact(artifact) as { [key: string]: Json }), content_hash: artifact.object === undefined ? artifact.content_hash : comparableObject(artifact.object).hash }]));

export const recordedResult = ({ output, outcome, artifacts, events, state_changes }: RecordOf<'step_completed'>): ComparableResult => ({
  ...NOTHING, output: output ?? null, outcome: outcome ?? null, artifacts: recordedArtifacts(artifacts), events: plain(events), state_changes: plain(state_changes),
});

export const recordedChunk = ({ succeeded, failed, output_hash, results, failures }: RecordOf<'chunk_completed'>): ComparableResult => ({
  ...NOTHING, artifacts: recordedArtifacts([results, failures].filter((artifact) => artifact !== undefined)), chunk: chunkTold({ succeeded, failed, output_hash }),
});

const chunkTold = ({ succeeded, failed, output_hash }: { readonly succeeded: number; readonly failed: readonly { readonly index: number; readonly code: string }[]; readonly output_hash: string }): Json => ({
  succeeded, output_hash, failed: failed.map(({ index, code }) => ({ index, code })),
});

/** What an agent of a reasoner that is deterministic says of itself. */
export const agentTold = ({ model, prompt_hash, facts, citations, verdict }: NonNullable<StepResult['agent']>): Pick<ComparableResult, 'agent'> => ({ agent: { model, prompt_hash, facts, citations, verdict } });

export const recordedFailure = ({ error }: RecordOf<'step_failed'>): ComparableResult => ({ ...NOTHING, error: { code: error.code } });

export function recomputedResult({ result, error, chunk }: StepOutcome): ComparableResult {
  if (result === undefined) return { ...NOTHING, error: { code: error?.code ?? 'platform.internal' } };
  const { output, outcome, artifacts, events, state_changes, agent } = result;
  if (chunk !== undefined) return { ...NOTHING, artifacts: byName(artifacts), chunk: chunkTold(chunk) };
  return {
    ...NOTHING, ...(agent === undefined ? {} : agentTold(agent)), output: output ?? null, outcome: outcome ?? null, artifacts: byName(artifacts), events: plain(events), state_changes: plain(state_changes) };
}

/** JSON Pointer of the first difference, in the order of keys and elements; undefined when there is none. */
export function firstDifference(left: unknown, right: unknown, pointer = ''): string | undefined {
  if (isComposed(left) && isComposed(right) && Array.isArray(left) === Array.isArray(right)) {
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    for (const key of Array.isArray(left) ? keys : keys.sort()) {
      const at = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (!Object.hasOwn(left, key) || !Object.hasOwn(right, key)) return at;
      const difference = firstDifference(left[key], right[key], at);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  return canonicalJson(left) === canonicalJson(right) ? undefined : pointer;
}

const isComposed = (value: unknown): value is { readonly [key: string]: unknown } => typeof value === 'object' && value !== null;
