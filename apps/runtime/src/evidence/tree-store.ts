import { MerkleEdge, type FullTile } from '@symphainy/execution';
import { verify } from '@symphainy/kernel';
import type { Sql } from '@symphainy/store-postgres';
import { writeRows, type RowTarget } from '../state-surface/rows.js';
import type { Leaf, Members } from './leaf-batch.js';

/** A leaf with its place in the tree. */
export interface PlacedLeaf extends Leaf {
  readonly index: number;
}

type TileRow = { readonly tenant_id: string; readonly level: number; readonly tile_index: number; readonly hashes: Uint8Array };

const tileRows: RowTarget<TileRow> = { table: 'merkle_tiles', columns: { tenant_id: 'text', level: 'int', tile_index: 'bigint', hashes: 'bytea' }, conflict: '' };

/** The tree's end as it was saved last. */
export async function loadEdge(sql: Sql, tenantId: string): Promise<MerkleEdge> {
  const [row] = await sql.query<{ tree_size: number; edge: Uint8Array }>('select tree_size, edge from runtime.merkle_edges where tenant_id = $1', [tenantId]);
  return row === undefined ? MerkleEdge.empty() : MerkleEdge.read(row.tree_size, row.edge);
}

/** The executions of these sessions, as the newest leaf about each binds them. */
export async function loadMembers(sql: Sql, tenantId: string, sessionIds: readonly string[]): Promise<Map<string, Members>> {
  if (sessionIds.length === 0) return new Map();
  const rows = await sql.query<{ stream_id: string; seq: number; hash: Uint8Array }>(
    `select distinct on (stream_id) stream_id, seq, hash from runtime.sealed_leaves where tenant_id = $1 and stream_id = any($2::uuid[]) and kind = 'members' order by stream_id, seq desc`,
    [tenantId, sessionIds],
  );
  return new Map(rows.map((row) => [row.stream_id, { count: row.seq, hash: row.hash }]));
}

/** What one batch adds to one tenant's tree. */
export interface Growth {
  readonly tenantId: string;
  readonly sizeBefore: number;
  readonly edge: MerkleEdge;
  readonly leaves: readonly PlacedLeaf[];
  readonly tiles: readonly FullTile[];
  readonly position: Readonly<Record<string, number>>;
}

/** Saves what a batch added to the trees: a constant number of statements, and one for each tenant. */
export async function saveGrowth(sql: Sql, growths: readonly Growth[]): Promise<void> {
  await saveLeaves(sql, growths);
  await writeRows(sql, tileRows, growths.flatMap(({ tenantId, tiles }) => tiles.map((tile): TileRow => ({ tenant_id: tenantId, level: tile.level, tile_index: tile.index, hashes: tile.hashes }))));
  for (const growth of growths) await saveEdge(sql, growth);
}

/** Hashes travel as one run of bytes: an array of bytea would travel as hex. None of the other values has a character that an array's text would have to quote. */
async function saveLeaves(sql: Sql, growths: readonly Growth[]): Promise<void> {
  const rows = growths.flatMap(({ tenantId, leaves }) => leaves.map((leaf) => ({ tenantId, leaf })));
  if (rows.length === 0) return;
  const array = (value: (row: (typeof rows)[number]) => string | number): string => `{${rows.map(value).join(',')}}`;
  await sql.run({
    name: 'save-leaves',
    text: `insert into runtime.sealed_leaves (tenant_id, stream_id, kind, seq, leaf_index, hash)
      select r.tenant, r.stream, r.kind, r.seq, r.index, substring($6::bytea from 32 * (r.k::int - 1) + 1 for 32)
      from unnest($1::text[], $2::uuid[], $3::text[], $4::int[], $5::bigint[]) with ordinality as r(tenant, stream, kind, seq, index, k)`,
    values: [array((r) => r.tenantId), array((r) => r.leaf.streamId), array((r) => r.leaf.kind), array((r) => r.leaf.seq), array((r) => r.leaf.index), Buffer.concat(rows.map((r) => r.leaf.hash))],
  });
}

/** The fence of leaf order: whoever grew the tree from another size than the one that is saved writes nothing, and takes its batch back. */
async function saveEdge(sql: Sql, { tenantId, sizeBefore, edge, position }: Growth): Promise<void> {
  const { count } = await sql.run({
    name: 'save-edge',
    text: `insert into runtime.merkle_edges (tenant_id, tree_size, edge, position) values ($1, $2, $3, $4)
      on conflict (tenant_id) do update set tree_size = excluded.tree_size, edge = excluded.edge, position = merkle_edges.position || excluded.position
      where merkle_edges.tree_size = $5`,
    values: [tenantId, edge.size, edge.bytes, JSON.stringify(position), sizeBefore],
  });
  verify(count === 1, `the Merkle tree of ${tenantId} grows from where it ended`);
}
