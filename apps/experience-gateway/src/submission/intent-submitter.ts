import { Inject, Injectable } from '@nestjs/common';
import { type Caller, isEnded, type SubjectReply, type SubjectRequestInput } from '@symphainy/contracts';
import { PlatformError, type Json } from '@symphainy/kernel';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import { BackPressure } from './back-pressure.js';

/** How long an acceptance may take before the runtime that was asked counts as gone. */
const ANSWER_MS = 4000;
/** Waits are asked for in pieces, so that a runtime that died is noticed within a piece, not at the end of a minute. */
const WAIT_PIECE_MS = 4000;
/** Before asking again: another runtime takes over within seconds. */
const PAUSE_MS = 300;

/** Failures after which the same intent may be sent again: nobody answered, or one answered that no longer may accept. */
const ASK_AGAIN: ReadonlySet<string> = new Set(['runtime.unavailable', 'wait.elapsed', 'runtime.fenced', 'platform.draining']);

export type Submission = SubjectRequestInput<'runtime.intent.submit'>['submission'] & { intent_id: string };
export type SubmissionOutcome = SubjectReply<'runtime.intent.submit'>;

export interface SubmissionOrder {
  readonly caller: Caller;
  /** Its intent_id is set, so sending it twice is one execution. */
  readonly submission: Submission;
  readonly correlationId: string;
  /** 0: answer at acceptance. */
  readonly waitMs: number;
}

/** Submits an intent and, if wished, waits for its end; sees a caller through the death of a runtime. */
@Injectable()
export class IntentSubmitter {
  constructor(
    @Inject(HOST) private readonly host: ServiceHost,
    @Inject(BackPressure) private readonly pressure: BackPressure,
  ) {}

  async submit(order: SubmissionOrder): Promise<SubmissionOutcome> {
    this.pressure.check(order.caller.tenant_id);
    const { clock } = this.host;
    const deadline = clock.monotonic() + order.waitMs;
    let known: SubmissionOutcome | undefined;
    let misses = 0;
    for (;;) {
      const left = Math.max(0, deadline - clock.monotonic());
      try {
        known = await this.ask(order, Math.min(left, WAIT_PIECE_MS));
        misses = 0;
      } catch (error) {
        // under an idempotency key it may be an earlier execution, whose id nobody told
        if (isTooLarge(error) && order.submission.idempotency_key === undefined) return await this.withoutResult(order);
        if (!mayAskAgain(error)) throw error;
        if (++misses > 1) return this.giveUp(order, known, error);
      }
      if (known !== undefined && (order.waitMs === 0 || isEnded(known.status) || deadline - clock.monotonic() <= 0)) return this.withResult(order, known);
      if (misses > 0 || deadline - clock.monotonic() > left - PAUSE_MS) await this.pause();
    }
  }

  private ask(order: SubmissionOrder, waitMs: number): Promise<SubmissionOutcome> {
    const { caller, submission, correlationId } = order;
    const wait_ms = Math.ceil(waitMs);
    return this.host.channels.request('runtime.intent.submit', {}, { caller, submission, correlation_id: correlationId, wait_ms }, { timeoutMs: wait_ms + ANSWER_MS });
  }

  /** Accepted before the silence: that stands, and the caller can follow it. Else nobody knows, and the id lets the caller find out. */
  private giveUp(order: SubmissionOrder, known: SubmissionOutcome | undefined, error: PlatformError): SubmissionOutcome {
    if (known !== undefined) return known;
    throw new PlatformError({ ...pick(error), details: { ...error.details, execution_id: order.submission.intent_id } as Record<string, Json>, cause: error });
  }

  /** A duplicate of an execution that has ended may be answered without its result. */
  private async withResult(order: SubmissionOrder, known: SubmissionOutcome): Promise<SubmissionOutcome> {
    if (order.waitMs === 0 || !isEnded(known.status) || known.result !== undefined) return known;
    const result = await this.host.channels.request('runtime.execution.result', {}, { caller: order.caller, execution_id: known.execution_id });
    return { ...known, result };
  }

  /** It has ended, with more than one message holds: that stands, and its parts can be read. */
  private async withoutResult({ caller, submission: { intent_id } }: SubmissionOrder): Promise<SubmissionOutcome> {
    const { session_id, status } = await this.host.channels.request('runtime.execution.read', {}, { caller, execution_id: intent_id });
    return { execution_id: intent_id, session_id, status, duplicate: false };
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => void this.host.clock.after(PAUSE_MS, resolve));
  }
}

const isTooLarge = (error: unknown): boolean => error instanceof PlatformError && error.code === 'request.answer_too_large';

const mayAskAgain = (error: unknown): error is PlatformError => error instanceof PlatformError && ASK_AGAIN.has(error.code);

const pick = ({ code, kind, message, retry, field, fix }: PlatformError): Pick<PlatformError, 'code' | 'kind' | 'message' | 'retry'> & { field?: string; fix?: string } => ({
  code, kind, message, retry, ...(field === undefined ? {} : { field }), ...(fix === undefined ? {} : { fix }),
});
