/**
 * The gateway's other side for its own tests: answers the catalogue's `runtime.*` subjects on the in-process bus, from memory, with the
 * same refusals. It proves nothing about the Runtime; the end-to-end suites do that.
 */
import { type Artifact, type Caller, type CommittedFrame, executionView, failure, type Grant, isEnded, type Frame, type Session, type SubjectReply, type SubjectRequest, type WalRecord } from '@symphainy/contracts';
import { isoTime, systemClock, uuidV7Source } from '@symphainy/kernel';
import type { Channels } from '@symphainy/service-host';

type View = SubjectReply<'runtime.execution.read'>;
type Submit = SubjectRequest<'runtime.intent.submit'>;

interface Execution {
  view: View;
  frames: Frame[];
  result: unknown;
}

export const HASH = 'a'.repeat(64);
const ids = uuidV7Source(() => systemClock.now());
const now = (): string => isoTime(systemClock.now());
export const at = '2026-01-01T00:00:00.000Z';

export class RuntimeResponder {
  readonly sessions = new Map<string, Session>();
  readonly executions = new Map<string, Execution>();
  readonly refusals: SubjectRequest<'runtime.refusal.record'>[] = [];
  readonly submissions: Submit[] = [];
  readonly cancelled: string[] = [];
  readonly artifacts = new Map<string, Artifact>();
  readonly framesAsked: number[] = [];
  readonly asked: SubjectRequest<'runtime.access.evaluate'>[] = [];
  readonly grants = new Map<string, Grant>();
  maxUpload = 1_000_000;
  /** Whether a change of governance is in force once it is recorded. */
  inForce = true;
  limitedBy: 'size' | 'quota' = 'size';
  /** What becomes of a submission; default: accepted and completed at once. */
  onSubmit: (order: Submit) => Promise<SubjectReply<'runtime.intent.submit'>> = (order) => Promise.resolve(this.complete(order));
  onSignal: (order: SubjectRequest<'runtime.execution.signal'>) => Promise<View> = (order) => Promise.resolve(this.receive(order));
  /** What becomes of an operation; default: completed, over one execution that there is. */
  onOperation: (order: SubjectRequest<'runtime.operation.submit'>) => Promise<SubjectReply<'runtime.operation.submit'>> = (order) => Promise.resolve().then(() => this.operate(order));
  readonly operations: SubjectRequest<'runtime.operation.submit'>[] = [];
  readGovernance: (asked: SubjectRequest<'runtime.governance.read'>) => Promise<SubjectReply<'runtime.governance.read'>> = ({ list }) => Promise.resolve({ list, bundle: { version: 1, hash: HASH, created_at: at }, entries: [] });
  onExport: (order: SubjectRequest<'runtime.evidence.export'>) => Promise<SubjectReply<'runtime.evidence.export'>> = ({ kind, id }) => Promise.resolve({ evidence: { subject: { kind, id } } as never });
  onGrant: (order: SubjectRequest<'runtime.upload.grant'>) => Promise<SubjectReply<'runtime.upload.grant'>> = (order) => Promise.resolve(this.grant(order));

  constructor(private readonly channels: Channels) {
    this.serveSessions();
    this.serveExecutions();
    this.serveReads();
    channels.serve('runtime.intent.submit', {}, (order) => {
      this.submissions.push(order);
      return this.onSubmit(order);
    });
    channels.serve('runtime.upload.grant', {}, (order) => this.onGrant(order));
    channels.serve('runtime.execution.signal', {}, (order) => this.onSignal(order));
    channels.serve('runtime.operation.submit', {}, (order) => {
      this.operations.push(order);
      return this.onOperation(order);
    });
    channels.subscribe('runtime.refusal.record', {}, (refusal) => void this.refusals.push(refusal));
  }

  /** A running execution of a caller, with its first frame. */
  start(caller: Caller, session_id: string, intent_type: string, execution_id = ids.next()): Execution {
    const view = executionView.parse({
      execution_id, tenant_id: caller.tenant_id, session_id, user_id: caller.user_id, intent_type, status: 'running', steps: [], artifacts: [], correlation_id: 'c', created_at: now(), records: 0, head: { seq: -1, hash: HASH },
    });
    const execution: Execution = { view, frames: [], result: undefined };
    this.executions.set(execution_id, execution);
    this.append(execution_id, [{ type: 'saga_started', at, actor: 'runtime', saga: intent_type, saga_hash: HASH }]);
    return execution;
  }

  /** Appends a frame; `told`: whether the hint goes out on the bus. */
  append(execution_id: string, records: WalRecord[], told = true): CommittedFrame {
    const { view, frames } = this.executions.get(execution_id)!;
    const frame: CommittedFrame = { tenant_id: view.tenant_id, stream_id: execution_id, seq: frames.length, kind: 'execution', at, hash: HASH, records, session_id: view.session_id, execution_id };
    const { session_id: _s, execution_id: _e, ...stored } = frame;
    frames.push({ ...stored, writer: 'w1', n: frames.length + 1 });
    if (records.some((record) => record.type === 'execution_completed')) view.status = 'completed';
    if (told) this.tell(frame);
    return frame;
  }

  tell(frame: CommittedFrame): void {
    this.channels.publish('events.{tenant}.{session}.{execution}', { tenant: frame.tenant_id, session: frame.session_id, execution: frame.execution_id! }, frame);
  }

  finish(execution_id: string, told = true): CommittedFrame {
    return this.append(execution_id, [{ type: 'execution_completed', at, actor: 'runtime' }], told);
  }

  complete(order: Submit): SubjectReply<'runtime.intent.submit'> {
    const { caller, submission, wait_ms } = order;
    this.session(caller, submission.session_id);
    const id = submission.intent_id!;
    const duplicate = this.executions.has(id);
    if (!duplicate) {
      this.start(caller, submission.session_id, submission.intent_type, id).result = resultOf(id, submission.payload);
      this.finish(id);
    }
    return { execution_id: id, session_id: submission.session_id, status: wait_ms > 0 ? 'completed' : 'running', duplicate, ...(wait_ms > 0 ? { result: resultOf(id, submission.payload) } : {}) };
  }

  private grant(order: SubjectRequest<'runtime.upload.grant'>): SubjectReply<'runtime.upload.grant'> {
    this.session(order.caller, order.session_id);
    if (order.filename === 'denied.txt') throw failure('policy.denied', { details: { verdicts: [] } });
    return { execution_id: this.start(order.caller, order.session_id, 'runtime.upload').view.execution_id, max_bytes: this.maxUpload, limited_by: this.limitedBy };
  }

  private operate(order: SubjectRequest<'runtime.operation.submit'>): SubjectReply<'runtime.operation.submit'> {
    const target = order.payload['execution_id'];
    if (typeof target === 'string') this.execution(order.caller, target);
    return { operation_id: ids.next(), session_id: ids.next(), status: 'completed', report: { matched: 1, done: 1, unchanged: 0, refused: 0, refusals: [] } };
  }

  receive(order: SubjectRequest<'runtime.execution.signal'>): View {
    const { view } = this.execution(order.caller, order.execution_id);
    if (isEnded(view.status)) throw failure('execution.not_waiting');
    for (const produced of (order.data as { artifacts?: Artifact[] } | null)?.artifacts ?? []) {
      const artifact_id = `${order.execution_id}/receive/${produced.name}`;
      this.artifacts.set(artifact_id, { ...produced, artifact_id, execution_id: order.execution_id, step: 'receive', content_hash: produced.object?.hash ?? HASH });
    }
    this.finish(order.execution_id);
    return view;
  }

  session(caller: Caller, session_id: string): Session {
    const found = this.sessions.get(session_id);
    if (found === undefined || found.tenant_id !== caller.tenant_id) throw failure('session.not_found');
    if (found.user_id !== caller.user_id) throw failure('session.foreign_user');
    return found;
  }

  execution(caller: Caller, execution_id: string): Execution {
    const found = this.executions.get(execution_id);
    if (found === undefined || found.view.tenant_id !== caller.tenant_id) throw failure('execution.not_found');
    return found;
  }

  private serveSessions(): void {
    const { channels } = this;
    const create = (caller: Caller, context: Session['context']): Session => {
      const session: Session = { session_id: ids.next(), tenant_id: caller.tenant_id, user_id: caller.user_id, created_at: now(), context, active_sagas: [] };
      this.sessions.set(session.session_id, session);
      return session;
    };
    channels.serve('runtime.session.create', {}, ({ caller, context }) => Promise.resolve(create(caller, context)));
    channels.serve('runtime.session.open', {}, ({ caller, purpose }) => Promise.resolve(create(caller, { purpose })));
    channels.serve('runtime.session.read', {}, (q) => Promise.resolve().then(() => this.session(q.caller, q.session_id)));
    channels.serve('runtime.session.close', {}, (q) => Promise.resolve().then(() => ({ ...this.session(q.caller, q.session_id), closed_at: at })));
    channels.serve('runtime.session.list', {}, ({ caller, limit }) => Promise.resolve({ sessions: [...this.sessions.values()].filter((s) => s.tenant_id === caller.tenant_id).slice(0, limit) }));
    channels.serve('runtime.session.replay', {}, (q) => Promise.resolve({ session_id: q.session_id, mode: q.mode, executions: [], chain_valid: true }));
    channels.serve('runtime.session.validate', {}, () => Promise.resolve({ valid: true, reports: [] }));
  }

  private serveExecutions(): void {
    const { channels } = this;
    channels.serve('runtime.execution.read', {}, (q) => Promise.resolve().then(() => this.execution(q.caller, q.execution_id).view));
    channels.serve('runtime.execution.result', {}, (q) => Promise.resolve().then(() => this.execution(q.caller, q.execution_id).result as never));
    channels.serve('runtime.execution.list', {}, () => Promise.resolve({ executions: [] }));
    channels.serve('runtime.execution.frames', {}, (q) =>
      Promise.resolve().then(() => {
        this.framesAsked.push(q.from_seq);
        const { view, frames } = this.execution(q.caller, q.execution_id);
        return { session_id: view.session_id, frames: frames.filter((frame) => frame.seq >= q.from_seq).slice(0, q.limit), ended: isEnded(view.status) };
      }),
    );
    channels.serve('runtime.execution.cancel', {}, (q) =>
      Promise.resolve().then(() => {
        const { view } = this.execution(q.caller, q.execution_id);
        this.cancelled.push(q.reason);
        view.status = 'cancelled';
        return view;
      }),
    );
    channels.serve('runtime.execution.replay', {}, (q) => Promise.resolve({ execution_id: q.execution_id, mode: q.mode, chain_valid: true }));
    channels.serve('runtime.execution.determinism', {}, (q) => Promise.resolve({ execution_id: q.execution_id, capability: 'sample.run', deterministic: true, steps: [], checked_at: at }));
    channels.serve('runtime.execution.validate', {}, (q) => Promise.resolve({ stream_id: q.execution_id, kind: 'execution' as const, valid: true, frames: 1, records: 1, head_hash: HASH, checks: [] }));
  }

  private serveReads(): void {
    const { channels } = this;
    channels.serve('runtime.state.read', {}, (q) => Promise.resolve().then(() => ({ execution: this.execution(q.caller, q.execution_id).view, state: {}, source: 'log' as const })));
    channels.serve('runtime.state.query', {}, () => Promise.resolve({ entries: [] }));
    channels.serve('runtime.wal.query', {}, () => Promise.resolve({ frames: [] }));
    channels.serve('runtime.artifact.list', {}, () => Promise.resolve({ artifacts: [...this.artifacts.values()] }));
    channels.serve('runtime.artifact.read', {}, (q) =>
      Promise.resolve().then(() => {
        const found = this.artifacts.get(q.artifact_id);
        if (found === undefined || this.executions.get(found.execution_id)?.view.tenant_id !== q.caller.tenant_id) throw failure('artifact.not_found');
        return found;
      }),
    );
    channels.serve('runtime.capability.list', {}, () => Promise.resolve({ bundle_version: 1, bundle_hash: HASH, capabilities: [] }));
    channels.serve('runtime.registry.search', {}, () => Promise.resolve({ bundle: { version: 1, hash: HASH }, entries: [], total: 0 }));
    channels.serve('runtime.governance.await', {}, () => Promise.resolve({ in_force: this.inForce, bundle: { version: 2, hash: HASH } }));
    const bundle = { version: 1, hash: HASH };
    channels.serve('runtime.policy.list', {}, () => Promise.resolve({ bundle: { ...bundle, created_at: at }, policies: [] }));
    channels.serve('runtime.policy.try', {}, () => Promise.resolve({ base: bundle, problems: [], policies: [], diff: {}, tests: [] }));
    channels.serve('runtime.governance.read', {}, (asked) => this.readGovernance(asked));
    channels.serve('runtime.metrics.read', {}, () => Promise.resolve({ dispatch: {} } as never));
    channels.serve('runtime.evidence.export', {}, (q) => this.onExport(q));
    channels.serve('runtime.checkpoint.read', {}, () => Promise.resolve({ keys: {} } as never));
    channels.serve('runtime.access.evaluate', {}, (q) => {
      this.asked.push(q);
      return Promise.resolve({ answers: q.questions.map(({ resource }) => ({ decision: resource.id !== 'no' })) });
    });
    channels.serve('runtime.access.search', {}, () => Promise.resolve({ results: [{ type: 'user', id: 'alice' }], page: { next_token: '', count: 1, total: 1 } }));
    channels.serve('runtime.policy.explain', {}, () => Promise.resolve({ roles: [] } as never));
    channels.serve('runtime.decision.explain', {}, (q) => Promise.resolve().then(() => ({ execution_id: this.execution(q.caller, q.execution_id).view.execution_id })));
    channels.serve('runtime.grant.list', {}, ({ caller }) => Promise.resolve({ grants: [...this.grants.values()].filter((one) => one.tenant_id === caller.tenant_id) }));
    channels.serve('runtime.policy.redecide', {}, () => Promise.resolve({ considered: 0, equal: 0, shifted: 0, flips: [], undecided: [], not_redecided: [] } as never));
  }
}

export const resultOf = (execution_id: string, output: unknown): never => ({ execution_id, success: true, output, artifacts: [], events: [], state_changes: [], execution_time_ms: 1 }) as never;
