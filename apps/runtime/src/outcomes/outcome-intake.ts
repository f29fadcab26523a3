/**
 * outcomes: what realms answer. It is matched to the attempt that is out, checked against the step-result and output contracts, its artifacts hashed, and reported to
 * the engine as one record.
 *
 * What it stores: nothing. Order of calls: `start`; everything else comes in messages of this instance.
 *
 * 1. The first outcome of work that is out counts; late, repeated and foreign ones are dropped and counted. Only an effect's outcome counts late, while it is unknown.
 * 2. Nothing that breaks a contract is recorded as a result: it ends its attempt with an error that says so.
 */
import { failure, patternFor, type StepOutcome } from '@symphainy/contracts';
import { toWireError, type Logger, type WireError } from '@symphainy/kernel';
import { NO_RESPONDERS, type Bus, type BusMessage } from '@symphainy/ports';
import type { Dispatched } from '../dispatch/outstanding.js';
import type { StepDispatcher } from '../dispatch/step-dispatcher.js';
import type { Engine } from '../engine/engine.js';
import { reach } from '../fail-points/fail-points.js';
import { misfitOf } from '../engine/reports.js';
import { isEffect } from '../engine/work.js';
import type { StepResults } from './step-results.js';

export interface OutcomeIntakeParts {
  readonly bus: Bus;
  readonly instance: string;
  readonly dispatcher: StepDispatcher;
  readonly engine: Pick<Engine, 'stamp'>;
  readonly results: StepResults;
  readonly logger: Logger;
  readonly counters: { outcomes_dropped: number };
}

const decoder = new TextDecoder();
const NONE: readonly StepOutcome[] = [];
/** As long as a label of `stepResult` may be. */
const LABEL_MAX = 80;

/**
 * Takes outcomes of this instance's dispatches. The first one for an attempt that still runs counts; late, repeated and foreign ones
 * are dropped and counted; what is no outcome at all ends its attempt.
 */
export class OutcomeIntake {
  constructor(private readonly parts: OutcomeIntakeParts) {}

  start(): () => void {
    const subscription = this.parts.bus.subscribe(patternFor('runtime.outcome.{instance}.{dispatch}', { instance: this.parts.instance }), (message) => this.receive(message));
    return () => subscription.unsubscribe();
  }

  private receive(message: BusMessage): void {
    const key = message.subject.slice(message.subject.lastIndexOf('.') + 1);
    if (message.headers['status'] === NO_RESPONDERS) return this.parts.dispatcher.realmAway(key);
    const outcome = this.parse(message.data);
    this.take(key, outcome);
    for (const one of outcome?.along ?? NONE) this.take(key, isOutcome(one) ? one : undefined);
  }

  private take(key: string, outcome: StepOutcome | undefined): void {
    if (outcome?.following?.declined === true) return this.parts.dispatcher.declined(key, outcome);
    if (outcome?.error?.code === 'step.handler_missing' && this.parts.dispatcher.lacksHandler(key, outcome)) return;
    const taken = this.parts.dispatcher.take(key, outcome);
    if (taken === undefined) this.parts.counters.outcomes_dropped++;
    else if (outcome === undefined) this.misshapen(taken);
    else void this.record(taken, outcome).catch((error: unknown) => this.lost(taken, error));
  }

  /** An answer that is no outcome ends its attempt: sending it again would bring the same. */
  private misshapen(taken: Dispatched): void {
    const { work, live } = taken;
    this.parts.logger.warn({ code: 'step.result_invalid', execution_id: live.state.executionId, step: work.step.name }, 'an outcome does not fit its contract');
    const error = misfitOf(work, failure('step.result_invalid', { message: 'the realm’s answer does not fit the step-outcome contract' }));
    this.parts.dispatcher.settled(taken, { error: toWireError(error), actor: this.parts.engine.stamp().actor });
  }

  /** The log or the object store could not be asked. Work that is still due is sent again when its silence is noticed. */
  private lost(taken: Dispatched, error: unknown): void {
    this.parts.counters.outcomes_dropped++;
    this.parts.logger.warn({ err: error, execution_id: taken.live.state.executionId, step: taken.work.step.name }, 'an outcome could not be taken');
    this.parts.dispatcher.restore(taken);
  }

  private async record(taken: Dispatched, outcome: StepOutcome): Promise<void> {
    const { dispatcher, results, counters } = this.parts;
    if (taken.live.discarded) await dispatcher.rebind(taken);
    const made = results.report(taken.live, taken.work, outcome);
    const report = made instanceof Promise ? await made : made;
    reach('outcome.record', 'before');
    // where something was waited for, the answer of what follows may have come and been dropped: then it is sent
    const followedBy = made instanceof Promise || isEffect(taken.work) ? undefined : outcome.followed_by;
    if (!dispatcher.settled(taken, report, followedBy)) counters.outcomes_dropped++;
    reach('outcome.record', 'after');
  }

  private parse(data: Uint8Array): StepOutcome | undefined {
    try {
      const outcome: unknown = JSON.parse(decoder.decode(data));
      if (isOutcome(outcome)) return outcome;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    return undefined;
  }
}

/** The cheap check of the hot path. What may hold anything (artifacts, events, state changes) is checked whole when there is any. */
function isOutcome(value: unknown): value is StepOutcome {
  const outcome = value as Partial<StepOutcome> | null;
  if (typeof outcome !== 'object' || outcome === null) return false;
  const { attempt, handler_build, duration_ms, result, error, followed_by, following, along } = outcome;
  if (along !== undefined && !Array.isArray(along)) return false;
  if (followed_by !== undefined && (typeof followed_by.step !== 'string' || typeof followed_by.run !== 'string')) return false;
  if (following?.declined === true) return typeof attempt?.step === 'string';
  if (typeof attempt !== 'object' || typeof attempt.step !== 'string' || typeof attempt.attempt !== 'number') return false;
  if (typeof handler_build !== 'string' || handler_build === '' || handler_build.length > 120 || typeof duration_ms !== 'number' || duration_ms < 0) return false;
  return result === undefined ? isError(error) : isResult(result);
}

const isResult = (result: StepOutcome['result'] & object): boolean =>
  typeof result === 'object' && Array.isArray(result.artifacts) && Array.isArray(result.events) && Array.isArray(result.state_changes) && (result.outcome === undefined || (typeof result.outcome === 'string' && result.outcome.length <= LABEL_MAX));

const isError = (error: WireError | undefined): boolean => typeof error === 'object' && typeof error.code === 'string' && typeof error.message === 'string' && typeof error.retry?.mode === 'string';
