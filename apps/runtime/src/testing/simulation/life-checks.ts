import type { ParentClose, WalRecord } from '@symphainy/contracts';
import { hasEnded, stepNamed, type ExecutionState, type RecordOf } from '@symphainy/execution';
import type { WatchedStream } from './log-checks.js';
import { CLOCKWORK } from './random-sagas.js';
import type { Violations } from './violations.js';

/** Every second one: what schedules of a simulation fire at. */
export const CRON = '*/2 * * * * *';
const CRON_MS = 2_000;

export interface LifeCheckParts {
  readonly violations: Violations;
  readonly find: (streamId: string) => WatchedStream | undefined;
  /** What a deadline means for the tenant. */
  readonly sla: 'off' | 'observe' | 'enforce';
  readonly deadlineMsOf: (intentType: string) => number | undefined;
  /** What a child step wants of its child when it is waited for no longer. */
  readonly closeOf: (intentType: string, step: string) => ParentClose;
}

/** Holds what ends, limits and begins executions from outside to what was promised: deadlines, schedules, and what becomes of children. */
export class LifeChecks {
  /** Executions that a schedule says to have fired. */
  private readonly fired = new Set<string>();

  constructor(private readonly parts: LifeCheckParts) {}

  /** A record of an execution, with the fold of the whole frame that it stands in. */
  committed(stream: WatchedStream, state: ExecutionState, record: WalRecord): void {
    switch (record.type) {
      case 'intent_received':
        return this.begun(state);
      case 'schedule_fired':
        return this.firing(stream, record);
      case 'operation_applied':
        return this.submitted(stream, state, record);
      case 'deadline_missed':
        return this.missed(stream, record);
      case 'execution_completed':
        return this.inTime(stream, state, record);
      case 'step_failed':
        return record.error.code === 'step.timeout' ? this.childClosed(stream, state, record.step) : undefined;
      case 'execution_failed':
      case 'execution_cancelled':
        for (const { name } of state.steps) this.childClosed(stream, state, name);
        return;
      default:
    }
  }

  /** An operator is told that an execution is terminated: its children were asked by then. */
  terminationTold(streamId: string): void {
    const stream = this.parts.find(streamId);
    if (stream?.state?.status !== 'terminated') return;
    for (const { execution_id, close } of stream.state.leftChildren ?? []) if (close !== 'abandon') this.asked(streamId, execution_id);
  }

  /** Its children are its own. */
  private begun({ executionId, caller, parent }: ExecutionState): void {
    if (caller.user_id === CLOCKWORK && parent === undefined) this.parts.violations.require(this.fired.has(executionId), 'fired-once', () => `${executionId} was submitted by a schedule, and no schedule says so`);
  }

  private firing({ streamId, records }: WatchedStream, { due_at, at, execution_id, firing }: RecordOf<'schedule_fired'>): void {
    const due = Date.parse(due_at);
    const before = records.findLast((record) => record.type === 'schedule_fired');
    this.fired.add(execution_id);
    this.parts.violations.require(due % CRON_MS === 0 && Date.parse(at) >= due, 'fired-once', () => `${streamId} fired at ${at} for ${due_at}`);
    this.parts.violations.require(before === undefined || before.due_at < due_at, 'fired-once', () => `${streamId}: firing ${firing} is for ${due_at}, after one for ${before?.due_at ?? ''}`);
  }

  private submitted({ streamId }: WatchedStream, state: ExecutionState, { step, target, outcome }: RecordOf<'operation_applied'>): void {
    if (stepNamed(state, step)?.kind !== 'schedule' || outcome !== 'done') return;
    this.parts.violations.require(this.parts.find(target) !== undefined, 'fired-once', () => `${streamId} is recorded to have submitted ${target}, which does not stand in the log`);
  }

  private missed({ streamId }: WatchedStream, { at, deadline, enforced }: RecordOf<'deadline_missed'>): void {
    const { violations, sla } = this.parts;
    violations.require(at >= deadline, 'deadline', () => `${streamId} missed its deadline ${deadline} at ${at}`);
    violations.require(sla === 'enforce' ? enforced : sla === 'observe' && !enforced, 'deadline', () => `${streamId} missed a deadline (${enforced ? '' : 'not '}enforced) under ${sla}`);
  }

  /** What completed after its deadline says that it missed it, and did not complete where that is enforced. */
  private inTime({ streamId, records }: WatchedStream, { intent, createdAt, deadlineMissed }: ExecutionState, { at }: RecordOf<'execution_completed'>): void {
    const { violations, sla } = this.parts;
    if (sla === 'off' || records.some(({ type }) => type === 'reopened')) return;
    const bySaga = this.parts.deadlineMsOf(intent.intent_type);
    const deadline = Math.min(intent.deadline === undefined ? Number.POSITIVE_INFINITY : Date.parse(intent.deadline), bySaga === undefined ? Number.POSITIVE_INFINITY : Date.parse(createdAt) + bySaga);
    violations.require(Date.parse(at) <= deadline || deadlineMissed !== undefined, 'deadline', () => `${streamId} completed at ${at}, after its deadline ${new Date(deadline).toISOString()}, which nobody noticed`);
    violations.require(deadlineMissed?.enforced !== true, 'deadline', () => `${streamId} completed although it missed a deadline that is enforced`);
  }

  private childClosed({ streamId }: WatchedStream, state: ExecutionState, step: string): void {
    const childId = stepNamed(state, step)?.childId;
    if (childId !== undefined && this.parts.closeOf(state.intent.intent_type, step) !== 'abandon') this.asked(streamId, childId);
  }

  private asked(parentId: string, childId: string): void {
    const child = this.parts.find(childId);
    if (child?.state === undefined || child.state.saga === undefined) return;
    const isAsked = hasEnded(child.state) || child.state.cancelReason !== undefined || child.records.some(({ type }) => type === 'reopened');
    this.parts.violations.require(isAsked, 'children-closed', () => `${parentId} waits for its child ${childId} no longer, and nobody asked that to end`);
  }
}
