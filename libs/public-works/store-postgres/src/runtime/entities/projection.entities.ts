/** The projections' tables as TypeORM entities. */
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'runtime', name: 'executions' })
@Index('executions_by_time', ['tenant_id', 'created_at', 'execution_id'])
@Index('executions_by_session', ['tenant_id', 'session_id', 'created_at', 'execution_id'])
@Index('executions_by_correlation', ['tenant_id', 'correlation_id'])
export class ExecutionEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'uuid' }) execution_id!: string;
  @Column({ type: 'uuid' }) session_id!: string;
  @Column({ type: 'text' }) user_id!: string;
  @Column({ type: 'text', collation: 'C' }) intent_type!: string;
  @Column({ type: 'text', collation: 'C' }) correlation_id!: string;
  @Column({ type: 'text', collation: 'C' }) status!: string;
  @Column({ type: 'timestamptz', precision: 3 }) created_at!: Date;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) ended_at!: Date | null;
  @Column({ type: 'integer' }) steps_completed!: number;
  @Column({ type: 'integer' }) artifact_count!: number;
  @Column({ type: 'integer' }) record_count!: number;
  @Column({ type: 'text', nullable: true }) error_code!: string | null;
  @Column({ type: 'integer' }) head_seq!: number;
  @Column({ type: 'bytea' }) head_hash!: Buffer;
  @Column({ type: 'timestamptz', precision: 3 }) last_at!: Date;
}

@Entity({ schema: 'runtime', name: 'sessions' })
@Index('sessions_by_time', ['tenant_id', 'created_at', 'session_id'])
export class SessionEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'uuid' }) session_id!: string;
  @Column({ type: 'text' }) user_id!: string;
  @Column({ type: 'timestamptz', precision: 3 }) created_at!: Date;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) closed_at!: Date | null;
  /** JSON. */
  @Column({ type: 'text' }) context!: string;
  @Column({ type: 'integer' }) head_seq!: number;
}

@Entity({ schema: 'runtime', name: 'artifacts' })
@Index('artifacts_by_execution', ['tenant_id', 'execution_id', 'position'])
@Index('artifacts_by_session', ['tenant_id', 'session_id', 'position'])
export class ArtifactEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS' }) position!: string;
  @Column({ type: 'uuid' }) execution_id!: string;
  @Column({ type: 'uuid' }) session_id!: string;
  @Column({ type: 'text', collation: 'C' }) artifact_type!: string;
  /** JSON of the artifact without its content. */
  @Column({ type: 'text' }) artifact!: string;
}

@Entity({ schema: 'runtime', name: 'state_entries' })
export class StateEntryEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'text', collation: 'C' }) key!: string;
  /** JSON; null: the key was removed, and the row stays so that an older change cannot bring it back. */
  @Column({ type: 'text', nullable: true }) value!: string | null;
  @Column({ type: 'uuid' }) execution_id!: string;
  @Column({ type: 'integer' }) seq!: number;
  @Column({ type: 'timestamptz', precision: 3 }) updated_at!: Date;
}

@Entity({ schema: 'runtime', name: 'frame_index' })
@Index('frame_index_by_stream', ['tenant_id', 'stream_id', 'seq'])
export class FrameIndexEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  /** The order in which the follower met the frames: a cursor over it misses nothing. */
  @PrimaryColumn({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS' }) position!: string;
  @Column({ type: 'uuid' }) stream_id!: string;
  @Column({ type: 'integer' }) seq!: number;
  @Column({ type: 'timestamptz', precision: 3 }) at!: Date;
  @Column({ type: 'text', collation: 'C', nullable: true }) intent_type!: string | null;
  /** One bit per record type that the frame holds. */
  @Column({ type: 'bigint' }) record_types!: string;
}

@Entity({ schema: 'runtime', name: 'tenant_metrics' })
export class TenantMetricEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'text', collation: 'C' }) metric!: string;
  /** JSON. */
  @Column({ type: 'text' }) value!: string;
}
