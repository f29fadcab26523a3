/** Evidence as the platform would export it, made with the platform's own libraries: what the independent verifier is held against. */
import type { Artifact, EvidenceBundle, ExportedEvidence, ObjectRef, SealedLeaf, SignedCheckpoint } from '@symphainy/contracts';
import { consistencyPath, encodeFrame, GENESIS, inclusionPath, leafHash, MerkleEdge, TileHashes, type FullTile } from '@symphainy/execution';
import { acceptance, operator, sampleCapability, sampleSaga, TestStream } from '@symphainy/execution/testing';
import { discloseToTenant, evaluatePolicy, compileBundle, readSigningKey, signBundle, signHash, signStatement } from '@symphainy/governance';
import { sampleBundle } from '@symphainy/governance/testing';
import { canonicalJson, hashOf, sealedSize, sha256, sha256Hex, utf8 } from '@symphainy/kernel';

export const checkpointKey = readSigningKey(Buffer.alloc(32, 3).toString('base64url'));
export const bundleKey = readSigningKey(Buffer.alloc(32, 4).toString('base64url'));
export const keyFile = `# trusted\ncheckpoint ${checkpointKey.keyId}=${checkpointKey.publicKey}\n`;

const TENANT = 'acme';
const capability = sampleCapability(sampleSaga('one', 'two'));
const governed = signBundle(sampleBundle({ capabilities: [capability] }), bundleKey);
const compiled = compileBundle(governed.bundle, governed.hash);
const caller = { tenant_id: TENANT, user_id: 'alice', roles: [], auth: 'api_key' as const };

export const idOf = (n: number): string => `019b0000-0000-7000-8000-${String(n).padStart(12, '0')}`;

interface Frame {
  readonly seq: number;
  readonly at: string;
  readonly hash: Uint8Array;
  readonly body: Uint8Array;
}
interface Stream {
  readonly stream_id: string;
  readonly kind: 'session' | 'execution';
  readonly frames: readonly Frame[];
}

function sessionStream(id: string): Stream {
  const at = '2026-01-01T00:00:00.000Z';
  const place = { tenantId: TENANT, streamId: id, seq: 0, kind: 'session', at };
  const session = { session_id: id, tenant_id: TENANT, user_id: 'alice', created_at: at, context: {} };
  return { stream_id: id, kind: 'session', frames: [{ seq: 0, at, ...encodeFrame(GENESIS, place, [{ type: 'session_created', at, actor: 'user:alice', session, caller }]) }] };
}

const OBJECT = utf8('the bytes of an object');

/** An object as it is stored; `sealed`: it is about a person, and so large in plain. */
function objectOf(sealed: number | undefined): { readonly bytes: Uint8Array; readonly object: ObjectRef } {
  const bytes = sealed === undefined ? OBJECT : Buffer.alloc(sealedSize(sealed), 7);
  const ref = { hash: sha256Hex(bytes), size: sealed ?? bytes.length, media_type: 'text/plain' };
  return { bytes, object: sealed === undefined ? ref : { ...ref, sealed: { keys: [idOf(7)], wrapped: 'wrapped' } } };
}

interface StreamOptions {
  readonly source?: string | undefined;
  readonly open?: boolean;
  readonly sealed?: number | undefined;
  readonly again?: boolean | undefined;
}

function artifactsOf(executionId: string, { source, sealed }: StreamOptions, words = 'grüße'): Artifact[] {
  const of = (name: string, more: Partial<Artifact>): Artifact => ({ name, artifact_type: 'sample.note', media_type: 'text/plain', artifact_id: `${executionId}/one/${name}`, execution_id: executionId, step: 'one', content_hash: hashOf(more.content ?? null), ...more });
  const { object } = objectOf(sealed);
  return [of('inline', { content: { words }, ...(source === undefined ? {} : { derived_from: [source] }) }), of('object', { content_hash: object.hash, object })];
}

/** All that its first step made, again included. */
const madeBy = (id: string, o: StreamOptions): Artifact[] => [...artifactsOf(id, o), ...(o.again === true ? artifactsOf(id, o, 'noch einmal') : [])];

/** A whole execution of two steps, or one that stops after the first. */
function executionStream(id: string, sessionId: string, o: StreamOptions = {}): Stream {
  const intent = { intent_id: id, intent_type: 'sample.run', realm: 'sample', session_id: sessionId, tenant_id: TENANT, payload: { n: id }, metadata: {}, created_at: '2026-01-01T00:00:00.000Z' };
  const decision = evaluatePolicy(compiled, { caller, capability, action: 'submit', data: { classifications: [], references: [] }, session_user_id: 'alice' });
  const stream = new TestStream(capability, intent);
  const records = acceptance(capability, intent).map((record) => {
    if (record.type === 'intent_received') return { ...record, caller };
    if (record.type === 'policy_evaluated') return { ...record, decision };
    return record.type === 'capability_resolved' ? { ...record, bundle_hash: governed.hash } : record;
  });
  stream.frames.length = 0;
  stream.state = undefined;
  stream.add(records);
  stream.settle();
  const completeOne = (attempt: number, artifacts: Artifact[]): void => {
    stream.add([{ type: 'step_completed', ...stream.stamp, step: 'one', attempt, handler_build: 'b1', duration_ms: 1, output: 1, output_hash: hashOf(1), artifacts, events: [], state_changes: [] }]);
    stream.settle();
  };
  const finish = (): void => {
    stream.complete(2);
    stream.settle();
  };
  completeOne(1, artifactsOf(id, o));
  if (o.open !== true) finish();
  if (o.again === true) {
    stream.add([{ type: 'adopted', ...stream.stamp, from_writer: 'w', from_epoch: 1, reason: 'reopened' }, { type: 'reopened', ...stream.stamp, by: operator, mode: 'continue_from', from_step: 'one', forget: ['one', 'two'], reason: 'mended' }]);
    stream.settle();
    completeOne(2, artifactsOf(id, o, 'noch einmal'));
    finish();
  }
  return { stream_id: id, kind: 'execution', frames: stream.frames };
}

type LeafName = readonly [kind: 'head' | 'members', id: string, seq: number, hash: string];

/** A tenant's tree with checkpoints taken on the way. */
class Tree {
  private readonly edge = MerkleEdge.empty();
  private readonly tiles: FullTile[] = [];
  private readonly indexes = new Map<string, number>();

  add(leaf: LeafName): void {
    const text = canonicalJson(leaf);
    this.indexes.set(text, this.edge.size);
    this.tiles.push(...this.edge.append(leafHash(utf8(text))));
  }

  checkpoint(previous?: SignedCheckpoint): SignedCheckpoint {
    const statement = {
      type: 'symphainy.checkpoint.v1' as const, tenant_id: TENANT, tree_size: this.edge.size, root: Buffer.from(this.edge.root).toString('hex'),
      ...(previous === undefined ? {} : { previous: { tree_size: previous.checkpoint.tree_size, root: previous.checkpoint.root, hash: previous.hash } }),
      sealed_at: '2026-01-01T01:00:00.000Z', position: { [idOf(9)]: this.edge.size },
    };
    return { checkpoint: statement, ...signStatement(statement, checkpointKey) };
  }

  prove(leaf: LeafName, { checkpoint }: SignedCheckpoint): SealedLeaf {
    const index = this.indexes.get(canonicalJson(leaf))!;
    return { index, seq: leaf[2], hash: leaf[3], proof: this.hashes(inclusionPath(index, checkpoint.tree_size)) };
  }

  consistency(earlier: SignedCheckpoint, later: SignedCheckpoint): EvidenceBundle['consistency'][number] {
    return { earlier, proof: this.hashes(consistencyPath(earlier.checkpoint.tree_size, later.checkpoint.tree_size)) };
  }

  private hashes(path: ReturnType<typeof inclusionPath>): string[] {
    const hashes = new TileHashes(this.tiles, this.edge);
    return path.map((range) => Buffer.from(hashes.of(range)).toString('hex'));
  }
}

const headOf = ({ stream_id, frames }: Stream): LeafName => ['head', stream_id, frames.length - 1, Buffer.from(frames.at(-1)!.hash).toString('hex')];
const membersOf = (sessionId: string, executions: readonly string[]): LeafName => [
  'members', sessionId, executions.length, Buffer.from(executions.reduce<Uint8Array>((hash, id) => sha256(Buffer.concat([hash, utf8(id)])), new Uint8Array(32))).toString('hex'),
];

export interface SampleOptions {
  readonly kind: 'execution' | 'session';
  readonly executions?: number;
  /** Leaves of other streams before and behind. */
  readonly strangers?: number;
  readonly objects?: boolean;
  /** The last execution has not ended. */
  readonly open?: boolean;
  /** The executions were continued from their first step after they had ended, and made its artifacts again. */
  readonly again?: boolean;
  /** Objects are about a person, of so many plain bytes, and stored sealed. */
  readonly sealed?: number;
}

export interface Sample {
  readonly evidence: ExportedEvidence;
  /** The checkpoint before the evidence's own. */
  readonly earlier: SignedCheckpoint;
}

/** Signs evidence anew, as somebody who holds the key would after changing it. */
export const signed = (bundle: EvidenceBundle): ExportedEvidence => ({ ...bundle, export: signHash(hashOf(bundle), checkpointKey) });

export function sampleEvidence(o: SampleOptions): Sample {
  const { bytes, object } = objectOf(o.sealed);
  const sessionId = idOf(1);
  const count = o.kind === 'session' ? (o.executions ?? 2) : 1;
  const other = executionStream(idOf(50), idOf(51));
  const executions = Array.from({ length: count }, (_, i) => executionStream(idOf(100 + i), sessionId, { source: i === 0 ? `${idOf(50)}/one/inline` : undefined, open: o.open === true && i === count - 1, sealed: o.sealed, again: o.again }));
  const session = sessionStream(sessionId);
  const tree = new Tree();
  const stranger = (n: number): void => tree.add(['head', idOf(1000 + n), 0, sha256Hex(`stranger ${n}`)]);
  for (let n = 0; n < (o.strangers ?? 3); n++) stranger(n);
  tree.add(headOf(other));
  const earlier = tree.checkpoint();
  const own = [session, ...executions];
  own.map(headOf).forEach((leaf) => tree.add(leaf));
  const members = membersOf(sessionId, executions.map((stream) => stream.stream_id));
  tree.add(members);
  for (let n = 0; n < (o.strangers ?? 3); n++) stranger(500 + n);
  const checkpoint = tree.checkpoint(earlier);
  const bundle: EvidenceBundle = {
    type: 'symphainy.evidence.v1',
    subject: { kind: o.kind, id: o.kind === 'session' ? sessionId : executions[0]!.stream_id, tenant_id: TENANT },
    exported_at: '2026-01-01T01:00:01.000Z',
    exported_by: 'alice',
    checkpoint,
    consistency: [tree.consistency(earlier, checkpoint)],
    streams: own.map((stream) => ({
      stream_id: stream.stream_id, kind: stream.kind, leaf: tree.prove(headOf(stream), checkpoint),
      frames: stream.frames.map(({ seq, at, body, hash }) => ({ seq, at, body: Buffer.from(body).toString('base64'), hash: Buffer.from(hash).toString('hex') })),
    })),
    ...(o.kind === 'session' ? { members: { session_id: sessionId, executions: executions.map((stream) => stream.stream_id), leaf: tree.prove(members, checkpoint) } } : {}),
    related: [{ stream_id: other.stream_id, relation: 'source', leaf: tree.prove(headOf(other), checkpoint) }],
    artifacts: executions.flatMap((stream, i) => madeBy(stream.stream_id, { source: i === 0 ? `${idOf(50)}/one/inline` : undefined, sealed: o.sealed, again: o.again })).map(({ artifact_id, artifact_type, content_hash, object, derived_from }) => ({ artifact_id, artifact_type, content_hash, ...(object === undefined ? {} : { object }), derived_from: derived_from ?? [] })),
    bundles: [discloseToTenant(governed, { tenantId: TENANT, capabilities: new Set(['sample.run']), policies: new Set() })],
    objects: o.objects === true ? { [object.hash]: Buffer.from(bytes).toString('base64') } : {},
    keys: { checkpoint: { [checkpointKey.keyId]: checkpointKey.publicKey }, bundle: { [bundleKey.keyId]: bundleKey.publicKey } },
  };
  return { evidence: signed(bundle), earlier };
}
