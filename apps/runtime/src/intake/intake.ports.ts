/**
 * What intake needs of the folders to its right: it knows subjects and their shapes, they know what the words mean.
 * Each handler takes the subject's validated request and returns its reply, or throws a PlatformError, which crosses the bus as is.
 */
import type { RpcSubject, SubjectReply, SubjectRequest } from '@symphainy/contracts';

export type HandlersOf<S extends RpcSubject> = { readonly [K in S]: (request: SubjectRequest<K>) => Promise<SubjectReply<K>> };

/** Served by acceptance, operations and the Data Brain. */
export type CommandSubject =
  | 'runtime.session.create'
  | 'runtime.session.close'
  | 'runtime.session.open'
  | 'runtime.intent.submit'
  | 'runtime.upload.grant'
  | 'runtime.operation.submit'
  | 'runtime.execution.cancel'
  | 'runtime.execution.signal'
  | 'runtime.execution.determinism'
  | 'runtime.capability.list'
  | 'runtime.registry.search'
  | 'runtime.governance.read'
  | 'runtime.governance.await'
  | 'runtime.policy.list'
  | 'runtime.policy.try'
  | 'runtime.artifact.read'
  | 'runtime.hydrate'
  | 'runtime.object.grant'
  | 'runtime.tool.invoke';

/** Served by the state surface: reads of the log and of its projections, each under the caller's tenant. */
export type QuerySubject =
  | 'runtime.session.read'
  | 'runtime.session.list'
  | 'runtime.session.validate'
  | 'runtime.session.replay'
  | 'runtime.execution.read'
  | 'runtime.execution.result'
  | 'runtime.execution.list'
  | 'runtime.execution.frames'
  | 'runtime.execution.replay'
  | 'runtime.execution.validate'
  | 'runtime.state.read'
  | 'runtime.state.query'
  | 'runtime.wal.query'
  | 'runtime.artifact.list'
  | 'runtime.metrics.read';

/** Served by evidence: what auditors ask. */
export type EvidenceSubject = 'runtime.evidence.export' | 'runtime.checkpoint.read' | 'runtime.policy.redecide' | 'runtime.policy.explain' | 'runtime.decision.explain' | 'runtime.access.evaluate' | 'runtime.access.search' | 'runtime.grant.list';

/** Served by lineage: references, and where data came from and went to. */
export type LineageSubject = 'runtime.reference.read' | 'runtime.reference.list' | 'runtime.reference.resolve' | 'runtime.lineage.walk' | 'runtime.lineage.value' | 'runtime.lineage.derived' | 'runtime.lineage.export';

export type CommandHandlers = HandlersOf<CommandSubject | LineageSubject>;
export type SurfaceHandlers = HandlersOf<QuerySubject>;
export type EvidenceHandlers = HandlersOf<EvidenceSubject>;
export type QueryHandlers = HandlersOf<QuerySubject | EvidenceSubject>;

/** What this instance counts in memory; the state surface adds what only the log knows. */
export interface RuntimeCounters {
  readonly executions: { accepted: number; completed: number; failed: number; cancelled: number; rejected: number; in_flight: number; parked: number; woken: number; queued: number; turned_away: number };
  readonly dispatch: { sent: number; followed: number; redispatched: number; outcomes_dropped: number; realm_unavailable: number };
}

export const noCounters = (): RuntimeCounters => ({
  executions: { accepted: 0, completed: 0, failed: 0, cancelled: 0, rejected: 0, in_flight: 0, parked: 0, woken: 0, queued: 0, turned_away: 0 },
  dispatch: { sent: 0, followed: 0, redispatched: 0, outcomes_dropped: 0, realm_unavailable: 0 },
});
