/**
 * answers: what a realm says of one dispatch. Steps that followed the dispatched one at once answer with it, in one message: the Runtime is woken for the chain, not for each of
 * its steps, and the bus carries one message.
 *
 * 1. Outcomes leave in the order of their steps, at the end of the turn of the event loop in which they were made: none waits for a step that takes longer.
 * 2. What cannot be sent as it is, is answered by what is wrong with it.
 */
import { failure, type StepDispatch, type StepOutcome } from '@symphainy/contracts';
import { toWireError, utf8, type Logger, type PlatformError } from '@symphainy/kernel';
import { MessageTooLargeError, type Bus } from '@symphainy/ports';

/** Characters that leave together at most; what is larger leaves by itself. */
const TOGETHER_MAX = 32 * 1024;

export class Answers {
  private held: string[] = [];
  private size = 0;

  constructor(
    private readonly host: { readonly bus: Bus; readonly logger: Logger },
    readonly reply: string,
  ) {}

  /** What a handler returned may be no JSON, or more than a message holds: then that is the answer. Returns the text of what was answered as it is. */
  give(dispatch: StepDispatch, outcome: StepOutcome): string | undefined {
    try {
      const text = JSON.stringify(outcome);
      this.post(text, outcome.followed_by === undefined);
      return text;
    } catch (error) {
      const { attempt, handler_build, duration_ms, following } = outcome;
      this.post(JSON.stringify({ attempt, handler_build, duration_ms, error: toWireError(this.unsendable(dispatch, error)), ...(following === undefined ? {} : { following }) } satisfies StepOutcome), true);
      return undefined;
    }
  }

  private post(text: string, isLast: boolean): void {
    if (this.size + text.length > TOGETHER_MAX) this.send();
    if (text.length > TOGETHER_MAX) return this.host.bus.publish(this.reply, utf8(text));
    if (this.held.push(text) === 1 && !isLast) setImmediate(() => this.send());
    this.size += text.length;
    if (isLast) this.send();
  }

  private send(): void {
    const [first, ...along] = this.held;
    this.held = [];
    this.size = 0;
    if (first === undefined) return;
    this.host.bus.publish(this.reply, utf8(along.length === 0 ? first : `${first.slice(0, -1)},"along":[${along.join(',')}]}`));
  }

  /** Of an effect it is not the word that nothing happened. */
  private unsendable({ attempt: { step, phase, execution_id }, effect_key }: StepDispatch, cause: unknown): PlatformError {
    this.host.logger.error({ err: cause, step, execution_id }, 'a result could not be sent');
    const isTooLarge = cause instanceof MessageTooLargeError;
    const message = isTooLarge ? `the result of ${step} is larger than a message may be` : `the result of ${step} is no JSON`;
    if (effect_key !== undefined && phase === undefined) return failure('effect.unknown', { message, cause });
    return failure(isTooLarge ? 'step.too_large' : 'step.result_invalid', { message, cause });
  }
}
