/** The Merkle trees' tables as TypeORM entities. */
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'runtime', name: 'sealed_leaves' })
@Check('sealed_leaves_hash_check', 'octet_length(hash) = 32')
export class SealedLeafEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'uuid' }) stream_id!: string;
  /** `head` or `members`. */
  @PrimaryColumn({ type: 'text', collation: 'C' }) kind!: string;
  @PrimaryColumn({ type: 'integer' }) seq!: number;
  @Column({ type: 'bigint' }) leaf_index!: string;
  /** Of kind head: the frame's chain hash. Of kind members: the running hash of the session's executions. */
  @Column({ type: 'bytea' }) hash!: Buffer;
}

@Entity({ schema: 'runtime', name: 'merkle_tiles' })
@Check('merkle_tiles_hashes_check', 'octet_length(hashes) = 8192')
export class MerkleTileEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'integer' }) level!: number;
  @PrimaryColumn({ type: 'bigint' }) tile_index!: string;
  @Column({ type: 'bytea' }) hashes!: Buffer;
}

@Entity({ schema: 'runtime', name: 'merkle_edges' })
export class MerkleEdgeEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @Column({ type: 'bigint' }) tree_size!: string;
  /** The hashes of unfinished tiles. */
  @Column({ type: 'bytea' }) edge!: Buffer;
  /** Writer to position, of what was sealed since the last checkpoint. */
  @Column({ type: 'jsonb' }) position!: object;
  /** The size of the last checkpoint. */
  @Column({ type: 'bigint', default: 0 }) signed_size!: string;
}

@Entity({ schema: 'runtime', name: 'checkpoints' })
export class CheckpointEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'bigint' }) tree_size!: string;
  /** Canonical JSON of the signed checkpoint. */
  @Column({ type: 'text' }) signed!: string;
  @Column({ type: 'timestamptz', precision: 3 }) sealed_at!: Date;
}
