/**
 * contracts: the words all services share.
 *
 * Schemas come first (zod); TypeScript types, JSON Schema and OpenAPI derive from them. Field names are snake_case, as on the wire.
 * The subject catalogue lists every message between services; nobody writes a subject anywhere else.
 */
export type { Json } from '@symphainy/kernel';
export * as words from './words.js';
export { caller, mayBeOnePerson, session, type Caller, type Session } from './session.schema.js';
export { intent, intentSubmission, solutionContext, type Intent, type IntentSubmission } from './intent.schema.js';
export {
  artifact, artifactId, dataReference, dataSchema, domainEvent, externalLocation, objectRef, producedArtifact, projectionOf, stateChange, MAX_INLINE_BYTES,
  type Artifact, type DataReference, type DataSchema, type ExternalLocation, type DomainEvent, type ObjectRef, type ProducedArtifact, type StateChange,
} from './artifact.schema.js';
export {
  artifactLineage, columnLineage, lineageKind, memberLineage, sourceRegion, valueLineage, MAX_LINEAGE_BYTES,
  type ArtifactLineage, type ColumnLineage, type LineageKind, type MemberLineage, type SourceRegion,
} from './lineage.schema.js';
export {
  lineageEdge, lineageEdgeKind, lineageGraph, lineageNode, lineageNodeId, lineageNodeKind, madeBy, rebuiltGraph, rebuiltSearch, registeredReference, registerReferencePayload, tracedPlace, valueTrace,
  type LineageEdge, type LineageGraph, type LineageNode, type MadeBy, type TracedPlace, type ValueTrace,
} from './lineage-answers.schema.js';
export {
  dataClassName,
  dataBoundary, dataClass, dataContract, dataHold, reclassification, type DataBoundary, type DataClass, type DataContract, type DataHold, type Reclassification,
} from './data-governance.schema.js';
export {
  capability, registeredCapability, sagaDefinition, sagaStep, itemsSource, parentClose, retryPolicy, determinism,
  type Capability, type RegisteredCapability, type SagaDefinition, type SagaStep, type SagaStepInput, type ParallelStep, type ChoiceStep, type ItemsSource, type ParentClose, type RetryPolicy,
} from './capability.schema.js';
export {
  policyDecision, verdict, verdictRole, cedarPolicy, tenant, identity, apiKeyRecord, apiKeyScope, keyIssuer, signatureAlgorithm, jwtIssuer, bundleOrigin, BUNDLE_SCHEMA_VERSION, governanceBundle, offeredBundle, signedBundle, trafficRules, verificationKeys, policySwitch, tenantSwitches,
  type PolicyDecision, type Verdict, type CedarPolicy, type Tenant, type Identity, type ApiKeyRecord, type ApiKeyScope, type KeyIssuer, type JwtIssuer, type BundleOrigin, type GovernanceBundle, type OfferedBundle, type SignedBundle, type TrafficRules, type VerificationKeys,
} from './policy.schema.js';
export { changeableLists, keyInList, type BundleEntry, type BundleList, type ChangeableList } from './bundle-lists.js';
export { attentionKind, escalationRule, objective, subscriptionId, type AttentionKind, type EscalationRule, type Objective } from './escalation.schema.js';
export { grant, grantAction, grantRequest, grantScope, type Grant, type GrantAction, type GrantRequest, type GrantScope } from './grant.schema.js';
export {
  accessAction, policyAction, accessQuestion, accessQuestions, accessAnswer, accessSearch, subjectSearch, resourceSearch, actionSearch, accessFound, evaluationsSemantic,
  policyExplanation, recordedExplanation, hypotheticalRequest,
  type AccessAction, type PolicyAction, type AccessQuestion, type AccessQuestions, type AccessAnswer, type AccessSearch, type PolicyExplanation, type RecordedExplanation, type HypotheticalRequest,
} from './access.schema.js';
export {
  agentEntry, capabilityNotice, domainEntry, sagaRule, schemaCompatibility, semanticSchema, solutionEntry, stepKind, vocabulary,
  type AgentEntry, type CapabilityNotice, type DomainEntry, type SagaRule, type SemanticSchema, type SolutionEntry, type Vocabulary,
} from './registry.schema.js';
export { registryFound, registryHealth, registryKind, registryPage, registryQuery, type RegistryFound, type RegistryHealth, type RegistryKind, type RegistryPage, type RegistryQuery } from './registry-search.schema.js';
export {
  executionContext, stepResult, attemptRef, followOn, stepDispatch, stepOutcome, realmHeartbeat, executionStatus, endedStatus, isEnded, stepView, executionView, executionResult,
  type ExecutionContext, type StepResult, type AttemptRef, type FollowOn, type StepDispatch, type StepOutcome, type RealmHeartbeat, type ExecutionStatus, type StepView, type ExecutionView, type ExecutionResult,
} from './execution.schema.js';
export { wireError, problemDetails, type ProblemDetails } from './problem.schema.js';
export {
  walRecord, walRecordType, frameBody, frame, streamKind, logPosition, committedFrame, subscribedFrame, actor,
  type WalRecord, type WalRecordType, type Frame, type LogPosition, type CommittedFrame, type SubscribedFrame,
} from './wal.schema.js';
export { archivedStream, streamSegment, type ArchivedStream, type StreamSegment } from './archive.schema.js';
export {
  replayMode, replayReport, sessionReplayReport, stepComparison, notComparableReason, determinismReport,
  type ReplayMode, type ReplayReport, type SessionReplayReport, type StepComparison, type DeterminismReport, type UnreadableFrame,
} from './history.schema.js';
export {
  checkpoint, signedCheckpoint, consistencyProof, sealedLeaf, evidenceStream, disclosedEntry, disclosedBundle, evidenceBundle, exportedEvidence,
  policyCandidate, policyFlip, intentBar, notRedecided, redecisionReport,
  type Checkpoint, type SignedCheckpoint, type PolicyCandidate, type PolicyFlip, type IntentBar, type NotRedecided, type RedecisionReport, type ConsistencyProof, type SealedLeaf, type EvidenceStream, type DisclosedBundle, type EvidenceBundle, type ExportedEvidence,
} from './evidence.schema.js';
export { erasurePayload, erasureReport, rewrapReport, type ErasurePayload, type ErasureReport } from './erasure.schema.js';
export {
  operations, operationName, executionsQuery, operationCommand, operationReport, schedulePayload,
  type OperationName, type OperationPayload, type OperationCommand, type OperationReport, type ExecutionsQuery, type SchedulePayload,
} from './operation.schema.js';
export { errorCodes, type ErrorCode, type ErrorCodeEntry } from './error-codes.js';
export { failure, statusOf } from './errors.js';
export {
  policyProblem, policyReading, testOutcome, policyTrialRequest, policyTrial, policyPage,
  type PolicyProblem, type PolicyReading, type TestOutcome, type PolicyTrialRequest, type PolicyTrial, type PolicyPage,
} from './policy-desk.schema.js';
export { governanceList, policyTest, bundleChange, testReport, bundleDiff, candidate, type PolicyTest, type BundleChange, type TestReport, type BundleDiff, type Candidate } from './candidate.schema.js';
export {
  subjects, planes, subjectFor, patternFor, NO_REALM, wantedFrames, governanceEntries, quotaStanding, submission, submissionReply, executionSummary, plannedStepView, validationReport, metricsSnapshot,
  type Plane, type Receiver, type WantedFrames, type Subject, type SubjectEntry, type SubjectRequest, type SubjectRequestInput, type SubjectReply, type SubjectTokens, type RpcSubject, type OneWaySubject, type TokenValues,
  type ExecutionSummary, type QuotaStanding, type GovernanceEntries, type PlannedStepView, type ValidationReport, type MetricsSnapshot,
} from './subjects.js';
export {
  contentSource, contentKind, contentBlock, columnType, contentColumn, contentCell, contentGridCell, contentTable, tableIrregularity, decodeFailure, contentDocument, contentFact, contentFacts, contentEmbeddings, contentChunk, chunkRegion, sparseText, canonicalName,
  type ContentSource, type ContentKind, type ContentBlock, type ColumnType, type ContentColumn, type ContentCell, type ContentGridCell, type TableIrregularity, type ContentTable, type DecodeFailure,
  type ContentDocument, type ContentFact, type ContentFacts, type ContentEmbeddings, type ContentChunk, type ChunkRegion, type CanonicalName,
} from './content.schema.js';
export {
  contentDataset, datasetColumn, datasetPart,
  type ContentDataset, type DatasetColumn, type DatasetPart,
} from './content-dataset.schema.js';
export { classOfFindings, detectData, type DataFinding, type DetectorName } from './detectors.js';
export { cellPlace, cellRange, type CellRange, type DatasetRow, type PlacedTable } from './cell-place.js';
export {
  connector, connectorTable, externalColumn, externalOpened, externalTable, httpConnector, postgresConnector, tableQuery,
  type Connector, type ExternalColumn, type ExternalOpened, type ExternalTable, type HttpConnector, type PostgresConnector, type TableQuery,
} from './external.schema.js';
