import { decodeBody, leafHash } from '@symphainy/execution';
import { canonicalJson, sha256, utf8 } from '@symphainy/kernel';
import type { StoredFrame } from '../acceptance/log.ports.js';

/** What one leaf of the tree binds. */
export interface Leaf {
  readonly kind: 'head' | 'members';
  /** The stream whose frames up to `seq` it binds, or the session whose first `seq` executions it binds. */
  readonly streamId: string;
  readonly seq: number;
  /** The frame's chain hash, or the running hash of the session's executions. */
  readonly hash: Uint8Array;
}

/** A session's executions so far: how many, and their running hash. */
export interface Members {
  readonly count: number;
  readonly hash: Uint8Array;
}

export const NO_MEMBERS: Members = { count: 0, hash: new Uint8Array(32) };

/** The running hash goes on with each execution: SHA-256(hash before ‖ execution id as text). */
export const withMember = ({ count, hash }: Members, executionId: string): Members => ({ count: count + 1, hash: sha256(Buffer.concat([hash, utf8(executionId)])) });

/** The bytes whose RFC 6962 leaf hash stands in the tree. */
export const leafBytes = ({ kind, streamId, seq, hash }: Leaf): Uint8Array => utf8(canonicalJson([kind, streamId, seq, Buffer.from(hash).toString('hex')]));
export const hashOfLeaf = (leaf: Leaf): Uint8Array => leafHash(leafBytes(leaf));

/** One tenant's part of a batch of frames. */
export interface TenantBatch {
  readonly tenantId: string;
  /** The newest frame of each stream. */
  readonly heads: ReadonlyMap<string, StoredFrame>;
  /** Executions that began in this batch, by session. */
  readonly begun: ReadonlyMap<string, readonly string[]>;
  /** Writer to the last of its positions here. */
  readonly position: Readonly<Record<string, number>>;
}

/** Frames by tenant. They come with each stream's frames in order. */
export function batchesOf(frames: readonly StoredFrame[]): TenantBatch[] {
  return [...Map.groupBy(frames, (frame) => frame.tenantId)].map(([tenantId, of]) => ({
    tenantId,
    heads: new Map(of.map((frame) => [frame.streamId, frame])),
    begun: begunIn(of),
    position: Object.fromEntries(of.map((frame) => [frame.writer, frame.n])),
  }));
}

function begunIn(frames: readonly StoredFrame[]): Map<string, string[]> {
  const begun = new Map<string, string[]>();
  for (const frame of frames) {
    const session = frame.kind === 'execution' && frame.seq === 0 ? (frame.sessionId ?? sessionOf(frame)) : undefined;
    if (session === undefined) continue;
    const executions = begun.get(session);
    if (executions === undefined) begun.set(session, [frame.streamId]);
    else executions.push(frame.streamId);
  }
  return begun;
}

/** Bytes that somebody changed in the store must not stop the sealing of all others: what cannot be read belongs to no session. */
function sessionOf(first: StoredFrame): string | undefined {
  try {
    const received = decodeBody(first.body)[0];
    return received?.type === 'intent_received' ? received.intent.session_id : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The order of leaves within a batch: streams by id, then sessions that gained executions by id, whose executions go by id too. */
export function leavesOf(batch: TenantBatch, members: (sessionId: string) => Members): Leaf[] {
  const heads = [...batch.heads.values()].sort(byStream).map(({ streamId, seq, hash }): Leaf => ({ kind: 'head', streamId, seq, hash }));
  const grown = [...batch.begun].sort(([a], [b]) => (a < b ? -1 : 1)).map(([streamId, executions]): Leaf => {
    const { count, hash } = executions.toSorted().reduce(withMember, members(streamId));
    return { kind: 'members', streamId, seq: count, hash };
  });
  return [...heads, ...grown];
}

const byStream = (a: StoredFrame, b: StoredFrame): number => (a.streamId < b.streamId ? -1 : 1);
