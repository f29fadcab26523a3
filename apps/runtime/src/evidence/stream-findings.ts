import type { Artifact, WalRecord } from '@symphainy/contracts';
import { decodeBody } from '@symphainy/execution';
import type { StoredFrame } from '../acceptance/log.ports.js';

/** A stream as it was read. */
export interface ReadStream {
  readonly streamId: string;
  readonly frames: readonly StoredFrame[];
}

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

export function findingsOf(streams: readonly ReadStream[]): Findings {
  const found = {
    sessionId: undefined as string | undefined, bundleHashes: new Set<string>(), capabilities: new Set<string>(), policies: new Set<string>(), artifacts: [] as Artifact[],
    parents: new Set<string>(), children: new Set<string>(), sources: new Set<string>(),
  };
  for (const record of streams.flatMap(({ frames }) => frames.flatMap(recordsOf))) find(record, found);
  return found;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends ReadonlySet<infer V> ? Set<V> : T[K] extends readonly (infer V)[] ? V[] : T[K] };

function find(record: WalRecord, found: Mutable<Findings>): void {
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

function findArtifacts(artifacts: readonly Artifact[], found: Mutable<Findings>): void {
  found.artifacts.push(...artifacts);
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
export function relatedOf(streams: readonly ReadStream[], { parents, children, sources }: Findings): Map<string, 'parent' | 'child' | 'source'> {
  const own = new Set(streams.map(({ streamId }) => streamId));
  const related = new Map<string, 'parent' | 'child' | 'source'>();
  for (const [ids, relation] of [[parents, 'parent'], [children, 'child'], [sources, 'source']] as const) {
    for (const id of ids) if (!own.has(id) && !related.has(id)) related.set(id, relation);
  }
  return related;
}
