/**
 * follow-on: the realm goes on by itself with the tasks that a dispatch names behind its own, so that a chain of short steps costs one message there and not one for each
 * (docs/decisions/0016). Each is run as its dispatch would have it: from the bytes that came, and from the bytes that were answered.
 *
 * 1. Only what returned plainly (an output, and nothing that the Runtime has to look up or choose by) and soon is followed.
 * 2. What follows has no door to the Runtime: a handler that asks for one is given up, and its step waits for its dispatch; from then on it is not begun this way.
 */
import { failure, type FollowOn, type StepDispatch, type StepOutcome } from '@symphainy/contracts';
import { isoTime, type Json } from '@symphainy/kernel';
import { decodeJson } from '@symphainy/service-host';
import type { TaskAccess } from './step-task.js';

/** A chain is gone on with for so long. Longer steps gain nothing by it, and would keep other instances of the realm from sharing the work. */
const SOON_MS = 20;

/** Steps that asked for the Runtime, by `<capability>/<step>`. */
export type Askers = Set<string>;

/** A dispatched attempt, and what its realm has gone on with since. */
export class Chain {
  /** Outcomes of its steps as they were answered: each step that needs one gets a value of its own. */
  private readonly answered = new Map<string, string>();
  private left: readonly FollowOn[];

  constructor(
    /** The dispatch as it came. */
    private readonly data: Uint8Array,
    dispatch: StepDispatch,
    /** Monotonic milliseconds. */
    private readonly since: number,
    readonly run: string,
    private readonly askers: Askers,
  ) {
    this.left = dispatch.replay === true || dispatch.attempt.phase !== undefined ? [] : (dispatch.follow_on ?? []);
  }

  /** The step that is gone on with behind this outcome; undefined: none. */
  next({ capability }: StepDispatch, { result }: StepOutcome, now: number): FollowOn | undefined {
    const [next] = this.left;
    if (next === undefined || result === undefined || now - this.since > SOON_MS || this.askers.has(`${capability}/${next.step}`)) return undefined;
    const isPlain = result.artifacts.length === 0 && result.outcome === undefined;
    return isPlain ? next : undefined;
  }

  /** The dispatch of `next`, behind an outcome of `before` that was answered in this text. */
  follow(next: FollowOn, before: StepDispatch, answer: string, wallNow: number): StepDispatch {
    this.left = this.left.slice(1);
    this.answered.set(before.attempt.step, answer);
    const whole = decodeJson(this.data) as StepDispatch;
    return { ...whole, attempt: { ...whole.attempt, step: next.step, attempt: 1 }, inputs: this.inputsOf(next, whole), deadline: isoTime(wallNow + next.timeout_ms), token: '' };
  }

  private inputsOf({ needs }: FollowOn, { inputs: given }: StepDispatch): { [step: string]: Json } {
    const inputs: { [step: string]: Json } = {};
    for (const name of needs) {
      const text = this.answered.get(name);
      const input = text === undefined ? given[name] : (JSON.parse(text) as StepOutcome).result?.output;
      if (input !== undefined) inputs[name] = input;
    }
    return inputs;
  }
}

/** The doors of a step that follows: shut, and it is noted that somebody knocked. */
export class ShutDoors implements TaskAccess {
  wasAsked = false;

  constructor(readonly progress: TaskAccess['progress']) {}

  readonly read = (): Promise<never> => this.refuse();
  readonly write = (): Promise<never> => this.refuse();
  readonly tool = (): Promise<never> => this.refuse();

  private refuse(): Promise<never> {
    this.wasAsked = true;
    return Promise.reject(failure('runtime.unavailable', { message: 'the step waits for its dispatch before it can ask the Runtime; it is run again then' }));
  }
}
