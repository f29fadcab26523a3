import type { RegisteredCapability, SagaStep } from '@symphainy/contracts';
import type { ExecutionState, Sleep } from '@symphainy/execution';
import { verify } from '@symphainy/kernel';

interface DurabilityWaiter {
  readonly seq: number;
  readonly then: () => void;
  readonly lost: () => void;
}

/**
 * An execution that this runtime owns, while it is in memory. `state` runs ahead of the log by the frames in flight (speculation);
 * when one of them fails, the whole object is discarded and made anew from the log, so nothing here is ever repaired.
 */
export class LiveExecution {
  /** Seq and position of the last durable frame. */
  durableSeq: number;
  durableN: number | undefined;
  discarded = false;
  /** While its last frame parks it: whatever is recorded next brings it back. */
  parked = false;
  /** Since when nothing of it runs, and what it waits for. */
  rest: { readonly since: number; readonly sleep: Sleep } | undefined;
  /** Canonical JSON of the context that every dispatch carries; made at the first one. */
  contextJson: string | undefined;
  private waiters: DurabilityWaiter[] = [];
  private timer: (() => void) | undefined;

  constructor(
    public state: ExecutionState,
    readonly capability: RegisteredCapability,
    durable: { readonly seq: number; readonly n: number | undefined },
  ) {
    this.durableSeq = durable.seq;
    this.durableN = durable.n;
  }

  get key(): string {
    return keyOf(this.state.intent.tenant_id, this.state.executionId);
  }

  /** Counts owners: part of every attempt's name, so that an adopter's dispatch is no repetition of the dead owner's. */
  get epoch(): number {
    return this.state.adoptions + 1;
  }

  step(name: string): SagaStep {
    const step = this.capability.saga.steps.find((s) => s.name === name);
    verify(step !== undefined, 'a recorded step is one of the saga’s');
    return step;
  }

  /** Whether this attempt is the one that runs now. */
  isRunning(step: string, attempt: number): boolean {
    const current = this.state.steps[this.state.steps.length - 1];
    return !this.discarded && this.state.status === 'running' && current?.name === step && current.attempt === attempt && current.status === 'running';
  }

  /** Runs `then` once everything up to the present head is durable, or `lost` when it never will be. */
  whenDurable(then: () => void, lost: () => void = () => undefined): void {
    const seq = this.state.head.seq;
    if (this.discarded) lost();
    else if (this.durableSeq >= seq) then();
    else this.waiters.push({ seq, then, lost });
  }

  madeDurable(seq: number, n: number): void {
    this.durableSeq = seq;
    this.durableN = n;
    if (this.waiters.length === 0) return;
    const ready = this.waiters.filter((w) => w.seq <= seq);
    this.waiters = this.waiters.filter((w) => w.seq > seq);
    for (const waiter of ready) waiter.then();
  }

  discard(): void {
    this.discarded = true;
    this.setTimer(undefined);
    const lost = this.waiters.splice(0);
    for (const waiter of lost) waiter.lost();
  }

  /** At most one timer runs per execution: a retry's, or the timeout of a signal or child. */
  setTimer(cancel: (() => void) | undefined): void {
    this.timer?.();
    this.timer = cancel;
  }
}

export const keyOf = (tenantId: string, executionId: string): string => `${tenantId}/${executionId}`;
