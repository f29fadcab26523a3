import type { ConsistencyProof, SealedLeaf, SignedCheckpoint } from '@symphainy/contracts';
import { consistencyPath, hexOf, inclusionPath, TileHashes, tilesOf, type FullTile, type LeafRange } from '@symphainy/execution';
import type { Sql } from '@symphainy/store-postgres';

/** A leaf as it is stored. */
export interface StoredLeaf {
  readonly stream_id: string;
  readonly seq: number;
  readonly leaf_index: number;
  readonly hash: Uint8Array;
}

/** For each stream the newest leaf about it within the first `size` leaves. */
export async function newestLeaves(sql: Sql, o: { readonly tenantId: string; readonly kind: 'head' | 'members'; readonly size: number; readonly streamIds: readonly string[] }): Promise<Map<string, StoredLeaf>> {
  const rows = await sql.query<StoredLeaf>(
    `select distinct on (stream_id) stream_id, seq, leaf_index, hash from runtime.sealed_leaves
     where tenant_id = $1 and stream_id = any($2::uuid[]) and kind = $3 and leaf_index < $4 order by stream_id, seq desc`,
    [o.tenantId, o.streamIds, o.kind, o.size],
  );
  return new Map(rows.map((row) => [row.stream_id, row]));
}

/** Leaves with their proofs in the checkpoint's tree, in the order given: one read of the tree for all. */
export async function proveLeaves(sql: Sql, { checkpoint }: SignedCheckpoint, leaves: readonly StoredLeaf[]): Promise<SealedLeaf[]> {
  const paths = leaves.map((leaf) => inclusionPath(leaf.leaf_index, checkpoint.tree_size));
  const hashes = await readHashes(sql, checkpoint.tenant_id, paths.flat());
  return leaves.map((leaf, i) => ({ index: leaf.leaf_index, seq: leaf.seq, hash: hexOf(leaf.hash), proof: paths[i]!.map((range) => hexOf(hashes.of(range))) }));
}

/** Shows that `earlier` is the beginning of `later`. */
export async function proveConsistency(sql: Sql, earlier: SignedCheckpoint, later: SignedCheckpoint): Promise<ConsistencyProof> {
  const path = consistencyPath(earlier.checkpoint.tree_size, later.checkpoint.tree_size);
  const hashes = await readHashes(sql, later.checkpoint.tenant_id, path);
  return { earlier, proof: path.map((range) => hexOf(hashes.of(range))) };
}

/** The edge may be of a later tree than the one that is proven: the hashes it began with are still there, or in a tile that is full by now. */
async function readHashes(sql: Sql, tenantId: string, ranges: readonly LeafRange[]): Promise<TileHashes> {
  const [edge] = await sql.query<{ tree_size: number; edge: Uint8Array }>('select tree_size, edge from runtime.merkle_edges where tenant_id = $1', [tenantId]);
  const places = tilesOf(ranges);
  const tiles = await sql.query<FullTile>(
    'select level, tile_index as index, hashes from runtime.merkle_tiles where tenant_id = $1 and (level, tile_index) in (select * from unnest($2::int[], $3::bigint[]))',
    [tenantId, places.map((place) => place.level), places.map((place) => place.index)],
  );
  return new TileHashes(tiles, { size: edge?.tree_size ?? 0, bytes: edge?.edge ?? new Uint8Array(0) });
}
