import { failure, type SagaStep } from '@symphainy/contracts';
import { sleepOf, type Decision } from '@symphainy/execution';
import type { Clock } from '@symphainy/kernel';
import type { Children, Dispatcher, Supervision } from './engine.ports.js';
import type { LiveExecution } from './live-execution.js';

/** Hands on what `decide` found due: to the dispatcher, to the children, or to the clock. It records nothing itself. */
export class DueWork {
  private dispatcher: Dispatcher | undefined;
  private children: Children | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly supervision: Pick<Supervision, 'failAttempt' | 'resume'>,
  ) {}

  connect(dispatcher: Dispatcher, children: Children): void {
    this.dispatcher = dispatcher;
    this.children = children;
  }

  /** Only steps without effects and without reasoning run ahead of the log. */
  mayRunAhead(live: LiveExecution, due: readonly Decision[]): boolean {
    const work = due[0];
    return work?.do === 'wait' || (work?.do === 'run' && live.capability.determinism === 'deterministic');
  }

  act(live: LiveExecution, due: readonly Decision[]): void {
    if (live.discarded) return;
    const sleep = sleepOf(due);
    live.rest = sleep === undefined ? undefined : { since: this.clock.monotonic(), sleep };
    for (const work of due) this.perform(live, work);
  }

  drop(live: LiveExecution): void {
    this.dispatcher?.drop(live);
  }

  private perform(live: LiveExecution, work: Decision): void {
    switch (work.do) {
      case 'append':
        return;
      case 'run':
        if (!live.isRunning(work.step.name, work.attempt)) return;
        this.dispatcher?.send(live, work.step.name, work.attempt);
        return;
      case 'await_signal':
        if (live.isRunning(work.step.name, work.attempt)) this.armTimeout(live, work.step, work.attempt, work.deadlineAt);
        return;
      case 'await_child':
        if (!live.isRunning(work.step.name, work.attempt)) return;
        this.armTimeout(live, work.step, work.attempt, work.deadlineAt);
        this.children?.run(live, work);
        return;
      case 'cancel_child':
        this.children?.cancelFor(live, work.childId);
        return;
      case 'wait':
        live.setTimer(this.clock.after(Math.max(0, work.until - this.clock.now()), () => this.supervision.resume(live)));
    }
  }

  private armTimeout(live: LiveExecution, { name, timeout_ms }: SagaStep, attempt: number, deadlineAt: number): void {
    const late = failure('step.timeout', { message: `${name} had no result within ${timeout_ms} ms` });
    live.setTimer(this.clock.after(Math.max(0, deadlineAt - this.clock.now()), () => this.supervision.failAttempt(live, name, attempt, late)));
  }
}
