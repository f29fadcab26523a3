/** Keys of data subjects as a TypeORM entity. */
import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

@Entity({ schema: 'runtime', name: 'subject_keys' })
@Unique('subject_keys_subject_key', ['tenant_id', 'subject'])
@Check('subject_keys_check', '(wrapped is null) = (erased_at is not null) and (subject is null) = (erased_at is not null)')
export class SubjectKeyEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'uuid' }) key_id!: string;
  /** The subject's pseudonym; gone with the key. */
  @Column({ type: 'text', collation: 'C', nullable: true }) subject!: string | null;
  /** Under the tenant's key. */
  @Column({ type: 'bytea', nullable: true }) wrapped!: Buffer | null;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) created_at!: Date;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) erased_at!: Date | null;
  /** The execution that destroyed it. */
  @Column({ type: 'uuid', nullable: true }) erased_by!: string | null;
}

/** The key that names a tenant's data subjects, kept where it does not follow from the secret in use. */
@Entity({ schema: 'runtime', name: 'tenant_name_keys' })
export class TenantNameKeyEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  /** Under the tenant's key. */
  @Column({ type: 'bytea' }) wrapped!: Buffer;
}
