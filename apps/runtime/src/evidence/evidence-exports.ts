import { failure, type Artifact, type EvidenceBundle, type EvidenceStream, type ExportedEvidence, type SignedCheckpoint, type SubjectReply, type SubjectRequest } from '@symphainy/contracts';
import { signHash, type PublicKeys, type SigningKey } from '@symphainy/governance';
import { canonicalJson, hashOf, isoTime, utf8, type Clock } from '@symphainy/kernel';
import { ObjectMissingError, type ObjectStore } from '@symphainy/ports';
import type { Database, Sql } from '@symphainy/store-postgres';
import type { WalReader } from '../acceptance/log.ports.js';
import { readCheckpoint, type Checkpoints } from './checkpoints.js';
import type { DecidingBundles } from './deciding-bundles.js';
import { newestLeaves, proveConsistency, proveLeaves } from './proofs.js';
import { findingsOf, relatedOf, type Findings, type ReadStream } from './stream-findings.js';

export interface EvidenceExportsParts {
  /** As the reader role. */
  readonly database: Database;
  readonly reader: WalReader;
  readonly objects: ObjectStore;
  readonly checkpoints: Checkpoints;
  readonly bundles: DecidingBundles;
  /** Resolves once everything committed before the call is sealed and shows in lists; false if it did not in time. */
  readonly settle: () => Promise<boolean>;
  readonly key: SigningKey;
  readonly bundleKeys: PublicKeys;
  readonly clock: Clock;
}

type Request = SubjectRequest<'runtime.evidence.export'>;

/** A bundle is one JSON document: beyond this many bytes of frames (or of objects) it is refused. */
const FRAMES_BYTES_MAX = 64 * 1024 * 1024;
const OBJECTS_BYTES_MAX = 32 * 1024 * 1024;
/** The bus carries a megabyte; larger bundles travel as objects. */
const INLINE_BYTES_MAX = 512 * 1024;

/** Puts evidence together: stored bytes, proofs to one checkpoint, and the policy they ran under. */
export class EvidenceExports {
  constructor(private readonly parts: EvidenceExportsParts) {}

  async export(request: Request): Promise<SubjectReply<'runtime.evidence.export'>> {
    const evidence = await this.collect(request);
    const hash = hashOf(evidence);
    const exported: ExportedEvidence = { ...evidence, export: signHash(hash, this.parts.key) };
    const bytes = utf8(canonicalJson(exported));
    if (bytes.length <= INLINE_BYTES_MAX) return { evidence: exported };
    const stored = await this.parts.objects.put(request.caller.tenant_id, once(bytes));
    return { object: { ...stored, media_type: 'application/json' } };
  }

  /** The tenant's newest checkpoint, covering everything that was committed before the question. */
  async checkpoint({ caller, since }: SubjectRequest<'runtime.checkpoint.read'>): Promise<SubjectReply<'runtime.checkpoint.read'>> {
    const checkpoint = await this.sealNow(caller.tenant_id);
    if (checkpoint === undefined) throw failure('evidence.not_sealed', { message: 'nothing of this tenant is in the log yet' });
    const proven = since === undefined ? {} : { consistency: await this.tenant(caller.tenant_id, (sql) => this.since(sql, checkpoint, since)) };
    return { checkpoint, ...proven, keys: { [this.parts.key.keyId]: this.parts.key.publicKey } };
  }

  private async sealNow(tenantId: string): Promise<SignedCheckpoint | undefined> {
    if (!(await this.parts.settle())) throw failure('evidence.not_sealed', { retryAfterMs: 1_000 });
    return this.parts.checkpoints.seal(tenantId);
  }

  private async collect({ caller, kind, id, since, include_objects }: Request): Promise<EvidenceBundle> {
    const tenantId = caller.tenant_id;
    await this.known(tenantId, kind, id);
    const checkpoint = await this.sealNow(tenantId);
    if (checkpoint === undefined) throw failure('evidence.not_sealed');
    const size = checkpoint.checkpoint.tree_size;
    const executions = kind === 'session' ? await this.tenant(tenantId, (sql) => executionsOf(sql, tenantId, id, size)) : [id];
    const sessionId = kind === 'session' ? id : await this.sessionOf(tenantId, id);
    const streams = await this.streams(checkpoint, [sessionId, ...executions]);
    const read = streams.map(({ read }) => read);
    const findings = findingsOf(read);
    return {
      type: 'symphainy.evidence.v1',
      subject: { kind, id, tenant_id: tenantId },
      exported_at: isoTime(this.parts.clock.now()),
      exported_by: caller.user_id,
      checkpoint,
      consistency: await this.tenant(tenantId, (sql) => this.consistency(sql, checkpoint, since)),
      streams: streams.map(({ stream }) => stream),
      ...(kind === 'session' ? { members: await this.members(checkpoint, id, executions) } : {}),
      related: await this.related(checkpoint, read, findings),
      artifacts: findings.artifacts.map(({ artifact_id, artifact_type, content_hash, object, derived_from }) => ({ artifact_id, artifact_type, content_hash, ...(object === undefined ? {} : { object }), derived_from: derived_from ?? [] })),
      bundles: await Promise.all([...findings.bundleHashes].sort().map((hash) => this.parts.bundles.disclosed(hash, { tenantId, capabilities: findings.capabilities, policies: findings.policies }))),
      objects: include_objects ? await this.objects(tenantId, findings.artifacts) : {},
      keys: { checkpoint: { [this.parts.key.keyId]: this.parts.key.publicKey }, bundle: { ...this.parts.bundleKeys } },
    };
  }

  /** Before anything is sealed for it: the stream is the tenant's, and of the kind asked for. */
  private async known(tenantId: string, kind: Request['kind'], id: string): Promise<void> {
    const [first] = await this.parts.reader.readStream(tenantId, id, 0, 1);
    if (first?.kind !== kind) throw failure(kind === 'session' ? 'session.not_found' : 'execution.not_found');
  }

  private async sessionOf(tenantId: string, executionId: string): Promise<string> {
    const frames = await this.parts.reader.readStream(tenantId, executionId, 0, 1);
    const session = findingsOf([{ streamId: executionId, frames }]).sessionId;
    if (session === undefined) throw failure('wal.chain_broken', { details: { execution_id: executionId } });
    return session;
  }

  /** Each stream up to the frame that its newest leaf binds. */
  private async streams(checkpoint: SignedCheckpoint, streamIds: readonly string[]): Promise<{ stream: EvidenceStream; read: ReadStream }[]> {
    const { tenant_id: tenantId, tree_size: size } = checkpoint.checkpoint;
    const { leaves, proven } = await this.tenant(tenantId, async (sql) => {
      const newest = await newestLeaves(sql, { tenantId, kind: 'head', size, streamIds });
      const leaves = streamIds.flatMap((id) => newest.get(id) ?? []);
      return { leaves, proven: await proveLeaves(sql, checkpoint, leaves) };
    });
    const streams: { stream: EvidenceStream; read: ReadStream }[] = [];
    let bytes = 0;
    for (const [i, { stream_id: streamId, seq }] of leaves.entries()) {
      const frames = await this.parts.reader.readStream(tenantId, streamId, 0, seq + 1);
      bytes += frames.reduce((sum, frame) => sum + frame.body.length, 0);
      if (bytes > FRAMES_BYTES_MAX) throw failure('evidence.too_large');
      const shown = frames.map((frame) => ({ seq: frame.seq, at: frame.at, body: Buffer.from(frame.body).toString('base64'), hash: Buffer.from(frame.hash).toString('hex') }));
      streams.push({ stream: { stream_id: streamId, kind: frames[0]?.kind ?? 'execution', frames: shown, leaf: proven[i]! }, read: { streamId, frames } });
    }
    return streams;
  }

  private members(checkpoint: SignedCheckpoint, sessionId: string, executions: readonly string[]): Promise<NonNullable<EvidenceBundle['members']>> {
    const { tenant_id: tenantId, tree_size: size } = checkpoint.checkpoint;
    return this.tenant(tenantId, async (sql) => {
      const newest = await newestLeaves(sql, { tenantId, kind: 'members', size, streamIds: [sessionId] });
      const [leaf] = await proveLeaves(sql, checkpoint, [...newest.values()]);
      return { session_id: sessionId, executions: [...executions], ...(leaf === undefined ? {} : { leaf }) };
    });
  }

  private related(checkpoint: SignedCheckpoint, read: readonly ReadStream[], findings: Findings): Promise<EvidenceBundle['related']> {
    const { tenant_id: tenantId, tree_size: size } = checkpoint.checkpoint;
    const wanted = relatedOf(read, findings);
    return this.tenant(tenantId, async (sql) => {
      const newest = await newestLeaves(sql, { tenantId, kind: 'head', size, streamIds: [...wanted.keys()] });
      const sealed = [...wanted].flatMap(([streamId, relation]) => (newest.has(streamId) ? [{ stream_id: streamId, relation, stored: newest.get(streamId)! }] : []));
      const leaves = await proveLeaves(sql, checkpoint, sealed.map(({ stored }) => stored));
      return sealed.map(({ stream_id, relation }, i) => ({ stream_id, relation, leaf: leaves[i]! }));
    });
  }

  private async consistency(sql: Sql, checkpoint: SignedCheckpoint, since: number | undefined): Promise<EvidenceBundle['consistency']> {
    const sizes = new Set([...(checkpoint.checkpoint.previous === undefined ? [] : [checkpoint.checkpoint.previous.tree_size]), ...(since === undefined ? [] : [since])]);
    const proofs: EvidenceBundle['consistency'] = [];
    for (const size of [...sizes].sort((a, b) => a - b)) proofs.push(await this.since(sql, checkpoint, size));
    return proofs;
  }

  private async since(sql: Sql, checkpoint: SignedCheckpoint, size: number): Promise<EvidenceBundle['consistency'][number]> {
    const earlier = await readCheckpoint(sql, checkpoint.checkpoint.tenant_id, size);
    if (earlier === undefined || size > checkpoint.checkpoint.tree_size) throw failure('evidence.checkpoint_not_found', { field: '/since', details: { tree_size: size } });
    return proveConsistency(sql, earlier, checkpoint);
  }

  private async objects(tenantId: string, artifacts: readonly Artifact[]): Promise<Record<string, string>> {
    const wanted = new Map(artifacts.flatMap(({ object }) => (object === undefined ? [] : [[object.hash, object]])));
    if ([...wanted.values()].reduce((sum, { size }) => sum + size, 0) > OBJECTS_BYTES_MAX) throw failure('evidence.too_large');
    const read: Record<string, string> = {};
    for (const hash of wanted.keys()) {
      const bytes = await this.objectBytes(tenantId, hash);
      if (bytes !== undefined) read[hash] = bytes.toString('base64');
    }
    return read;
  }

  /** An object that is gone is left out; the verifier names it. */
  private async objectBytes(tenantId: string, hash: string): Promise<Buffer | undefined> {
    try {
      const chunks: Uint8Array[] = [];
      for await (const chunk of (await this.parts.objects.get(tenantId, hash)) as AsyncIterable<Uint8Array>) chunks.push(chunk);
      return Buffer.concat(chunks);
    } catch (error) {
      if (error instanceof ObjectMissingError) return undefined;
      throw error;
    }
  }

  private tenant<T>(tenantId: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.parts.database.asTenant(tenantId, work);
  }
}

/** A session's executions in the order in which they were sealed, which is the order that its members' hash runs in. */
async function executionsOf(sql: Sql, tenantId: string, sessionId: string, size: number): Promise<string[]> {
  const rows = await sql.query<{ execution_id: string }>(
    `select e.execution_id from runtime.executions e join runtime.sealed_leaves l on l.tenant_id = $1 and l.stream_id = e.execution_id and l.kind = 'head'
     where e.tenant_id = $1 and e.session_id = $2 group by e.execution_id having min(l.leaf_index) < $3 order by min(l.leaf_index)`,
    [tenantId, sessionId, size],
  );
  return rows.map((row) => row.execution_id);
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}
