/**
 * Evidence: the log's Merkle trees, their signed checkpoints, and what is exported for an auditor.
 *
 * The follower `sealer` adds to one tree a tenant; `Checkpoints` signs where a tree stands, every interval and whenever somebody asks;
 * `EvidenceExports` puts a bundle together whose proofs all lead to one checkpoint. Stored: leaves, full tiles and checkpoints, never changed;
 * a tree's edge, where it grows. Order: `openEvidence` on an open log starts the follower and the signing; closing both ends them.
 *
 * 1. One sealer defines the order of leaves: the streams that went on in a batch, by stream; then the sessions that gained executions.
 * 2. Every committed frame is bound by a leaf of its stream at its own `seq` or a later one; batches are saved with the follower's position, so
 *    no frame is left out and none is sealed twice.
 * 3. A leaf, a full tile and a checkpoint never change; a checkpoint's tree is the beginning of every later one.
 * 4. The cost of an append to a tree does not grow with the tree.
 * 5. What is exported is sealed: the export waits for the sealer and signs a checkpoint if the last one does not cover it.
 * 6. A tenant is shown its own streams, and of a governance bundle only what concerns it.
 */
import { MerkleEdge } from '@symphainy/execution';
import { inTurns } from '@symphainy/kernel';
import type { Sql } from '@symphainy/store-postgres';
import { LRUCache } from 'lru-cache';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { reach } from '../fail-points/fail-points.js';
import type { FollowerWork } from '../wal/follower.js';
import { batchesOf, hashOfLeaf, leavesOf, NO_MEMBERS, type Members, type TenantBatch } from './leaf-batch.js';
import { loadEdge, loadMembers, saveGrowth, type Growth } from './tree-store.js';

const TENANTS_MAX = 1_000;
const SESSIONS_MAX = 50_000;

/** Most frames of one writer in a batch: large batches make few leaves, as an execution's frames mostly fall into one. */
const BATCH_FRAMES = 8_000;
/** Leaves that are hashed before executions get a turn of the event loop. */
const LEAVES_AT_ONCE = 32;

/** Follows the log into the Merkle trees. What it remembers between batches is what was saved last; a batch that fails forgets it all. */
export class Sealer implements FollowerWork {
  readonly name = 'sealer';
  readonly limit = BATCH_FRAMES;
  private readonly edges = new LRUCache<string, MerkleEdge>({ max: TENANTS_MAX });
  private readonly members = new LRUCache<string, Members>({ max: SESSIONS_MAX });

  constructor(
    /** How long frames are gathered into one batch. */
    readonly gatherMs: number,
  ) {}

  /** Places and hashes are all it needs. */
  reads(): boolean {
    return false;
  }

  begin(): Promise<void> {
    this.edges.clear();
    this.members.clear();
    return Promise.resolve();
  }

  async apply(frames: readonly StoredFrame[], sql: Sql): Promise<void> {
    const growths: Growth[] = [];
    for (const batch of batchesOf(frames)) growths.push(await this.grow(sql, batch));
    reach('seal.grow', 'before');
    await saveGrowth(sql, growths);
    reach('seal.grow', 'after');
  }

  private async grow(sql: Sql, batch: TenantBatch): Promise<Growth> {
    const { tenantId, position } = batch;
    const edge = this.edges.get(tenantId) ?? (await loadEdge(sql, tenantId));
    await this.recall(sql, batch);
    const sizeBefore = edge.size;
    const leaves = leavesOf(batch, (session) => this.members.get(`${tenantId}/${session}`) ?? NO_MEMBERS).map((leaf, i) => ({ ...leaf, index: sizeBefore + i }));
    const tiles: Growth['tiles'][number][] = [];
    await inTurns(leaves, LEAVES_AT_ONCE, (some) => tiles.push(...some.flatMap((leaf) => edge.append(hashOfLeaf(leaf)))));
    for (const leaf of leaves) if (leaf.kind === 'members') this.members.set(`${tenantId}/${leaf.streamId}`, { count: leaf.seq, hash: leaf.hash });
    this.edges.set(tenantId, edge);
    return { tenantId, sizeBefore, edge, leaves, tiles, position };
  }

  private async recall(sql: Sql, { tenantId, begun }: TenantBatch): Promise<void> {
    const missing = [...begun.keys()].filter((session) => !this.members.has(`${tenantId}/${session}`));
    for (const [session, members] of await loadMembers(sql, tenantId, missing)) this.members.set(`${tenantId}/${session}`, members);
  }
}
