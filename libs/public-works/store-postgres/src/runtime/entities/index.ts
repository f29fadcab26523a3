/** The runtime schema's entities. Their agreement with the migrations is tested: TypeORM finds nothing to change. */
import { GraphEdgeEntity, GraphNodeEntity } from './graph.entities.js';
import { CheckpointEntity, MerkleEdgeEntity, MerkleTileEntity, SealedLeafEntity } from './evidence.entities.js';
import { ArchivedStreamEntity, ArchiveObservationEntity, StreamCheckpointEntity } from './history.entities.js';
import { BundleEntity, FollowerPositionEntity, HeldStreamEntity, IdempotencyEntity, ParkedEntity, WalFrameEntity, WalWriterEntity } from './log.entities.js';
import { SubjectKeyEntity, TenantNameKeyEntity } from './personal.entities.js';
import { ArtifactEntity, ExecutionEntity, FrameIndexEntity, SessionEntity, StateEntryEntity, TenantMetricEntity } from './projection.entities.js';
import { SearchDocumentEntity, SearchPassageEntity } from './search.entities.js';

export const runtimeEntities: readonly (new () => object)[] = [
  WalFrameEntity, WalWriterEntity, IdempotencyEntity, FollowerPositionEntity, BundleEntity, ParkedEntity, HeldStreamEntity,
  ExecutionEntity, SessionEntity, ArtifactEntity, StateEntryEntity, FrameIndexEntity, TenantMetricEntity,
  SealedLeafEntity, MerkleTileEntity, MerkleEdgeEntity, CheckpointEntity,
  SubjectKeyEntity, TenantNameKeyEntity,
  GraphNodeEntity, GraphEdgeEntity,
  SearchDocumentEntity, SearchPassageEntity,
  StreamCheckpointEntity, ArchivedStreamEntity, ArchiveObservationEntity,
];
