import type { Caller, OperationName, SubjectReply, SubjectRequestInput, WalRecord } from '@symphainy/contracts';
import { hasEnded, type ExecutionState, type StepState } from '@symphainy/execution';
import type { Json, PlatformError } from '@symphainy/kernel';
import type { Chance } from './chance.js';
import { CRON, type LifeChecks } from './life-checks.js';
import type { LogChecks } from './log-checks.js';
import type { OutsideWorld } from './outside-world.js';
import { CLOCKWORK } from './random-sagas.js';
import type { SimulatedUsers } from './simulated-users.js';
import type { Violations } from './violations.js';

const BOB: Caller = { tenant_id: 'acme', user_id: 'bob', roles: ['operator'], auth: 'api_key' };

export interface OperatorParts {
  readonly users: SimulatedUsers;
  readonly log: LogChecks;
  readonly chance: Chance;
  readonly outside: OutsideWorld;
  readonly violations: Violations;
  readonly life: Pick<LifeChecks, 'terminationTold'>;
  /** Whether every message that was under way when the calm began has arrived or is lost. */
  readonly isStill: () => boolean;
}

type Reply = SubjectReply<'runtime.operation.submit'>;

/** What an operation's refusal may say: the execution is elsewhere by now. */
const LATE = ['execution.ended', 'execution.not_found', 'execution.not_applicable', 'execution.not_waiting', 'execution.not_paused', 'execution.not_stuck'];

/** The operators: they let go on what only a person can, and meddle with the rest. Everything they do is an intent `runtime.<operation>`. */
export class SimulatedOperators {
  private readonly busy = new Set<string>();

  constructor(private readonly parts: OperatorParts) {}

  /** Looks for what waits for an operator. */
  helpWhatIsStuck(): void {
    for (const { streamId, state } of this.parts.log.executions()) {
      if (state === undefined || hasEnded(state) || this.busy.has(streamId)) continue;
      const help = this.helpFor(state);
      if (help !== undefined) this.begin(streamId, help.operation, help.payload);
    }
  }

  /** Does something to an execution that nobody needs. */
  meddle(executionId: string): void {
    const operation = this.parts.chance.pick(['pause', 'pause', 'resume', 'terminate', 'compensate', 'cancel'] as const);
    this.begin(executionId, operation, {});
  }

  /** Brings an execution back that has ended, as it may be brought back. */
  reopen(executionId: string): void {
    const { chance, log } = this.parts;
    const state = log.find(executionId)?.state;
    const step = state === undefined || state.steps.length === 0 ? undefined : chance.pick(state.steps).name;
    if (step === undefined || this.busy.has(executionId)) return;
    const operation = state?.status === 'failed' ? chance.pick(['retry', 'retry', 'continue_from', 'compensate'] as const) : chance.pick(['continue_from', 'continue_from', 'compensate'] as const);
    this.begin(executionId, operation, operation === 'continue_from' ? { step } : {});
  }

  /** Has an intent submitted again and again, a few times. */
  async schedule(intentType: string): Promise<void> {
    const { chance } = this.parts;
    const payload = { cron: CRON, as: CLOCKWORK, missed: chance.pick(['skip', 'once', 'all'] as const), max_firings: 1 + chance.below(3), intent: { intent_type: intentType } };
    const reply = await this.submit('schedule', { caller: BOB, operation: 'schedule', payload, correlation_id: 'schedule', wait_ms: 0 });
    if ('told' in reply) this.mustStand('schedule', reply.told);
    else this.parts.violations.add('answers', `a schedule of ${intentType}: ${reply.error.code} ${reply.error.message}`);
  }

  private submit(what: string, request: SubjectRequestInput<'runtime.operation.submit'>): Promise<{ told: Reply } | { error: PlatformError }> {
    return this.parts.users.ask(what, 8_000, (channels, timeoutMs) => channels.request('runtime.operation.submit', {}, request, { timeoutMs }));
  }

  private mustStand(operation: string, { operation_id, status }: Reply): void {
    this.parts.violations.require(this.parts.log.find(operation_id)?.state?.saga !== undefined, 'answer-in-log', () => `the operation ${operation} ${operation_id} was told to be ${status}, and does not stand in the log`);
  }

  private helpFor(state: ExecutionState): { operation: OperationName; payload: { [key: string]: Json } } | undefined {
    if (state.paused === true) return { operation: 'resume', payload: {} };
    const step = state.steps.find((one) => one.status === 'unknown' || one.status === 'compensation_failed' || waitsForApproval(one));
    if (step === undefined) return undefined;
    if (step.status === 'unknown') return this.resolve(step);
    if (step.status === 'compensation_failed') return this.parts.chance.hit(0.5) ? { operation: 'retry', payload: {} } : { operation: 'skip_compensation', payload: { step: step.name } };
    return { operation: 'approve', payload: { step: step.name, approved: this.parts.chance.hit(0.9) } };
  }

  /** An operator looks outside before saying. That nothing happened is said only when nothing can any more: not while a message may be on its way. */
  private resolve({ name, effect }: StepState): ReturnType<SimulatedOperators['helpFor']> {
    const { outside } = this.parts;
    const key = effect?.key;
    if (key === undefined || !outside.isSettled(key)) return undefined;
    const happened = outside.times(key) > 0;
    if (!happened && !this.parts.isStill()) return undefined;
    return { operation: 'resolve_effect', payload: { step: name, happened, ...(happened ? { receipt: { seen: true } } : {}) } };
  }

  private begin(executionId: string, operation: OperationName, payload: { [key: string]: Json }): void {
    this.busy.add(executionId);
    void this.operate(executionId, operation, payload).finally(() => this.busy.delete(executionId));
  }

  private async operate(executionId: string, operation: OperationName, payload: { [key: string]: Json }): Promise<void> {
    const reply = await this.submit(`${operation} ${executionId}`, { caller: BOB, operation, payload: { execution_id: executionId, reason: 'as drawn', ...payload }, correlation_id: executionId, wait_ms: 5_000 });
    if ('told' in reply) this.wasTold(executionId, operation, reply.told);
    else this.parts.violations.add('answers', `${operation} ${executionId}: ${reply.error.code} ${reply.error.message}`);
  }

  private wasTold(executionId: string, operation: OperationName, reply: Reply): void {
    const { violations, log, life } = this.parts;
    const { error, report, operation_id } = reply;
    if (error !== undefined) violations.require(LATE.includes(error.code), 'answers', () => `${operation} ${executionId}: ${error.code} ${error.message}`);
    this.mustStand(operation, reply);
    if (report?.done !== 1) return;
    if (operation === 'terminate') life.terminationTold(executionId);
    const caused = log.find(executionId)?.records.some((record) => namesOperation(record, operation_id)) === true;
    violations.require(caused, 'answer-in-log', () => `${operation} was told to be done to ${executionId}, and its record does not stand in the log`);
  }
}

/** An approval that is refused is told in the failed step's error. */
const namesOperation = (record: WalRecord, id: string): boolean => ('operation' in record && record.operation === id) || (record.type === 'step_failed' && record.error.details?.['operation'] === id);

const waitsForApproval = ({ status, effect }: StepState): boolean => status === 'running' && effect?.approvalRequested === true && effect.approvedBy === undefined;
