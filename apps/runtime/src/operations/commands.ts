/**
 * operations: what is done to executions from outside their flow: cancel, signal, adoption of a dead runtime's streams, waking of sleeping ones, and the feeds that connect this runtime with Smart City.
 *
 * What it stores: nothing. Order of calls: each part is started once the engine runs, and stopped before it.
 *
 * 1. Only the owner of a stream acts on it: a command that reaches another runtime is forwarded, never carried out beside the owner.
 * 2. A command is durable before it is answered.
 * 3. A parked execution is woken by the runtime that a command for it reaches, or by the first to find it due.
 * 4. A dead writer is retired only when each of its streams has gone on or ended.
 */
import { failure, type Caller, type ExecutionView, type SubjectRequest } from '@symphainy/contracts';
import { currentStep, hasEnded, viewOf, type ExecutionState } from '@symphainy/execution';
import { asPlatformError, PlatformError, type Clock, type WireError } from '@symphainy/kernel';
import type { Channels } from '@symphainy/service-host';
import { actorOf } from '../acceptance/sessions.js';
import type { Engine } from '../engine/engine.js';
import { reach } from '../fail-points/fail-points.js';
import type { LiveExecution } from '../engine/live-execution.js';
import type { StepResults } from '../outcomes/step-results.js';
import type { ParkedStreams, WalReader } from '../acceptance/log.ports.js';
import { foldStream } from '../acceptance/stream-fold.js';
import { resultOfSignal } from './signal-result.js';

type Command = SubjectRequest<'runtime.instance.{instance}.command'>;
export type OwnedCommand = Extract<Command, { command: 'cancel' | 'signal' }>;

export interface CommandParts {
  readonly engine: Engine;
  readonly reader: WalReader;
  readonly parked: ParkedStreams;
  readonly results: StepResults;
  readonly channels: Channels;
  readonly instance: string;
  readonly clock: Clock;
}

/** How long a cancellation waits for children to end before it answers with the execution still running. */
const CANCEL_WAIT_MS = 4000;
const FORWARD_TIMEOUT_MS = 8000;

/**
 * Operations are commands to the one runtime that owns the execution's stream: whoever receives one carries it out, or forwards it to
 * the writer of the stream's last frame. A dead owner's command answers `runtime.unavailable`, retryable: it is being adopted.
 */
export class Commands {
  constructor(private readonly parts: CommandParts) {}

  cancel({ caller, execution_id, reason }: SubjectRequest<'runtime.execution.cancel'>): Promise<ExecutionView> {
    return this.route({ command: 'cancel', caller, execution_id, reason });
  }

  signal({ caller, execution_id, signal, data }: SubjectRequest<'runtime.execution.signal'>): Promise<ExecutionView> {
    return this.route({ command: 'signal', caller, execution_id, signal, data });
  }

  /** For the engine: cancels a child wherever it is. One that ended, or was never accepted, needs nothing. */
  async cancelChild(target: { tenantId: string; executionId: string; by: Caller; reason: string }): Promise<void> {
    try {
      const view = await this.route({ command: 'cancel', caller: target.by, execution_id: target.executionId, reason: target.reason });
      if (view.status === 'running') throw failure('runtime.unavailable', { message: 'the child has not ended yet' });
    } catch (error) {
      if (error instanceof PlatformError && (error.code === 'execution.not_found' || error.code === 'execution.ended')) return;
      throw error;
    }
  }

  /** Carries out a command that another runtime forwarded here. */
  async own(command: OwnedCommand): Promise<ExecutionView> {
    const live = this.parts.engine.find(command.caller.tenant_id, command.execution_id) ?? (await this.woken(command));
    if (live === undefined) throw failure('runtime.unavailable', { message: 'the execution is changing hands', retryAfterMs: 500 });
    return this.perform(live, command);
  }

  private async route(command: OwnedCommand): Promise<ExecutionView> {
    const { engine, reader, channels, instance } = this.parts;
    const { tenant_id } = command.caller;
    const live = engine.find(tenant_id, command.execution_id);
    if (live !== undefined) return this.perform(live, command);
    const folded = await foldStream(reader, tenant_id, command.execution_id);
    if (folded === undefined) throw failure('execution.not_found');
    if (hasEnded(folded.state)) throw failure('execution.ended', { message: `the execution has ${folded.state.status}` });
    const woken = await this.woken(command);
    if (woken !== undefined) return this.perform(woken, command);
    const owner = folded.head.writer;
    if (owner === instance) throw failure('runtime.unavailable', { message: 'the execution is being folded again', retryAfterMs: 200 });
    return (await channels.request('runtime.instance.{instance}.command', { instance: owner }, command, { timeoutMs: FORWARD_TIMEOUT_MS })) as unknown as ExecutionView;
  }

  /** A parked execution is woken where its command arrives. */
  private async woken({ caller, execution_id }: OwnedCommand): Promise<LiveExecution | undefined> {
    const row = await this.parts.parked.find(caller.tenant_id, execution_id);
    return row === undefined ? undefined : this.parts.engine.wake(row, true);
  }

  private perform(live: LiveExecution, command: OwnedCommand): Promise<ExecutionView> {
    return command.command === 'cancel' ? this.performCancel(live, command) : this.performSignal(live, command);
  }

  private async performCancel(live: LiveExecution, { caller, reason }: Extract<OwnedCommand, { command: 'cancel' }>): Promise<ExecutionView> {
    this.requireRunning(live);
    const { engine } = this.parts;
    const { at } = engine.stamp();
    reach('command.append', 'before');
    if (live.state.cancelReason === undefined) await engine.command(live, [{ type: 'cancel_requested', at, actor: actorOf(caller), by: caller, reason }]);
    reach('command.append', 'after');
    if (hasEnded(live.state)) return viewOf(live.state);
    const ended = await engine.waiters.wait(live.key, CANCEL_WAIT_MS);
    return viewOf(ended ?? live.state);
  }

  private async performSignal(live: LiveExecution, { caller, signal, data }: Extract<OwnedCommand, { command: 'signal' }>): Promise<ExecutionView> {
    this.requireRunning(live);
    const { step, attempt } = this.waitingStep(live, signal);
    const { engine, results } = this.parts;
    const { at } = engine.stamp();
    const actor = actorOf(caller);
    const report = await results.given(live, step, resultOfSignal(data), actor);
    if ('error' in report) throw asError(report.error);
    if (!live.isRunning(step, attempt)) throw failure('execution.not_waiting');
    await engine.command(live, [
      { type: 'signal_received', at, actor, signal, step, data, by: caller },
      { type: 'step_completed', at, actor, step, attempt, ...report.ok },
    ]);
    return viewOf(live.state);
  }

  private waitingStep(live: LiveExecution, signal: string): { step: string; attempt: number } {
    const current = currentStep(live.state);
    const definition = current === undefined ? undefined : live.step(current.name);
    if (current?.status !== 'running' || definition?.kind !== 'signal') throw failure('execution.not_waiting', { message: 'the execution waits for no signal now' });
    if (definition.signal !== signal) throw failure('execution.not_waiting', { message: `the execution waits for the signal ${definition.signal}`, field: '/signal' });
    return { step: current.name, attempt: current.attempt };
  }

  /** Memory may be ahead of the log by an end that is not durable yet: for a command it has ended all the same. */
  private requireRunning({ state }: { state: ExecutionState }): void {
    if (hasEnded(state)) throw failure('execution.ended', { message: `the execution has ${state.status}` });
  }
}

/** A result that cannot be recorded refuses the signal and leaves the step waiting: its sender can send a better one. */
const asError = (error: WireError): PlatformError => asPlatformError(new PlatformError({ ...error, cause: undefined }));
