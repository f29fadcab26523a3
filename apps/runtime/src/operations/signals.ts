/** Signals as records: the result of a step that waits for one, or kept for a step that will. */
import { failure, type Caller, type Json, type WalRecord } from '@symphainy/contracts';
import { keptSignals, planOf, runningSteps, stepsToCome } from '@symphainy/execution';
import { asPlatformError, PlatformError, type WireError } from '@symphainy/kernel';
import { actorOf } from '../acceptance/sessions.js';
import type { Engine } from '../engine/engine.js';
import type { LiveExecution } from '../engine/live-execution.js';
import { isLastStep, type StepResults } from '../outcomes/step-results.js';
import { isStepResult, resultOfSignal } from './signal-result.js';

export interface Signalled {
  readonly caller: Caller;
  readonly signal: string;
  readonly data: Json;
  /** The execution of the operation that it is; absent: the platform's own signal. */
  readonly operation: string | undefined;
}

/** Where a signal goes. `attempt` absent: it is kept, and `step` is one of those that may take it. */
interface Place {
  readonly step: string;
  readonly attempt?: number;
}

export class Signals {
  constructor(
    private readonly engine: Pick<Engine, 'stamp'>,
    private readonly results: Pick<StepResults, 'given'>,
    private readonly append: (live: LiveExecution, records: readonly WalRecord[]) => Promise<void>,
  ) {}

  /** Resolves when it is durable. Throws `execution.not_waiting`, `execution.signal_kept`, and as the data does not fit. */
  async give(live: LiveExecution, signalled: Signalled): Promise<void> {
    const { caller, signal, data, operation } = signalled;
    const place = placeOf(live, signal);
    const { at } = this.engine.stamp();
    const actor = actorOf(caller);
    const report = await this.results.given(live, place.step, resultOfSignal(data), actor);
    if ('error' in report) throw asError(report.error);
    // a wait may have begun or ended meanwhile; from here on nothing comes between
    const now = placeOf(live, signal);
    if (now.step !== place.step || now.attempt !== place.attempt) return this.give(live, signalled);
    const { sealed_under, output, outcome, artifacts, events, state_changes } = report.ok;
    const told = { signal, data: sealed_under === undefined ? data : (output ?? null), by: caller, ...(operation === undefined ? {} : { operation }) };
    if (place.attempt !== undefined) return this.append(live, [{ type: 'signal_received', at, actor, step: place.step, ...told }, { type: 'step_completed', at, actor, step: place.step, attempt: place.attempt, ...report.ok }]);
    const whole = { ...(output === undefined ? {} : { output }), ...(outcome === undefined ? {} : { outcome }), artifacts, events, state_changes };
    return this.append(live, [{ type: 'signal_received', at, actor, kept: (live.state.signals?.count ?? 0) + 1, ...told, ...(isStepResult(data) ? { result: whole } : {}), ...(sealed_under === undefined ? {} : { sealed_under }) }]);
  }
}

/** Several may wait side by side: the one that started first and wants this signal. Else it is kept, if a step to come has none yet; for the saga's last step it has to be what the capability promises. */
function placeOf(live: LiveExecution, signal: string): Place {
  const { state, capability: { saga } } = live;
  const waiting = runningSteps(state).find(({ name }) => wants(live, name) === signal);
  if (waiting !== undefined) return { step: waiting.name, attempt: waiting.attempt };
  const toCome = stepsToCome(state, saga, signal);
  const [first] = toCome;
  if (first === undefined) throw notWaiting(live, signal);
  if (keptSignals(state, signal).length >= toCome.length) throw failure('execution.signal_kept', { message: toCome.length === 1 ? `a signal ${signal} is kept for ${first} already` : `${toCome.length} signals ${signal} are kept already, one for each of ${toCome.join(', ')}`, field: '/signal' });
  return { step: toCome.find((name) => isLastStep(saga.steps, name)) ?? first };
}

function wants(live: LiveExecution, step: string): string | undefined {
  const definition = live.step(step);
  return definition.kind === 'signal' ? definition.signal : undefined;
}

function notWaiting(live: LiveExecution, signal: string): PlatformError {
  const { state, capability: { saga } } = live;
  const all = [...planOf(saga).values()].flatMap(({ step }) => (step.kind === 'signal' ? [step.signal] : []));
  const open = [...new Set([...runningSteps(state).flatMap(({ name }) => wants(live, name) ?? []), ...all.filter((name) => stepsToCome(state, saga, name).length > 0)])];
  const over = all.includes(signal) ? `no step waits for the signal ${signal} any more` : `no step of the saga waits for the signal ${signal}`;
  return failure('execution.not_waiting', { message: open.length === 0 ? over : `${over}; it can be sent ${open.join(', ')}`, field: '/signal' });
}

/** A result that cannot be recorded refuses what told it, and leaves the step waiting: its sender can send a better one. */
export const asError = (error: WireError): PlatformError => asPlatformError(new PlatformError({ ...error, cause: undefined }));
