import type { RegisteredCapability, SagaStep } from '@symphainy/contracts';
import { awaitsChunk, awaitsCompensation, awaitsResult, hasEnded, sagaStepNamed, stepNamed, type Decision, type ExecutionState, type MapSagaStep, type Sleep } from '@symphainy/execution';
import { verify } from '@symphainy/kernel';
import type { GatheringFrame } from './gathering-frame.js';
import type { WorkName } from './work.js';

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
  /** Its place among all executions. Made once: a text that is put together anew is also hashed anew. */
  readonly key: string;
  /** Seq and position of the last durable frame. */
  durableSeq: number;
  durableN: number | undefined;
  discarded = false;
  /** Whether this life of it is known to be this writer's: its first frame, or the stream it was folded from, is durable. Nothing is done for it before. */
  confirmed = false;
  /** The newest list of what is due. */
  due: readonly Decision[] = [];
  /** The frame from which on work that must not run ahead of the log was due; undefined: there is none such. */
  causes: ReadonlyMap<string, number> | undefined;
  /** Work of the list that is begun once and goes on by itself. */
  begun: Set<string> = new Set();
  /** Keys of effects that were intended before this memory was made, and that nothing is known of. */
  readonly doubtful: Set<string>;
  /** Its newest frame, as long as that is not handed to the log. */
  gathering: GatheringFrame | undefined;
  /** While its last frame parks it: whatever is recorded next brings it back. */
  parked = false;
  /** Named in the log as held for long: an adopter finds it however far back its last frame is. */
  named = false;
  /** Since when nothing of it runs, and what it waits for. */
  rest: { readonly since: number; readonly sleep: Sleep } | undefined;
  /** Canonical JSON of the context that every dispatch carries; made at the first one. */
  contextJson: string | undefined;
  /** What chunks of maps have read under this owner, durably recorded: `<step>/<reference>`. */
  readonly sourcesRead = new Set<string>();
  /** References that tools found for it under this owner, each answer durably recorded. */
  readonly found = new Set<string>();
  private waiters: DurabilityWaiter[] = [];
  private timer: { readonly at: number; readonly cancel: () => void } | undefined;
  /** The last moment at which it was decided again because of the clock. */
  wokenAt = Number.NEGATIVE_INFINITY;

  constructor(
    public state: ExecutionState,
    readonly capability: RegisteredCapability,
    durable: { readonly seq: number; readonly n: number | undefined },
  ) {
    this.key = keyOf(state.intent.tenant_id, state.executionId);
    this.durableSeq = durable.seq;
    this.durableN = durable.n;
    // a stream that begins in this memory sent nothing before it
    this.doubtful = durable.seq < 0 ? new Set() : doubtfulOf(state);
  }

  /** Where values of it are sealed. */
  get place(): { readonly tenantId: string; readonly executionId: string } {
    return { tenantId: this.state.intent.tenant_id, executionId: this.state.executionId };
  }

  /** Counts owners: part of every attempt's name, so that an adopter's dispatch is no repetition of the dead owner's. */
  get epoch(): number {
    return this.state.adoptions + 1;
  }

  step(name: string): SagaStep {
    const step = sagaStepNamed(this.capability.saga, name);
    verify(step !== undefined, 'a recorded step is one of the saga’s');
    return step;
  }

  /** Whether this attempt of the step runs now. Of one that was ended from outside nothing runs any more, whatever its steps were at. */
  isRunning(name: string, attempt: number): boolean {
    if (this.discarded || hasEnded(this.state)) return false;
    const step = stepNamed(this.state, name);
    return step?.attempt === attempt && step.status === 'running';
  }

  /** Whether the work of that name is under way: what a token or an answer that names it is good for. */
  mayAct({ step: name, attempt, chunk, phase }: WorkName): boolean {
    if (this.discarded || hasEnded(this.state)) return false;
    if (phase === 'compensate') return awaitsCompensation(this.state, name, attempt, chunk);
    if (chunk !== undefined) return awaitsChunk(this.state, { step: this.step(name) as MapSagaStep, chunk, chunkAttempt: attempt });
    return awaitsResult(this.state, name, attempt) && (phase === undefined || stepNamed(this.state, name)?.effect?.previewHash === undefined);
  }

  /** Whether the work of that name had begun, and its result can no longer count. */
  isOver(work: WorkName): boolean {
    return !this.discarded && (hasEnded(this.state) || ((stepNamed(this.state, work.step)?.attempt ?? 0) >= work.attempt && !this.mayAct(work)));
  }

  /** The key under which an effect of this step was sent last. */
  effectKey(name: string): string | undefined {
    return stepNamed(this.state, name)?.effect?.key;
  }

  /** Runs `then` once everything up to the present head is durable, or `lost` when it never will be. What gathers is handed to the log for it. */
  whenDurable(then: () => void, lost: () => void = () => undefined): void {
    const seq = this.state.head.seq;
    if (this.discarded) lost();
    else if (this.durableSeq >= seq) then();
    else {
      this.waiters.push({ seq, then, lost });
      this.gathering?.close();
    }
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
    this.gathering?.drop();
    this.setTimer(undefined);
    const lost = this.waiters.splice(0);
    for (const waiter of lost) waiter.lost();
  }

  get wakeAt(): number | undefined {
    return this.timer?.at;
  }

  /** At most one timer runs per execution: for the earliest moment that anything waits for. */
  setTimer(timer: { readonly at: number; readonly cancel: () => void } | undefined): void {
    this.timer?.cancel();
    this.timer = timer;
  }
}

function doubtfulOf({ steps }: ExecutionState): Set<string> {
  const keys = steps.flatMap(({ status, effect }) => (status === 'running' && effect?.key !== undefined && effect.happened === undefined ? [effect.key] : []));
  return new Set(keys);
}

export const keyOf = (tenantId: string, executionId: string): string => `${tenantId}/${executionId}`;
