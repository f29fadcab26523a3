import { failure } from '@symphainy/contracts';
import { sleepOf, type Decision, type DecisionInputs } from '@symphainy/execution';
import { toWireError, type Clock } from '@symphainy/kernel';
import type { Children, Dispatcher, Operations, Supervision } from './engine.ports.js';
import type { LiveExecution } from './live-execution.js';
import { isRealmWork, isRest, isSameWork, mayBeSentAhead, workId, type RealmWork } from './work.js';

/**
 * Hands on what `decide` found due: to the dispatcher, to the children, to the operations, or to the clock. It records nothing itself. The list is told whole
 * each time, so this is a reconciliation: what is listed and not under way begins, what is under way and not listed is given up.
 */
export class DueWork {
  private dispatcher: Dispatcher | undefined;
  private children: Children | undefined;
  private operations: Operations | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly supervision: Pick<Supervision, 'fail' | 'resume'>,
  ) {}

  connect(dispatcher: Dispatcher, children: Children, operations?: Operations): void {
    this.dispatcher = dispatcher;
    this.children = children;
    this.operations = operations;
  }

  /** The newest list of what is due, which follows from everything up to the present head. What may run ahead of the log begins now (`ahead` false: nothing may), the rest when its cause is durable. */
  take(live: LiveExecution, due: readonly Decision[], ahead = true): void {
    live.due = due;
    const sleep = sleepOf(due);
    live.rest = sleep === undefined ? undefined : { since: this.clock.monotonic(), sleep };
    this.noteCauses(live, due, ahead);
    if (live.begun.size > 0) live.begun = new Set(due.map(workId).filter((id) => live.begun.has(id)));
    this.act(live);
  }

  /** Begins what may begin of the newest list. Asked twice, it does nothing more. */
  act(live: LiveExecution): void {
    if (live.discarded) return;
    if (!live.confirmed) return live.whenDurable(() => this.act(live));
    const { due } = live;
    const ready = live.causes === undefined ? due : due.filter((work) => this.isReady(live, work));
    this.dispatch(live, ready);
    // what could not be sent has failed, which was decided on: the newer list has been acted on already
    if (live.due !== due) return;
    for (const work of ready) if (!isRealmWork(work)) this.begin(live, work);
    this.setWake(live);
    if (ready.length < due.length) live.whenDurable(() => this.act(live));
  }

  /** Tries of a map's chunks that are out; undefined: none is due, and nobody has to look. */
  chunksOut(live: LiveExecution): DecisionInputs['chunksOut'] {
    // what was sent before a pause is not listed during it
    if (live.state.paused !== true && !live.due.some((work) => work.do === 'run_chunk')) return undefined;
    return () => this.dispatcher?.out(live).filter((work) => work.do === 'run_chunk') ?? [];
  }

  drop(live: LiveExecution): void {
    this.dispatcher?.drop(live);
  }

  /** Remembers, for work that must not run ahead, at which frame it was first due: it waits for that one, not for those that came after. */
  private noteCauses(live: LiveExecution, due: readonly Decision[], ahead: boolean): void {
    const known = live.causes;
    if (ahead && due.every((work) => mayRunAhead(live, work))) return void (live.causes = undefined);
    const causes = new Map<string, number>();
    for (const work of due) {
      if ((ahead && mayRunAhead(live, work)) || isRest(work)) continue;
      const id = workId(work);
      causes.set(id, known?.get(id) ?? live.state.head.seq);
    }
    live.causes = causes;
  }

  private isReady(live: LiveExecution, work: Decision): boolean {
    return live.durableSeq >= (live.causes?.get(workId(work)) ?? 0);
  }

  private dispatch(live: LiveExecution, ready: readonly Decision[]): void {
    const { dispatcher } = this;
    if (dispatcher === undefined) return;
    const { due } = live;
    const wanted = ready.filter(isRealmWork);
    // While it is paused, what runs is not listed, and its result counts all the same.
    const kept = live.state.paused === true ? dispatcher.out(live) : dispatcher.out(live).filter((work) => live.due.some((other) => isRealmWork(other) && isSameWork(work, other)));
    dispatcher.keep(live, kept);
    const outOf = new Map<string, number>();
    for (const work of kept) if (work.do === 'run_chunk') outOf.set(work.step.name, (outOf.get(work.step.name) ?? 0) + 1);
    for (const work of wanted) {
      if (kept.some((other) => isSameWork(work, other))) continue;
      if (work.do === 'run_chunk' && !hasRoom(outOf, work.step.name, work.concurrency)) continue;
      this.send(live, dispatcher, work);
      if (live.due !== due) return;
    }
  }

  /** An effect that was intended before this memory was made may have been sent: unless its answer still comes here, or it may be sent twice, nobody knows. */
  private send(live: LiveExecution, dispatcher: Dispatcher, work: RealmWork): void {
    if (work.do !== 'run' || work.effectKey === undefined || !live.doubtful.delete(work.effectKey)) return dispatcher.send(live, work);
    if (dispatcher.reattach(live, work)) return;
    if (work.step.kind === 'effect' && work.step.idempotent === true) return dispatcher.send(live, work);
    const error = failure('effect.unknown', { message: `the effect of ${work.step.name} was out when its runtime, or its memory, was lost` });
    this.supervision.fail(live, work, toWireError(error));
  }

  private begin(live: LiveExecution, work: Exclude<Decision, RealmWork>): void {
    switch (work.do) {
      case 'await_child':
        return this.once(live, work, () => this.children?.run(live, work));
      case 'close_child':
        return this.once(live, work, () => this.children?.close(live, work));
      case 'fire':
        return this.once(live, work, () => this.operations?.fire(live, work));
      case 'operate':
        return this.once(live, work, () => this.operations?.operate(live, work));
      default:
        return;
    }
  }

  private once(live: LiveExecution, work: Decision, start: () => void): void {
    const id = workId(work);
    if (live.begun.has(id)) return;
    live.begun.add(id);
    start();
  }

  /** One clock task per execution, at the earliest moment that anything waits for. */
  private setWake(live: LiveExecution): void {
    let wake: number | undefined;
    const now = this.clock.now();
    for (const work of live.due) {
      const at = wakeOf(work);
      // what was decided at its moment is not decided again for it; a moment to come is one, also when the clock was set back since
      if (at !== undefined && (at > live.wokenAt || at > now) && (wake === undefined || at < wake)) wake = at;
    }
    if (wake === undefined) live.setTimer(undefined);
    else if (live.wakeAt !== wake) live.setTimer({ at: wake, cancel: this.clock.after(Math.max(0, wake - now), () => this.wake(live, wake)) });
  }

  private wake(live: LiveExecution, at: number): void {
    live.setTimer(undefined);
    if (live.discarded) return;
    // a clock task may come a little early: deciding then would find nothing due
    if (this.clock.now() < at) return this.setWake(live);
    live.wokenAt = at;
    this.supervision.resume(live);
  }
}

/** What waits does no harm. */
const mayRunAhead = (live: LiveExecution, work: Decision): boolean => isRest(work) || mayBeSentAhead(live.capability, work);

function hasRoom(outOf: Map<string, number>, step: string, concurrency: number): boolean {
  const out = outOf.get(step) ?? 0;
  if (out >= concurrency) return false;
  outOf.set(step, out + 1);
  return true;
}

function wakeOf(work: Decision): number | undefined {
  if (work.do === 'wait') return work.until;
  return work.do === 'await_signal' || work.do === 'await_child' ? work.deadlineAt : undefined;
}

