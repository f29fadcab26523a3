import { subjectFor, type StepDispatch, type StepOutcome } from '@symphainy/contracts';
import { utf8, type Clock } from '@symphainy/kernel';
import { NO_RESPONDERS, type Bus } from '@symphainy/ports';
import { stepSubjectOf } from './step-message.js';

export interface ReplaySenderParts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly instance: string;
}

const decoder = new TextDecoder();

/**
 * Sends an attempt to its realm to be run again, and waits for what comes back. Its answers have an address of their own, so no outcome of a replay can ever be taken for a
 * step's.
 */
export class ReplaySender {
  constructor(private readonly parts: ReplaySenderParts) {}

  /** `run` names this run among this instance's. Undefined when nobody of the realm listens, or none answers within the time. */
  send(realm: string, run: string, dispatch: StepDispatch & { readonly replay: true }, withinMs: number): Promise<StepOutcome | undefined> {
    const { bus, clock, instance } = this.parts;
    const reply = subjectFor('runtime.outcome.{instance}.{dispatch}', { instance: `${instance}-replay`, dispatch: run });
    return new Promise((resolve) => {
      const settle = (outcome: StepOutcome | undefined): void => {
        cancel();
        subscription.unsubscribe();
        resolve(outcome);
      };
      const subscription = bus.subscribe(reply, ({ headers, data }) => settle(headers['status'] === NO_RESPONDERS ? undefined : (JSON.parse(decoder.decode(data)) as StepOutcome)));
      const cancel = clock.after(withinMs, () => settle(undefined));
      bus.publish(stepSubjectOf(realm, dispatch.attempt.tenant_id), utf8(JSON.stringify(dispatch)), { reply });
    });
  }
}
