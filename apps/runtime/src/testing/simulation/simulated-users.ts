import type { Caller, ExecutionView, Json, SagaDefinition, SubjectReply } from '@symphainy/contracts';
import { hasEnded, resultOf, stepsToCome, type ExecutionState } from '@symphainy/execution';
import { asPlatformError, canonicalJson, type PlatformError } from '@symphainy/kernel';
import type { Channels } from '@symphainy/service-host';
import type { Chance } from './chance.js';
import type { LogChecks } from './log-checks.js';
import { stepsOf } from './random-sagas.js';
import type { SimulatedMachine } from './simulated-machine.js';
import type { Violations } from './violations.js';

/** One intent as its user has it in mind. */
export interface PlannedIntent {
  readonly intentId: string;
  readonly intentType: string;
  readonly payload: { [key: string]: Json };
  readonly key?: string;
  readonly deadline?: string;
  readonly waitMs: number;
}

export interface UserParts {
  readonly machine: SimulatedMachine;
  readonly channels: Channels;
  readonly chance: Chance;
  readonly log: LogChecks;
  readonly violations: Violations;
  readonly sagaOf: (intentType: string) => SagaDefinition | undefined;
  /** Signals sent, by execution: canonical data. */
  readonly signals: Map<string, Set<string>>;
}

export const ALICE: Caller = { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' };

/** How long a gateway's word about what it watches holds. */
const WATCH_MS = 3_000;

type Submitted = SubjectReply<'runtime.intent.submit'>;

/**
 * The users behind the gateway. They ask until they are told something definite, keep a book of what they were told, and hold every answer against the log at
 * the moment it arrives.
 */
export class SimulatedUsers {
  /** Executions that a user was told are accepted. */
  readonly accepted = new Set<string>();
  /** What is still being asked. */
  open = 0;
  private readonly byKey = new Map<string, Set<string>>();
  private readonly signalling = new Set<string>();

  constructor(private readonly parts: UserParts) {}

  /** Milliseconds, as the gateway's clock shows them. */
  get now(): number {
    return this.parts.machine.clock.now();
  }

  async session(): Promise<string> {
    const reply = await this.untilTold('a session', () => this.parts.channels.request('runtime.session.create', {}, { caller: ALICE }));
    return 'told' in reply ? reply.told.session_id : '';
  }

  /** Submits until accepted or refused. */
  async submit(sessionId: string, plan: PlannedIntent): Promise<void> {
    const { intentId, intentType, payload, key, deadline, waitMs } = plan;
    const submission = { intent_id: intentId, intent_type: intentType, session_id: sessionId, payload, ...(key === undefined ? {} : { idempotency_key: key }), ...(deadline === undefined ? {} : { deadline }) };
    const timeoutMs = waitMs + 3_000;
    const reply = await this.untilTold(`submit ${intentId}`, () => this.parts.channels.request('runtime.intent.submit', {}, { caller: ALICE, submission, correlation_id: intentId, wait_ms: waitMs }, { timeoutMs }));
    if ('told' in reply) this.wasAccepted(plan, reply.told);
    else this.wasRefused(plan, reply.error);
  }

  async cancel(executionId: string): Promise<void> {
    const reply = await this.untilTold(`cancel ${executionId}`, () => this.parts.channels.request('runtime.execution.cancel', {}, { caller: ALICE, execution_id: executionId, reason: 'as drawn' }, { timeoutMs: 10_000 }));
    if ('told' in reply) this.wasCancelled(executionId, reply.told);
    else this.mayBeRefused(`cancel ${executionId}`, reply.error, ['execution.ended', 'execution.not_found']);
  }

  /** As a gateway whose readers follow these executions. */
  watch(executions: readonly string[]): void {
    this.parts.channels.publish('runtime.watch', {}, { for_ms: WATCH_MS, executions: executions.map((execution_id) => ({ tenant_id: ALICE.tenant_id, execution_id })) });
  }

  /** Looks for executions that wait for somebody, and tells them to go on. */
  approveWhatWaits(): void {
    for (const { streamId, state } of this.parts.log.executions()) {
      const step = state === undefined || state.status !== 'running' ? undefined : waitingSignal(state);
      if (step === undefined || this.signalling.has(streamId)) continue;
      this.signalling.add(streamId);
      void this.signal(streamId, `go.${step}`).finally(() => this.signalling.delete(streamId));
    }
  }

  /** Somebody tells an execution to go on before it asks. */
  signalAhead(executionId: string): void {
    const state = this.parts.log.find(executionId)?.state;
    const saga = state === undefined ? undefined : this.parts.sagaOf(state.intent.intent_type);
    if (state === undefined || saga === undefined) return;
    const names = stepsOf(saga.steps).flatMap((step) => (step.kind === 'signal' && stepsToCome(state, saga, step.signal).length > 0 ? [step.signal] : []));
    if (names.length > 0) void this.signal(executionId, this.parts.chance.pick(names));
  }

  async signal(executionId: string, signal: string): Promise<void> {
    const data = { by: 'alice', number: this.parts.chance.below(1_000_000) };
    const { signals } = this.parts;
    signals.set(executionId, (signals.get(executionId) ?? new Set()).add(canonicalJson(data)));
    const reply = await this.untilTold(`signal ${executionId}`, () => this.parts.channels.request('runtime.execution.signal', {}, { caller: ALICE, execution_id: executionId, signal, data }, { timeoutMs: 10_000 }));
    if ('error' in reply) return this.mayBeRefused(`signal ${executionId}`, reply.error, ['execution.ended', 'execution.not_found', 'execution.not_waiting', 'execution.signal_kept']);
    const stands = this.parts.log.find(executionId)?.records.some((record) => record.type === 'signal_received' && canonicalJson(record.data) === canonicalJson(data)) === true;
    this.parts.violations.require(stands, 'answer-in-log', () => `the signal to ${executionId} was taken and does not stand in the log`);
  }

  private wasAccepted({ intentId, intentType, key }: PlannedIntent, reply: Submitted): void {
    const { log, violations } = this.parts;
    const { execution_id } = reply;
    const state = log.find(execution_id)?.state;
    violations.require(state?.saga !== undefined, 'answer-in-log', () => `${execution_id} was told to be accepted, and its acceptance does not stand in the log`);
    violations.require(state?.intent.intent_type === intentType, 'answer-in-log', () => `${intentType} was submitted, and ${execution_id} is told for it`);
    if (key === undefined) violations.require(execution_id === intentId, 'answer-in-log', () => `${intentId} was submitted, and ${execution_id} is told`);
    else this.keyWinner(key, execution_id);
    this.accepted.add(execution_id);
    if (state !== undefined && reply.result !== undefined) this.sameEnd(state, reply);
  }

  private sameEnd(state: ExecutionState, { status, result }: Submitted): void {
    // an answer that was under way while an operator brought the execution back tells what was
    if (this.wasReopened(state.executionId)) return;
    const said = canonicalJson(result ?? null);
    const stands = hasEnded(state) && state.status === status && canonicalJson(resultOf(state)) === said;
    this.parts.violations.require(stands, 'answer-in-log', () => `${state.executionId} was told to be ${status}, and in the log it is ${state.status}`);
  }

  private wasReopened(executionId: string): boolean {
    return this.parts.log.find(executionId)?.records.some(({ type }) => type === 'reopened' || type === 'compensation_requested') === true;
  }

  private keyWinner(key: string, executionId: string): void {
    const winners = (this.byKey.get(key) ?? new Set()).add(executionId);
    this.byKey.set(key, winners);
    this.parts.violations.require(winners.size === 1, 'one-winner', () => `the key ${key} was told to belong to ${[...winners].join(' and ')}`);
  }

  private wasRefused({ intentId, intentType, key }: PlannedIntent, error: PlatformError): void {
    const { log, violations } = this.parts;
    if (error.code === 'intent.duplicate' && key !== undefined) return;
    violations.require(error.code === 'policy.denied', 'answers', () => `${intentType} was refused: ${error.code} ${error.message}`);
    const stands = log.find(intentId)?.records.some((record) => record.type === 'intent_rejected') === true;
    violations.require(stands, 'refusal-in-log', () => `${intentId} was refused (${error.code}), and that does not stand in the log`);
  }

  private wasCancelled(executionId: string, view: ExecutionView): void {
    const { log, violations } = this.parts;
    const state = log.find(executionId)?.state;
    violations.require(state?.cancelReason !== undefined || this.wasReopened(executionId), 'answer-in-log', () => `the cancellation of ${executionId} was taken and does not stand in the log`);
    if (view.status !== 'cancelled' || this.wasReopened(executionId)) return;
    violations.require(state?.status === 'cancelled', 'answer-in-log', () => `${executionId} was told to be cancelled, and in the log it is ${state?.status ?? 'nothing'}`);
  }

  private mayBeRefused(what: string, error: PlatformError, codes: readonly string[]): void {
    this.parts.violations.require(codes.includes(error.code), 'answers', () => `${what}: ${error.code} ${error.message}`);
  }

  /** For others behind the gateway: asks until told something definite. */
  ask<T>(what: string, timeoutMs: number, ask: (channels: Channels, timeoutMs: number) => Promise<T>): Promise<{ told: T } | { error: PlatformError }> {
    return this.untilTold(what, () => ask(this.parts.channels, timeoutMs));
  }

  /** Asks again, with growing pauses, as long as the answer says that this can help. */
  private async untilTold<T>(what: string, ask: () => Promise<T>): Promise<{ told: T } | { error: PlatformError }> {
    this.open++;
    try {
      for (let pause = 50; ; pause = Math.min(pause * 2, 2_000)) {
        const answer = await ask().then((told) => ({ told }), (error: unknown) => ({ error: asPlatformError(error) }));
        if ('told' in answer || (answer.error.retry.mode === 'terminal' && answer.error.code !== 'wait.elapsed')) return answer;
        await new Promise<void>((resolve) => void this.parts.machine.after(pause * this.parts.chance.between(0.5, 1), `again: ${what}`, resolve));
      }
    } finally {
      this.open--;
    }
  }
}

const waitingSignal = ({ steps }: ExecutionState): string | undefined => steps.find((step) => step.kind === 'signal' && step.status === 'running')?.name;
