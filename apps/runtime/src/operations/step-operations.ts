import { failure, operations, schedulePayload, type Caller, type ExecutionStatus, type ExecutionsQuery, type OperationCommand, type OperationName, type OperationReport, type WalRecord } from '@symphainy/contracts';
import { decodeBody, stepNamed, type Decision } from '@symphainy/execution';
import { asPlatformError, hashOf, toWireError, type Clock, type Json, type Logger, type PlatformError, type WireError } from '@symphainy/kernel';
import type { Acceptance } from '../acceptance/acceptance.js';
import type { WalReader } from '../acceptance/log.ports.js';
import { streamPages } from '../acceptance/stream-fold.js';
import type { Engine } from '../engine/engine.js';
import type { Operations } from '../engine/engine.ports.js';
import type { LiveExecution } from '../engine/live-execution.js';
import { reach } from '../fail-points/fail-points.js';
import type { QueryHandlers } from '../intake/intake.ports.js';
import type { StepOk } from '../engine/reports.js';
import type { PersonalData } from '../personal-data/personal-data.js';
import { executionPages } from '../state-surface/execution-pages.js';
import type { CallerSessions } from './caller-sessions.js';

type Own = Extract<Decision, { do: 'operate' }>;
/** An operation on executions. */
type OwnOperation = Exclude<Own['step']['operation'], OperationName>;
type Operate = Own & { readonly step: { readonly operation: OperationName } };
type Fire = Extract<Decision, { do: 'fire' }>;
type Applied = Extract<WalRecord, { type: 'operation_applied' }>;
type Fate = Pick<Applied, 'target' | 'outcome' | 'error'>;

export interface StepOperationsParts {
  readonly engine: Engine;
  readonly acceptance: Acceptance;
  readonly reader: WalReader;
  readonly sessions: CallerSessions;
  readonly personal: PersonalData;
  readonly queries: Pick<QueryHandlers, 'runtime.execution.list'>;
  /** Operations on something else than executions. */
  readonly own: { readonly [O in OwnOperation]: (live: LiveExecution, step: string) => StepOk | Promise<StepOk> };
  /** Brings a command to the stream's owner, wherever that is; `false`: it stood so already. */
  readonly command: (command: OperationCommand) => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Targets operated on at once. */
const AT_ONCE = 16;
/** Before an owner that changes hands, or a log that is away, is asked again. */
const AGAIN_MS = 500;
const TOLD = 100;

const ACTIVE = ['running', 'paused', 'compensating', 'stuck'] as const;

/** Which executions a query means that names no status. */
const MEANT: { readonly [N in OperationName]: readonly ExecutionStatus[] } = {
  cancel: ACTIVE, terminate: ACTIVE, adopt: ACTIVE, signal: ['running'], approve: ['running', 'stuck'], pause: ['running'], resume: ['paused'], compensate: ['running', 'failed', 'completed', 'cancelled'],
  retry: ['failed', 'stuck'], continue_from: ['failed', 'cancelled', 'completed', 'terminated'], skip_compensation: ['stuck'], resolve_effect: ['stuck'],
};

/**
 * The Runtime's own steps: operations on other executions, and what schedules submit. Everything asked for here may have been asked for before by an
 * owner that died: targets know operations by their id, and firings by theirs, so asking again changes nothing.
 */
export class StepOperations implements Operations {
  constructor(private readonly parts: StepOperationsParts) {}

  operate(live: LiveExecution, work: Own): void {
    void this.carryOut(live, work).catch((error: unknown) => this.fail(live, work, asPlatformError(error)));
  }

  private async carryOut(live: LiveExecution, work: Own): Promise<void> {
    if (isOnExecutions(work)) return this.apply(live, work);
    this.report(live, work, { ok: await this.parts.own[work.step.operation as OwnOperation](live, work.step.name) });
  }

  fire(live: LiveExecution, work: Fire): void {
    void this.submit(live, work)
      .then((fate) => this.parts.engine.record(live, [{ type: 'operation_applied', ...this.parts.engine.stamp(), step: work.step, ...fate }]))
      .catch((error: unknown) => {
        this.parts.logger.warn({ err: error, execution_id: live.state.executionId }, 'a schedule could not submit yet');
        if (!live.discarded) this.parts.clock.after(AGAIN_MS, () => this.fire(live, work));
      });
  }

  private async apply(live: LiveExecution, work: Operate): Promise<void> {
    const payload = await this.parts.personal.open(live.place, live.state.intent.payload);
    const { execution_id, query, dry_run } = operations[work.step.operation].parse(payload);
    if ((execution_id === undefined) === (query === undefined)) throw failure('request.invalid', { message: 'name one execution, or a query', field: '/payload/execution_id' });
    const before = await this.appliedBefore(live, work);
    const { targets, more } = execution_id === undefined ? await this.find(live, work.step.operation, query!, before) : { targets: [execution_id].filter((target) => !before.has(target)), more: false };
    const report: OperationReport = { matched: before.size + targets.length, ...(more ? { more } : {}), done: 0, unchanged: 0, refused: 0, refusals: [] };
    for (const fate of before.values()) count(report, fate);
    if (dry_run === true) return this.report(live, work, { ok: resultWith({ ...report, matches: targets.slice(0, TOLD) } as unknown as Json) });
    for (let i = 0; i < targets.length && !live.discarded; i += AT_ONCE) {
      const fates = await Promise.all(targets.slice(i, i + AT_ONCE).map((target) => this.applyTo(live, work, target, payload)));
      for (const fate of fates) {
        count(report, fate);
        this.note(live, work, fate);
      }
    }
    const refusal = execution_id === undefined ? undefined : report.refusals[0]?.error;
    if (refusal !== undefined) this.report(live, work, { error: refusal });
    else this.report(live, work, { ok: resultWith(report as unknown as Json) });
  }

  private note(live: LiveExecution, { step }: Operate, fate: Fate): void {
    reach('operation.apply', 'before');
    this.parts.engine.note(live, { type: 'operation_applied', ...this.parts.engine.stamp(), step: step.name, ...fate });
    reach('operation.apply', 'after');
  }

  /** What this attempt did under an owner that died: most of it the query finds no longer, and it counts towards the limit. */
  private async appliedBefore({ state }: LiveExecution, { step }: Operate): Promise<ReadonlyMap<string, Fate>> {
    const fates = new Map<string, Fate>();
    if (stepNamed(state, step.name)?.applied === undefined) return fates;
    for await (const page of streamPages(this.parts.reader, state.intent.tenant_id, state.executionId)) {
      for (const record of page.flatMap((frame) => decodeBody(frame.body))) {
        if (record.type === 'step_started' && record.step === step.name) fates.clear();
        if (record.type === 'operation_applied' && record.step === step.name) fates.set(record.target, record);
      }
    }
    return fates;
  }

  /** An owner that cannot be reached is asked again until the step's time is up; any other refusal is the target's answer. */
  private async applyTo(live: LiveExecution, { step }: Operate, target: string, payload: OperationCommand['payload']): Promise<Fate> {
    const { caller, executionId } = live.state;
    const command: OperationCommand = { command: 'operate', caller, execution_id: target, operation: step.operation, operation_id: executionId, payload };
    while (!live.discarded) {
      try {
        return { target, outcome: (await this.parts.command(command)) ? 'done' : 'unchanged' };
      } catch (error) {
        const known = asPlatformError(error);
        if (known.retry.mode === 'terminal') return { target, outcome: 'refused', error: toWireError(known) };
        await this.pause();
      }
    }
    return { target, outcome: 'refused', error: toWireError(failure('runtime.unavailable')) };
  }

  /** What the projections know of the query, newest first, and whether that is more than its limit. Operations are not operated on, unless they are named; schedules are. */
  private async find(live: LiveExecution, operation: OperationName, query: ExecutionsQuery, before: ReadonlyMap<string, unknown>): Promise<{ readonly targets: string[]; readonly more: boolean }> {
    const targets: string[] = [];
    for (const status of query.status === undefined ? MEANT[operation] : [query.status]) {
      for await (const execution of this.list(live.state.caller, status, query)) {
        if (execution.execution_id === live.state.executionId || before.has(execution.execution_id)) continue;
        if (before.size + targets.length >= query.limit) return { targets, more: true };
        targets.push(execution.execution_id);
      }
    }
    return { targets, more: false };
  }

  private async *list(caller: Caller, status: ExecutionStatus, { of, session_id, intent_type, created_after = '', created_before = '9' }: ExecutionsQuery) {
    const filter = { ...(session_id === undefined ? {} : { session_id }), ...(intent_type === undefined ? {} : { intent_type }) };
    for await (const page of executionPages(this.parts.queries, { caller, status, limit: 1000, ...filter })) {
      for (const execution of page) {
        const meant = intent_type !== undefined || !Object.hasOwn(operations, execution.intent_type.replace(/^runtime\./, ''));
        if (meant && (of === 'tenant' || execution.user_id === caller.user_id) && execution.created_at >= created_after && execution.created_at <= created_before) yield execution;
      }
    }
  }

  /** Accepted or refused by the policy that holds for the service identity; either way it is an answer, and the schedule goes on. */
  private async submit(live: LiveExecution, { executionId }: Fire): Promise<Fate> {
    const { intent, correlationId } = live.state;
    const known = await this.parts.reader.readStream(intent.tenant_id, executionId, 0, 1);
    if (known.length > 0) return { target: executionId, outcome: 'done' };
    const schedule = schedulePayload.parse(intent.payload);
    const caller: Caller = { tenant_id: intent.tenant_id, user_id: schedule.as, roles: [], auth: 'service' };
    try {
      const session_id = await this.parts.sessions.open(caller, { purpose: 'schedules' });
      await this.parts.acceptance.submit({ caller, submission: { ...schedule.intent, intent_id: executionId, session_id }, correlationId, causationId: live.state.executionId });
      return { target: executionId, outcome: 'done' };
    } catch (error) {
      const refusal = asPlatformError(error);
      if (refusal.retry.mode !== 'terminal') throw error;
      return { target: executionId, outcome: 'refused', error: toWireError(refusal) };
    }
  }

  private fail(live: LiveExecution, work: Own, error: PlatformError): void {
    this.parts.logger.warn({ err: error, execution_id: live.state.executionId }, 'an operation failed');
    this.report(live, work, { error: toWireError(error) });
  }

  private report(live: LiveExecution, { step, attempt }: Own, result: { readonly ok: StepOk } | { readonly error: WireError }): void {
    const { engine } = this.parts;
    engine.report(live, step.name, attempt, { ...result, actor: engine.stamp().actor });
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => void this.parts.clock.after(AGAIN_MS, resolve));
  }
}

function count(report: OperationReport, { target, outcome, error }: Fate): void {
  report[outcome]++;
  if (error !== undefined && report.refusals.length < TOLD) report.refusals.push({ execution_id: target, error });
}

const isOnExecutions = (work: Own): work is Operate => Object.hasOwn(operations, work.step.operation);

const resultWith = (output: Json): StepOk => ({ handler_build: 'runtime', duration_ms: 0, output, output_hash: hashOf(output), artifacts: [], events: [], state_changes: [] });
