import type { Artifact, WalRecord } from '@symphainy/contracts';
import { decodeBody } from '@symphainy/execution';
import type { StoredFrame } from '../acceptance/log.ports.js';

/** What evidence has to bring along for these streams. */
export interface Findings {
  readonly sessionId: string | undefined;
  readonly bundleHashes: ReadonlySet<string>;
  readonly capabilities: ReadonlySet<string>;
  /** Policies that determined a decision. */
  readonly policies: ReadonlySet<string>;
  readonly artifacts: readonly Artifact[];
  readonly parents: ReadonlySet<string>;
  readonly children: ReadonlySet<string>;
  /** Executions whose artifacts were read or derived from. */
  readonly sources: ReadonlySet<string>;
}

const originOf = (artifactId: string): string => artifactId.slice(0, artifactId.indexOf('/'));

/** What a walk through streams gathers, page by page. */
export type Gathered = Mutable<Findings>;

export const noFindings = (): Gathered => ({ sessionId: undefined, bundleHashes: new Set(), capabilities: new Set(), policies: new Set(), artifacts: [], parents: new Set(), children: new Set(), sources: new Set() });

export function gather(frames: readonly StoredFrame[], found: Gathered): void {
  for (const frame of frames) for (const record of recordsOf(frame)) find(record, found);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends ReadonlySet<infer V> ? Set<V> : T[K] extends readonly (infer V)[] ? V[] : T[K] };

function find(record: WalRecord, found: Gathered): void {
  switch (record.type) {
    case 'intent_received':
      found.sessionId = record.intent.session_id;
      found.capabilities.add(record.intent.intent_type);
      if (record.parent !== undefined) found.parents.add(record.parent.execution_id);
      return;
    case 'policy_evaluated':
      found.bundleHashes.add(record.decision.bundle_hash);
      for (const verdict of record.decision.verdicts) for (const policy of verdict.policies) found.policies.add(policy);
      return;
    case 'child_accepted':
      found.children.add(record.child_execution_id);
      return;
    case 'reference_hydrated':
      found.sources.add(originOf(record.reference));
      return;
    case 'step_completed':
      return findArtifacts(record.artifacts, found);
    case 'chunk_completed':
      return findArtifacts([record.results, record.failures].filter((artifact) => artifact !== undefined), found);
    default:
  }
}

function findArtifacts(artifacts: readonly Artifact[], found: Gathered): void {
  for (const artifact of artifacts) found.artifacts.push(artifact);
  for (const artifact of artifacts) for (const source of artifact.derived_from ?? []) found.sources.add(originOf(source));
}

/** Bytes that were tampered with are exported as they stand: it is the verifier that names them. */
function recordsOf(frame: StoredFrame): WalRecord[] {
  try {
    return decodeBody(frame.body);
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** Streams that these name and that are not among them. */
export function relatedOf(own: ReadonlySet<string>, { parents, children, sources }: Findings): Map<string, 'parent' | 'child' | 'source'> {
  const related = new Map<string, 'parent' | 'child' | 'source'>();
  for (const [ids, relation] of [[parents, 'parent'], [children, 'child'], [sources, 'source']] as const) {
    for (const id of ids) if (!own.has(id) && !related.has(id)) related.set(id, relation);
  }
  return related;
}
