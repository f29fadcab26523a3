import { stepNamed, type RecordOf, type StepState } from '@symphainy/execution';
import { isoTime, type Clock } from '@symphainy/kernel';
import type { Engine } from '../engine/engine.js';
import type { Dispatched } from './outstanding.js';

/** Deployments take a realm away for a moment; what takes longer, whoever looks at the execution should see. */
const TOLD_AFTER_MS = 5_000;

/** Says in the log that a step waits for its realm, and that it does no longer. */
export class AwayRealms {
  constructor(private readonly parts: { readonly engine: Engine; readonly clock: Clock }) {}

  /** Nobody took it, once more. */
  missed(entry: Dispatched): void {
    const now = this.parts.clock.now();
    entry.awaySince ??= now;
    const step = stepOf(entry);
    const { lacking } = entry;
    if (now - entry.awaySince < TOLD_AFTER_MS || step === undefined || (step.waitingFor !== undefined && step.waitingFor.handler === lacking)) return;
    this.note(entry, step, { waiting_for: { realm: entry.live.capability.realm, since: isoTime(entry.awaySince), ...(lacking === undefined ? {} : { handler: lacking }) } });
  }

  /** Its realm lists it. */
  taken(entry: Dispatched): void {
    entry.awaySince = entry.lacking = undefined;
    const step = stepOf(entry);
    if (step?.waitingFor !== undefined) this.note(entry, step, {});
  }

  private note({ live }: Dispatched, step: StepState, more: Pick<RecordOf<'step_progress'>, 'waiting_for'>): void {
    const { engine } = this.parts;
    const attempt = step.status === 'compensating' ? (step.compensation?.attempt ?? 1) : step.attempt;
    engine.note(live, { type: 'step_progress', ...engine.stamp(), step: step.name, attempt, progress: step.progress ?? {}, ...more });
  }
}

/** The step whose work it is, while that is out. */
function stepOf({ live, work }: Dispatched): StepState | undefined {
  const step = stepNamed(live.state, work.step.name);
  return step?.status === 'running' || step?.status === 'compensating' ? step : undefined;
}
