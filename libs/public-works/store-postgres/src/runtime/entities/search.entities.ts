/** The search index's tables as TypeORM entities. */
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'runtime', name: 'search_documents' })
export class SearchDocumentEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'text', collation: 'C' }) artifact_id!: string;
  @Column({ type: 'text', collation: 'C' }) artifact_type!: string;
  @Column({ type: 'uuid' }) execution_id!: string;
  @Column({ type: 'uuid' }) session_id!: string;
  @Column({ type: 'text', collation: 'C' }) intent_type!: string;
  @Column({ type: 'text', collation: 'C' }) realm!: string;
  @Column({ type: 'text' }) user_id!: string;
  @Column({ type: 'text', nullable: true }) classification!: string | null;
  @Column({ type: 'text', collation: 'C' }) model!: string;
  @Column({ type: 'text', collation: 'C' }) sparse_model!: string;
  @Column({ type: 'integer' }) passages!: number;
  @Column({ type: 'bigint' }) words!: string;
}

@Entity({ schema: 'runtime', name: 'search_passages' })
@Index('search_passages_by_term', { synchronize: false })
export class SearchPassageEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'text', collation: 'C' }) artifact_id!: string;
  @PrimaryColumn({ type: 'integer' }) chunk!: number;
  @Column({ type: 'integer' }) length!: number;
  @Column({ type: 'integer', array: true }) terms!: number[];
  @Column({ type: 'integer', array: true }) times!: number[];
  @Column({ type: 'bytea' }) vector!: Buffer;
}
