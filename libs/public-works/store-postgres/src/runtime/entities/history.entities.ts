/** Kept folds and the archive's entries as TypeORM entities. */
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'runtime', name: 'stream_checkpoints' })
@Check('stream_checkpoints_hash_check', 'octet_length(hash) = 32')
export class StreamCheckpointEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'uuid' }) stream_id!: string;
  /** The frame that the state is of, and its chain hash: the log has the last word. */
  @Column({ type: 'integer' }) seq!: number;
  @Column({ type: 'bytea' }) hash!: Buffer;
  /** The version of the fold that made it. */
  @Column({ type: 'integer' }) fold!: number;
  @Column({ type: 'bytea' }) state!: Buffer;
}

@Entity({ schema: 'runtime', name: 'archived_streams' })
@Check('archived_streams_head_hash_check', 'octet_length(head_hash) = 32')
@Check('archived_streams_head_seq_check', 'head_seq >= 0')
export class ArchivedStreamEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'uuid' }) stream_id!: string;
  @Column({ type: 'integer' }) head_seq!: number;
  @Column({ type: 'bytea' }) head_hash!: Buffer;
  /** Times of its first and last frame. */
  @Column({ type: 'timestamptz', precision: 3 }) first_at!: Date;
  @Column({ type: 'timestamptz', precision: 3 }) last_at!: Date;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) archived_at!: Date;
}

@Entity({ schema: 'runtime', name: 'archive_observations' })
export class ArchiveObservationEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'uuid' }) stream_id!: string;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) observed_at!: Date;
}
