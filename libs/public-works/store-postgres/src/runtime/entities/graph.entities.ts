/** The state graph's tables as TypeORM entities. */
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'runtime', name: 'graph_nodes' })
export class GraphNodeEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'text', collation: 'C' }) id!: string;
  @Column({ type: 'text', collation: 'C' }) kind!: string;
  @Column({ type: 'timestamptz', precision: 3 }) at!: Date;
  @Column({ type: 'jsonb' }) data!: object;
}

@Entity({ schema: 'runtime', name: 'graph_edges' })
@Index('graph_edges_by_target', ['tenant_id', 'to_id', 'kind', 'from_id'])
export class GraphEdgeEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' }) tenant_id!: string;
  @PrimaryColumn({ type: 'text', collation: 'C' }) from_id!: string;
  @PrimaryColumn({ type: 'text', collation: 'C' }) kind!: string;
  @PrimaryColumn({ type: 'text', collation: 'C' }) to_id!: string;
  @Column({ type: 'timestamptz', precision: 3 }) at!: Date;
}
