import { failure, type Artifact, type EvidenceBundle, type ExportedEvidence, type SignedCheckpoint, type SubjectReply, type SubjectRequest } from '@symphainy/contracts';
import { signHash, type PublicKeys, type SigningKey } from '@symphainy/governance';
import { canonicalJson, isoTime, sha256Stream, utf8, type Clock } from '@symphainy/kernel';
import { ObjectMissingError, type ObjectStore } from '@symphainy/ports';
import type { Database, Sql } from '@symphainy/store-postgres';
import type { StoredFrame, WalReader } from '../acceptance/log.ports.js';
import { streamPages } from '../acceptance/stream-fold.js';
import { storedSize } from '../personal-data/sealed-objects.js';
import { readCheckpoint, type Checkpoints } from './checkpoints.js';
import type { DecidingBundles } from './deciding-bundles.js';
import { evidenceText, type EvidenceSource, type SealedStream } from './evidence-text.js';
import { newestLeaves, proveConsistency, proveLeaves } from './proofs.js';
import { gather, noFindings, relatedOf, type Findings } from './stream-findings.js';

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

/** A bundle is one JSON document, which a verifier reads as one text: V8 holds no text of more than 512 Mi characters. */
const TEXT_MAX = 480 * 1024 * 1024;
/** What a frame's members take beside its body. */
const FRAME_TEXT = 160;
/** Larger bundles travel as objects. */
const INLINE_MAX = 512 * 1024;

/** Puts evidence together: stored bytes, proofs to one checkpoint, and the policy they ran under. Histories are read page by page, once to see what they name, once to write them. */
export class EvidenceExports {
  constructor(private readonly parts: EvidenceExportsParts) {}

  async export(request: Request): Promise<SubjectReply<'runtime.evidence.export'>> {
    const pieces = this.signed(evidenceText(await this.collect(request)));
    const begun: string[] = [];
    let length = 0;
    for await (const piece of pieces) {
      begun.push(piece);
      if ((length += piece.length) > INLINE_MAX) return { object: { ...(await this.store(request.caller.tenant_id, begun, pieces)), media_type: 'application/json' } };
    }
    return { evidence: JSON.parse(begun.join('')) as ExportedEvidence };
  }

  /** The text with its signature as the last member: over the hash of what comes before it, closed. */
  private async *signed(pieces: AsyncIterable<string>): AsyncGenerator<string> {
    const hash = sha256Stream();
    let held = '';
    for await (const piece of pieces) {
      hash.update(utf8(piece));
      if (held !== '') yield held;
      held = piece;
    }
    yield `${held.slice(0, -1)},"export":${canonicalJson(signHash(hash.digestHex(), this.parts.key))}}`;
  }

  private store(tenantId: string, begun: readonly string[], rest: AsyncIterable<string>): Promise<{ hash: string; size: number }> {
    const bytes = async function* (): AsyncGenerator<Uint8Array> {
      for (const piece of begun) yield utf8(piece);
      for await (const piece of rest) yield utf8(piece);
    };
    return this.parts.objects.put(tenantId, bytes());
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

  private async collect({ caller, kind, id, since, include_objects }: Request): Promise<EvidenceSource> {
    const tenantId = caller.tenant_id;
    await this.known(tenantId, kind, id);
    const checkpoint = await this.sealNow(tenantId);
    if (checkpoint === undefined) throw failure('evidence.not_sealed');
    const size = checkpoint.checkpoint.tree_size;
    const executions = kind === 'session' ? await this.tenant(tenantId, (sql) => executionsOf(sql, tenantId, id, size)) : [id];
    const sessionId = kind === 'session' ? id : await this.sessionOf(tenantId, id);
    const streams = await this.streams(checkpoint, [sessionId, ...executions]);
    const { findings, length } = await this.walk(tenantId, streams);
    const objects = include_objects ? objectsOf(findings.artifacts) : new Map<string, number>();
    if (length + [...objects.values()].reduce((sum, bytes) => sum + textOf(bytes), 0) > TEXT_MAX) throw failure('evidence.too_large');
    return {
      known: {
        type: 'symphainy.evidence.v1',
        subject: { kind, id, tenant_id: tenantId },
        exported_at: isoTime(this.parts.clock.now()),
        exported_by: caller.user_id,
        checkpoint,
        consistency: await this.tenant(tenantId, (sql) => this.consistency(sql, checkpoint, since)),
        ...(kind === 'session' ? { members: await this.members(checkpoint, id, executions) } : {}),
        related: await this.related(checkpoint, streams, findings),
        artifacts: findings.artifacts.map(({ artifact_id, artifact_type, content_hash, object, derived_from }) => ({ artifact_id, artifact_type, content_hash, ...(object === undefined ? {} : { object }), derived_from: derived_from ?? [] })),
        bundles: await Promise.all([...findings.bundleHashes].sort().map((hash) => this.parts.bundles.disclosed(hash, { tenantId, capabilities: findings.capabilities, policies: findings.policies }))),
        keys: { checkpoint: { [this.parts.key.keyId]: this.parts.key.publicKey }, bundle: { ...this.parts.bundleKeys } },
      },
      streams,
      frames: (stream) => this.frames(tenantId, stream),
      objects: [...objects.keys()],
      object: (hash) => this.object(tenantId, hash),
    };
  }

  /** Before anything is sealed for it: the stream is the tenant's, and of the kind asked for. */
  private async known(tenantId: string, kind: Request['kind'], id: string): Promise<void> {
    const [first] = await this.parts.reader.readStream(tenantId, id, 0, 1);
    if (first?.kind !== kind) throw failure(kind === 'session' ? 'session.not_found' : 'execution.not_found');
  }

  private async sessionOf(tenantId: string, executionId: string): Promise<string> {
    const found = noFindings();
    gather(await this.parts.reader.readStream(tenantId, executionId, 0, 1), found);
    if (found.sessionId === undefined) throw failure('wal.chain_broken', { details: { execution_id: executionId } });
    return found.sessionId;
  }

  /** Each stream that the tree has, with its newest leaf. */
  private streams(checkpoint: SignedCheckpoint, streamIds: readonly string[]): Promise<SealedStream[]> {
    const { tenant_id: tenantId, tree_size: size } = checkpoint.checkpoint;
    return this.tenant(tenantId, async (sql) => {
      const newest = await newestLeaves(sql, { tenantId, kind: 'head', size, streamIds });
      const leaves = streamIds.flatMap((id) => newest.get(id) ?? []);
      const proven = await proveLeaves(sql, checkpoint, leaves);
      // the session is the first of those asked for, and always sealed: its stream is as old as its first execution
      return leaves.map(({ stream_id: streamId }, i) => ({ streamId, kind: streamId === streamIds[0] ? 'session' as const : 'execution' as const, leaf: proven[i]! }));
    });
  }

  /** Up to the frame that the stream's leaf binds. */
  private async *frames(tenantId: string, { streamId, leaf }: SealedStream): AsyncGenerator<StoredFrame[]> {
    for await (const page of streamPages(this.parts.reader, tenantId, streamId)) {
      yield page.filter((frame) => frame.seq <= leaf.seq);
      if (page.at(-1)!.seq >= leaf.seq) return;
    }
  }

  /** What the records name, and how long they are as text. */
  private async walk(tenantId: string, streams: readonly SealedStream[]): Promise<{ findings: Findings; length: number }> {
    const findings = noFindings();
    let length = 0;
    for (const stream of streams) {
      for await (const page of this.frames(tenantId, stream)) {
        gather(page, findings);
        for (const { body } of page) length += FRAME_TEXT + textOf(body.length);
        if (length > TEXT_MAX) throw failure('evidence.too_large');
      }
    }
    return { findings, length };
  }

  private members(checkpoint: SignedCheckpoint, sessionId: string, executions: readonly string[]): Promise<NonNullable<EvidenceBundle['members']>> {
    const { tenant_id: tenantId, tree_size: size } = checkpoint.checkpoint;
    return this.tenant(tenantId, async (sql) => {
      const newest = await newestLeaves(sql, { tenantId, kind: 'members', size, streamIds: [sessionId] });
      const [leaf] = await proveLeaves(sql, checkpoint, [...newest.values()]);
      return { session_id: sessionId, executions: [...executions], ...(leaf === undefined ? {} : { leaf }) };
    });
  }

  private related(checkpoint: SignedCheckpoint, streams: readonly SealedStream[], findings: Findings): Promise<EvidenceBundle['related']> {
    const { tenant_id: tenantId, tree_size: size } = checkpoint.checkpoint;
    const wanted = relatedOf(new Set(streams.map(({ streamId }) => streamId)), findings);
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

  /** An object that is gone is left out; the verifier names it. */
  private async object(tenantId: string, hash: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    try {
      return (await this.parts.objects.get(tenantId, hash)) as AsyncIterable<Uint8Array>;
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

const objectsOf = (artifacts: readonly Artifact[]): Map<string, number> => new Map(artifacts.flatMap(({ object }) => (object === undefined ? [] : [[object.hash, storedSize(object)]])));

/** Characters of so many bytes in base64. */
const textOf = (bytes: number): number => Math.ceil(bytes / 3) * 4;
