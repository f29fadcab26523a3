/** The log's tables as TypeORM entities: they name what the migrations made; the hot path never goes through them. */
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'runtime', name: 'wal_frames' })
@Check('wal_frames_hash_check', 'octet_length(hash) = 32')
@Check('wal_frames_n_check', 'n > 0')
@Check('wal_frames_seq_check', 'seq >= 0')
@Index('wal_frames_position', ['writer', 'n'], { unique: true })
export class WalFrameEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'uuid' }) stream_id!: string;
  @PrimaryColumn({ type: 'integer' }) seq!: number;
  @Column({ type: 'text', collation: 'C' }) kind!: string;
  @Column({ type: 'timestamptz', precision: 3 }) at!: Date;
  /** 32 bytes: SHA-256(previous hash, header, SHA-256(body)). */
  @Column({ type: 'bytea' }) hash!: Buffer;
  /** Canonical JSON of `{"records":[…]}`. */
  @Column({ type: 'bytea' }) body!: Buffer;
  @Column({ type: 'uuid' }) writer!: string;
  /** Counts a writer's frames from 1, in commit order, without gaps. */
  @Column({ type: 'bigint' }) n!: string;
}

@Entity({ schema: 'runtime', name: 'wal_writers' })
export class WalWriterEntity {
  @PrimaryColumn({ type: 'uuid' }) writer!: string;
  /** Raised by whoever takes the writer over: the fence. */
  @PrimaryColumn({ type: 'integer' }) epoch!: number;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) started_at!: Date;
  @Column({ type: 'timestamptz', precision: 3 }) lease_until!: Date;
  /** Frames up to here were handed to publishing. */
  @Column({ type: 'bigint', default: 0 }) published_n!: string;
  /** No unfinished execution has its last frame before this position. */
  @Column({ type: 'bigint', default: 1 }) low_n!: string;
  /** When another writer took it over; from then on it has no more frames. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) taken_at!: Date | null;
  /** Its last position, once nothing of it is left to adopt. */
  @Column({ type: 'bigint', nullable: true }) retired_n!: string | null;
}

@Entity({ schema: 'runtime', name: 'idempotency' })
export class IdempotencyEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'text', collation: 'C' }) key!: string;
  @Column({ type: 'uuid' }) execution_id!: string;
  @Column({ type: 'bytea' }) request_hash!: Buffer;
}

@Entity({ schema: 'runtime', name: 'follower_positions' })
export class FollowerPositionEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) follower!: string;
  @PrimaryColumn({ type: 'uuid' }) writer!: string;
  @Column({ type: 'bigint' }) n!: string;
}

@Entity({ schema: 'runtime', name: 'bundles' })
export class BundleEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) hash!: string;
  @Column({ type: 'bigint' }) version!: string;
  /** Canonical JSON of the signed bundle. */
  @Column({ type: 'text' }) signed!: string;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) accepted_at!: Date;
}

/** Streams that a writer has held unfinished for long. */
@Entity({ schema: 'runtime', name: 'held_streams' })
export class HeldStreamEntity {
  @PrimaryColumn({ type: 'uuid' }) writer!: string;
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'uuid' }) stream_id!: string;
}

/** Executions that sleep and are in no runtime's memory. */
@Entity({ schema: 'runtime', name: 'parked' })
@Check('parked_seq_check', 'seq >= 0')
@Index('parked_due', ['due_at'], { where: '(due_at IS NOT NULL)' })
export class ParkedEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'uuid' }) stream_id!: string;
  /** The stream's last frame when it went to sleep. */
  @Column({ type: 'integer' }) seq!: number;
  /** Null: only an event wakes it. A claim pushes it away. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) due_at!: Date | null;
  @Column({ type: 'text', collation: 'C' }) reason!: string;
  @Column({ type: 'uuid' }) session_id!: string;
  /** Who parked it. */
  @Column({ type: 'uuid' }) writer!: string;
  @Column({ type: 'integer' }) epoch!: number;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) parked_at!: Date;
}
