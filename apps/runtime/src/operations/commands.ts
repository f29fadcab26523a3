/**
 * operations: what is done to executions from outside their flow: cancel, signal, adoption of a dead runtime's streams, waking of sleeping ones, the feeds that connect this runtime with Smart City; and what is done to history: full replays, checks of determinism, the archive.
 *
 * What it stores: nothing. Order of calls: each part is started once the engine runs, and stopped before it.
 *
 * 1. Only the owner of a stream acts on it: a command that reaches another runtime is forwarded, never carried out beside the owner.
 * 2. A command is durable before it is answered.
 * 3. A parked execution is woken by the runtime that a command for it reaches, or by the first to find it due.
 * 4. A dead writer is retired only when each of its streams has gone on or ended.
 * 5. Running recorded steps again appends nothing to their stream, sends no effect and keeps no object.
 * 6. A stream leaves the log after its sealed copy was read back and its archive record is durable, and not before.
 */
import { failure, operations, type Caller, type ExecutionView, type Json, type OperationCommand, type RegisteredCapability, type SagaDefinition, type SubjectRequest, type WalRecord } from '@symphainy/contracts';
import { hasEnded, viewOf, type ExecutionState } from '@symphainy/execution';
import type { Clock } from '@symphainy/kernel';
import type { Channels } from '@symphainy/service-host';
import { actorOf } from '../acceptance/sessions.js';
import type { PayloadContracts } from '../acceptance/payload-contracts.js';
import type { ClosedChild } from '../engine/child-runner.js';
import type { Engine } from '../engine/engine.js';
import { reach } from '../fail-points/fail-points.js';
import type { LiveExecution } from '../engine/live-execution.js';
import type { StepResults } from '../outcomes/step-results.js';
import type { ParkedStreams, WalReader } from '../acceptance/log.ports.js';
import { foldStream } from '../acceptance/stream-fold.js';
import { AppliedOperations } from './applied-operations.js';
import { ChildClosing } from './child-closing.js';
import { approved, operationRecords, payloadError, reopens } from './operation-records.js';
import { asError, Signals } from './signals.js';

type Command = SubjectRequest<'runtime.instance.{instance}.command'>;
export type OwnedCommand = Extract<Command, { command: 'cancel' | 'signal' | 'operate' }>;
/** What the owner answers: the execution as it stands, and whether the command changed anything. */
export interface CommandReply {
  readonly view: ExecutionView;
  readonly changed: boolean;
}
type Cancel = Extract<OwnedCommand, { command: 'cancel' }>;
type Signal = Extract<OwnedCommand, { command: 'signal' }>;

export interface CommandParts {
  readonly engine: Engine;
  readonly reader: WalReader;
  readonly parked: ParkedStreams;
  readonly results: StepResults;
  readonly channels: Channels;
  readonly instance: string;
  readonly clock: Clock;
  readonly contracts: Pick<PayloadContracts, 'checkOutput'>;
  /** Whether the writer holds its lease; and a look for dead writers, now. */
  readonly owners: { readonly isAlive: (writer: string) => Promise<boolean>; readonly adopt: () => Promise<void> };
  /** Resolves when no acceptance of this child is under way here. */
  readonly settled: (childId: string) => Promise<void>;
}

const NOTHING: SagaDefinition = { name: 'runtime.none', steps: [] };

/** How long a cancellation waits for children to end before it answers with the execution still running. */
const CANCEL_WAIT_MS = 4000;
const FORWARD_TIMEOUT_MS = 8000;

/**
 * Operations are commands to the one runtime that owns the execution's stream: whoever receives one carries it out, or forwards it to
 * the writer of the stream's last frame. A dead owner's command answers `runtime.unavailable`, retryable: it is being adopted.
 */
export class Commands {
  private readonly applied: AppliedOperations;
  private readonly children: ChildClosing;
  private readonly signals: Signals;

  constructor(private readonly parts: CommandParts) {
    this.applied = new AppliedOperations(parts.reader);
    this.signals = new Signals(parts.engine, parts.results, (live, records) => this.append(live, records));
    this.children = new ChildClosing({ route: (command) => this.route(command), settled: parts.settled });
  }

  async cancel({ caller, execution_id, reason }: SubjectRequest<'runtime.execution.cancel'>): Promise<ExecutionView> {
    return (await this.route({ command: 'cancel', caller, execution_id, reason })).view;
  }

  async signal({ caller, execution_id, signal, data }: SubjectRequest<'runtime.execution.signal'>): Promise<ExecutionView> {
    return (await this.route({ command: 'signal', caller, execution_id, signal, data })).view;
  }

  /** Brings an operation to the stream's owner; false when it stood so already. The same operation twice is applied once. */
  async operate(command: OperationCommand): Promise<boolean> {
    return (await this.route(command)).changed;
  }

  /** For the engine: asks a child that is wanted no longer to end, wherever it is. */
  closeChild(target: ClosedChild): Promise<void> {
    return this.children.close(target);
  }

  /** Carries out a command that another runtime forwarded here. */
  async own(command: OwnedCommand): Promise<CommandReply> {
    const live = this.parts.engine.find(command.caller.tenant_id, command.execution_id) ?? (await this.woken(command));
    if (live === undefined) throw failure('runtime.unavailable', { message: 'the execution is changing hands', retryAfterMs: 500 });
    return this.perform(live, command);
  }

  private async route(command: OwnedCommand): Promise<CommandReply> {
    const { engine, reader, channels, instance } = this.parts;
    const { tenant_id } = command.caller;
    const live = engine.find(tenant_id, command.execution_id);
    if (live !== undefined) return this.perform(live, command);
    const folded = await foldStream(reader, tenant_id, command.execution_id);
    if (folded === undefined) throw failure('execution.not_found');
    if (hasEnded(folded.state)) return this.afterTheEnd(folded.state, command);
    const woken = await this.woken(command);
    if (woken !== undefined) return this.perform(woken, command);
    const owner = folded.head.writer;
    if (owner === instance) throw failure('runtime.unavailable', { message: 'the execution is being folded again', retryAfterMs: 200 });
    if (command.command === 'operate' && command.operation === 'adopt' && !(await this.parts.owners.isAlive(owner))) return this.adopted(command, owner);
    return (await channels.request('runtime.instance.{instance}.command', { instance: owner }, command, { timeoutMs: FORWARD_TIMEOUT_MS })) as unknown as CommandReply;
  }

  /** Nobody owns what has ended: whoever brings it back becomes its owner, and a rival loses by the seq conflict. */
  private async afterTheEnd(state: ExecutionState, command: OwnedCommand): Promise<CommandReply> {
    if (command.command !== 'operate') throw failure('execution.ended', { message: `the execution has ${state.status}` });
    const { engine, reader } = this.parts;
    const { tenant_id } = command.caller;
    // whoever terminated it may have died before its children were asked
    if (command.operation === 'terminate') await this.children.closeAll(state, command.caller);
    if (await this.applied.holds(tenant_id, command.execution_id, command.operation_id)) return { view: viewOf(state), changed: false };
    if (!reopens(command)) return { view: viewOf(state), changed: this.recordsFor(state, undefined, command) !== 'unchanged' };
    const live = await engine.reopen(tenant_id, command.execution_id, (revived, capability) => this.recordsFor(revived, capability, command));
    if (live !== undefined) return { view: viewOf(live.state), changed: true };
    const now = await foldStream(reader, tenant_id, command.execution_id);
    if (now !== undefined && hasEnded(now.state)) throw failure('runtime.unavailable', { message: 'the execution changed meanwhile', retryAfterMs: 200 });
    return this.route(command);
  }

  /** Looks for dead owners now. `runtime.unavailable`, to be asked again: another runtime is at it. */
  private async adopted({ caller: { tenant_id }, execution_id }: OwnedCommand, owner: string): Promise<CommandReply> {
    await this.parts.owners.adopt();
    const folded = await foldStream(this.parts.reader, tenant_id, execution_id);
    if (folded === undefined || folded.head.writer === owner) throw failure('runtime.unavailable', { message: 'the execution is changing hands', retryAfterMs: 500 });
    return { view: viewOf(folded.state), changed: true };
  }

  /** A parked execution is woken where its command arrives. */
  private async woken({ caller, execution_id }: OwnedCommand): Promise<LiveExecution | undefined> {
    const row = await this.parts.parked.find(caller.tenant_id, execution_id);
    return row === undefined ? undefined : this.parts.engine.wake(row, true);
  }

  private async perform(live: LiveExecution, command: OwnedCommand): Promise<CommandReply> {
    if (command.command === 'cancel') return { view: await this.performCancel(live, command), changed: true };
    if (command.command === 'signal') return { view: await this.performSignal(live, command), changed: true };
    return this.performOperation(live, command);
  }

  private async performCancel(live: LiveExecution, { caller, reason }: Cancel): Promise<ExecutionView> {
    this.requireUnended(live);
    const { engine } = this.parts;
    const { at } = engine.stamp();
    if (live.state.cancelReason === undefined) await this.append(live, [{ type: 'cancel_requested', at, actor: actorOf(caller), by: caller, reason }]);
    if (hasEnded(live.state)) return this.durableView(live);
    const ended = await engine.waiters.wait(live.key, CANCEL_WAIT_MS);
    return ended === undefined ? this.durableView(live) : viewOf(ended);
  }

  private async performOperation(live: LiveExecution, command: OperationCommand): Promise<CommandReply> {
    const { tenant_id } = command.caller;
    if (await this.applied.holds(tenant_id, command.execution_id, command.operation_id)) return { view: await this.durableView(live), changed: false };
    if (command.operation === 'signal') return this.signalledBy(live, command);
    const records = this.recordsFor(live.state, live.capability, command);
    if (records === 'unchanged') return { view: await this.durableView(live), changed: false };
    if (command.operation === 'terminate') return this.terminate(live, records, command);
    await this.append(live, await this.sealedReceipt(live, command, records));
    return { view: viewOf(live.state), changed: true };
  }

  /** A receipt is recorded as the step's output would be: sealed, where it is about a person. */
  private async sealedReceipt(live: LiveExecution, command: OperationCommand, records: readonly WalRecord[]): Promise<readonly WalRecord[]> {
    const [resolved] = records;
    if (resolved?.type !== 'effect_resolved' || resolved.receipt === undefined) return records;
    const report = await this.parts.results.given(live, resolved.step, { output: resolved.receipt, artifacts: [], events: [], state_changes: [] }, resolved.actor);
    if ('error' in report) throw asError(report.error);
    // its outcome may have become known meanwhile
    this.recordsFor(live.state, live.capability, command);
    return report.ok.sealed_under === undefined ? records : [{ ...resolved, receipt: report.ok.output ?? null, sealed_under: report.ok.sealed_under }];
  }

  private async terminate(live: LiveExecution, records: readonly WalRecord[], { caller }: OperationCommand): Promise<CommandReply> {
    await this.append(live, [...this.parts.engine.abandoning(live), ...records]);
    await this.children.closeAll(live.state, caller);
    return { view: viewOf(live.state), changed: true };
  }

  /** Without a capability, of what has ended and is not brought back. */
  private recordsFor(state: ExecutionState, capability: RegisteredCapability | undefined, command: OperationCommand): ReturnType<typeof operationRecords> {
    const { engine, contracts } = this.parts;
    try {
      return operationRecords({ state, saga: capability?.saga ?? NOTHING, at: engine.stamp().at, command, ...(capability === undefined ? {} : { outputProblem: (output) => contracts.checkOutput(capability, output) }) });
    } catch (error) {
      throw payloadError(error);
    }
  }

  private async signalledBy(live: LiveExecution, { caller, execution_id, operation_id, payload }: OperationCommand): Promise<CommandReply> {
    // what the platform waits for comes from the platform: a caller's signal could claim an upload that never happened
    if (live.capability.realm === 'runtime') throw failure('execution.signal_reserved', { details: { execution_id } });
    const told = operations.signal.safeParse(payload);
    if (!told.success) throw payloadError(told.error);
    const { signal, data } = told.data;
    return { view: await this.performSignal(live, { command: 'signal', caller, execution_id, signal, data }, operation_id), changed: true };
  }

  private async performSignal(live: LiveExecution, { caller, signal, data }: Signal, operation?: string): Promise<ExecutionView> {
    this.requireUnended(live);
    const approval = /^approve\.(.+)$/.exec(signal)?.[1];
    if (approval !== undefined) return this.performApproval(live, caller, approval, data, operation);
    await this.signals.give(live, { caller, signal, data, operation });
    return viewOf(live.state);
  }

  /** `data` false, or with `approved` false, refuses. */
  private async performApproval(live: LiveExecution, by: Caller, step: string, data: Json, operation = live.state.executionId): Promise<ExecutionView> {
    const { at } = this.parts.engine.stamp();
    const told = typeof data === 'object' && data !== null && !Array.isArray(data) ? data : { approved: data !== false };
    const reason = typeof told['reason'] === 'string' ? told['reason'].slice(0, 500) : 'told by signal';
    await this.append(live, approved(live.state, step, told['approved'] !== false, { at, actor: actorOf(by), by, reason, operation }));
    return viewOf(live.state);
  }

  /** What stands in the log: memory may be ahead of it by an end that never comes there. */
  private async durableView(live: LiveExecution): Promise<ExecutionView> {
    while (live.durableSeq < live.state.head.seq) await new Promise<void>((resolve, reject) => live.whenDurable(resolve, () => reject(failure('runtime.unavailable', { message: 'the execution is being folded again', retryAfterMs: 200 }))));
    return viewOf(live.state);
  }

  private async append(live: LiveExecution, records: readonly WalRecord[]): Promise<void> {
    reach('command.append', 'before');
    await this.parts.engine.command(live, records);
    reach('command.append', 'after');
  }

  /** Memory may be ahead of the log by an end that is not durable yet: for a command it has ended all the same. */
  private requireUnended({ state }: { state: ExecutionState }): void {
    if (hasEnded(state)) throw failure('execution.ended', { message: `the execution has ${state.status}` });
  }
}
