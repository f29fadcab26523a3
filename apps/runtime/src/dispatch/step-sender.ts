import { failure, subjectFor, type AttemptRef } from '@symphainy/contracts';
import { PlatformError, utf8, type Clock } from '@symphainy/kernel';
import { MessageTooLargeError, type Bus } from '@symphainy/ports';
import { nameOf } from '../engine/work.js';
import { reach } from '../fail-points/fail-points.js';
import type { PersonalData } from '../personal-data/personal-data.js';
import type { ExecutionTokens } from './execution-tokens.js';
import type { Dispatched } from './outstanding.js';
import { contentsOf, openContents, sealedContents, stepMessage, stepSubjectOf, type StepContents } from './step-message.js';

/** Tokens outlive their attempt a little: a hydration may be on its way when time is up. */
const TOKEN_GRACE_MS = 5000;

export interface StepSenderParts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly tokens: ExecutionTokens;
  readonly personal: PersonalData;
  readonly instance: string;
}

/** Puts one piece of work on the bus, with a token of its own. What cannot be sent is noted on it (`refused`), for the next sweep. */
export class StepSender {
  constructor(
    private readonly parts: StepSenderParts,
    /** Whether it is still out: while its keys were fetched it may have been given up. */
    private readonly isOut: (entry: Dispatched) => boolean,
  ) {}

  send(entry: Dispatched): void {
    const { live, work } = entry;
    if (live.state.sealedUnder === undefined) this.publish(entry, contentsOf(live, work));
    else this.sendOpened(entry);
  }

  /** Opens what is sealed on its way out; keys that must be fetched first are, and then it is sent. */
  private sendOpened(entry: Dispatched): void {
    const { personal } = this.parts;
    const { live, work } = entry;
    try {
      const contents = openContents(live, work, personal);
      if (contents !== undefined) return this.publish(entry, contents);
      // a store that is away is asked again when the silence is noticed
      void personal.load(live.place, sealedContents(live, work)).then(() => (this.isOut(entry) ? this.sendOpened(entry) : undefined), () => undefined);
    } catch (error) {
      if (!(error instanceof PlatformError) || error.code !== 'data.erased') throw error;
      entry.refused = error;
    }
  }

  private publish(entry: Dispatched, contents: StepContents): void {
    const { clock, bus, instance, tokens } = this.parts;
    const { live, work } = entry;
    const deadline = clock.now() + Math.ceil(entry.deadlineAt - clock.monotonic());
    const ref: AttemptRef = { tenant_id: live.state.intent.tenant_id, execution_id: live.state.executionId, ...nameOf(work), epoch: entry.epoch };
    const reply = subjectFor('runtime.outcome.{instance}.{dispatch}', { instance, dispatch: entry.key });
    const message = utf8(stepMessage(live, contents, ref, tokens.mint(ref, deadline + TOKEN_GRACE_MS), deadline));
    reach('dispatch.send', 'before');
    try {
      bus.publish(stepSubjectOf(live.capability.realm, ref.tenant_id), message, { reply });
    } catch (error) {
      if (!(error instanceof MessageTooLargeError)) throw error;
      entry.refused = failure('step.too_large', { message: `what ${work.step.name} is given is larger than a message may be`, details: { bytes: message.length }, cause: error });
    }
    reach('dispatch.send', 'after');
  }
}
