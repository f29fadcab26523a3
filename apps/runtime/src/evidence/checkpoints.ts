import { signedCheckpoint, type Checkpoint, type SignedCheckpoint } from '@symphainy/contracts';
import { hexOf, MerkleEdge } from '@symphainy/execution';
import { signStatement, type SigningKey } from '@symphainy/governance';
import { canonicalJson, isoTime, type Clock, type Logger } from '@symphainy/kernel';
import type { Database, Sql } from '@symphainy/store-postgres';
import { reach } from '../fail-points/fail-points.js';

export interface CheckpointsParts {
  /** As the follower role. */
  readonly database: Database;
  readonly key: SigningKey;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly intervalMs: number;
}

interface EdgeRow {
  readonly tree_size: number;
  readonly edge: Uint8Array;
  readonly position: Record<string, number>;
  readonly signed_size: number;
}

/**
 * Signs where the trees stand. Any runtime may: the tree's row is locked while one signs, so checkpoints follow each other, each naming
 * the one before it, and two that are asked at once find one checkpoint.
 */
export class Checkpoints {
  constructor(private readonly parts: CheckpointsParts) {}

  /** Signs every interval; returns how to end it. */
  start(): () => void {
    let signing = false;
    return this.parts.clock.every(this.parts.intervalMs, () => {
      if (signing) return;
      signing = true;
      void this.sealAll()
        .catch((error: unknown) => this.parts.logger.warn({ err: error }, 'checkpoints cannot be signed now'))
        .finally(() => (signing = false));
    });
  }

  /** The checkpoint of the tenant's tree as it stands; undefined while nothing of the tenant is sealed. */
  seal(tenantId: string): Promise<SignedCheckpoint | undefined> {
    return this.parts.database.transaction(async (sql) => {
      const [edge] = await sql.query<EdgeRow>('select tree_size, edge, position, signed_size from runtime.merkle_edges where tenant_id = $1 for update', [tenantId]);
      if (edge === undefined) return undefined;
      const last = edge.signed_size === 0 ? undefined : await readCheckpoint(sql, tenantId, edge.signed_size);
      return last !== undefined && edge.tree_size === edge.signed_size ? last : this.sign(sql, tenantId, edge, last);
    });
  }

  private async sealAll(): Promise<void> {
    const grown = await this.parts.database.query<{ tenant_id: string }>('select tenant_id from runtime.merkle_edges where tree_size > signed_size order by tenant_id');
    for (const { tenant_id } of grown) await this.seal(tenant_id);
  }

  private async sign(sql: Sql, tenantId: string, edge: EdgeRow, last: SignedCheckpoint | undefined): Promise<SignedCheckpoint> {
    const statement: Checkpoint = {
      type: 'symphainy.checkpoint.v1',
      tenant_id: tenantId,
      tree_size: edge.tree_size,
      root: hexOf(MerkleEdge.read(edge.tree_size, edge.edge).root),
      ...(last === undefined ? {} : { previous: { tree_size: last.checkpoint.tree_size, root: last.checkpoint.root, hash: last.hash } }),
      sealed_at: isoTime(this.parts.clock.now()),
      position: edge.position,
    };
    const signed = { checkpoint: statement, ...signStatement(statement, this.parts.key) };
    reach('checkpoint.sign', 'before');
    await sql.query('insert into runtime.checkpoints (tenant_id, tree_size, signed, sealed_at) values ($1, $2, $3, $4)', [tenantId, edge.tree_size, canonicalJson(signed), statement.sealed_at]);
    await sql.query(`update runtime.merkle_edges set signed_size = tree_size, position = '{}' where tenant_id = $1`, [tenantId]);
    reach('checkpoint.sign', 'after');
    return signed;
  }
}

/** The checkpoint that was signed at this size. */
export async function readCheckpoint(sql: Sql, tenantId: string, treeSize: number): Promise<SignedCheckpoint | undefined> {
  const [row] = await sql.query<{ signed: string }>('select signed from runtime.checkpoints where tenant_id = $1 and tree_size = $2', [tenantId, treeSize]);
  return row === undefined ? undefined : signedCheckpoint.parse(JSON.parse(row.signed));
}
