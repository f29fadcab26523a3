import type { SubjectReply, SubjectRequest } from '@symphainy/contracts';
import { hasEnded, resultOf, type ExecutionState } from '@symphainy/execution';
import type { Clock, IdSource } from '@symphainy/kernel';
import type { Admission } from '../acceptance/admission.js';
import type { DailyQuotas } from '../acceptance/daily-quotas.js';
import { endedOf, type Acceptance, type SubmissionOutcome } from '../acceptance/acceptance.js';
import type { Engine } from '../engine/engine.js';
import { keyOf } from '../engine/live-execution.js';
import type { WalReader } from '../acceptance/log.ports.js';
import type { PersonalData } from '../personal-data/personal-data.js';
import { foldStream } from '../acceptance/stream-fold.js';

type Request = SubjectRequest<'runtime.intent.submit'>;
type Reply = SubjectReply<'runtime.intent.submit'>;

/** How often an execution that another runtime owns is looked for in the log, while its submitter waits. */
const POLL_MS = 250;

/** Submissions: acceptance, and for those who ask, the wait for the result, so that one message back says all. */
export class Submissions {
  constructor(private readonly parts: { acceptance: Acceptance; admission: Admission; quotas: DailyQuotas; engine: Engine; reader: WalReader; personal: PersonalData; ids: IdSource; clock: Clock }) {}

  /** Accepted when it is the tenant's turn, and its day has room. */
  async submit(request: Request): Promise<Reply> {
    const { admission, quotas } = this.parts;
    const { caller, submission } = request;
    let quota: Reply['quota'];
    const reply = await this.accept(request, async (accept) => {
      const { outcome, standing } = await quotas.through(caller, submission.intent_type, () => admission.through(caller.tenant_id, submission.intent_type, accept), ({ existing }) => existing === undefined);
      quota = standing;
      return outcome;
    });
    return quota === undefined ? reply : { ...reply, quota };
  }

  /** Accepted at once: what acts on running work never waits behind new work. */
  submitOperation(request: Request): Promise<Reply> {
    return this.accept(request, (accept) => accept());
  }

  /** The place in the queue of waiters is taken before acceptance: an execution may end before its submitter's next turn. */
  private async accept({ caller, submission, correlation_id, wait_ms }: Request, door: (accept: () => Promise<SubmissionOutcome>) => Promise<SubmissionOutcome>): Promise<Reply> {
    const { acceptance, engine, ids, clock } = this.parts;
    const until = clock.monotonic() + wait_ms;
    const intentId = submission.intent_id ?? ids.next();
    const wait = wait_ms > 0 ? engine.waiters.take(keyOf(caller.tenant_id, intentId)) : undefined;
    try {
      const outcome = await door(() => acceptance.submit({ caller, submission: { ...submission, intent_id: intentId }, correlationId: correlation_id }));
      if (outcome.existing !== undefined) return await this.existing(caller.tenant_id, outcome, wait_ms);
      const heard = await wait?.within(wait_ms);
      // parked: its end is not heard of here any more
      return await this.replyOf(caller.tenant_id, outcome, heard ?? (await this.end(caller.tenant_id, outcome.executionId, until - clock.monotonic())), wait_ms);
    } finally {
      wait?.leave();
    }
  }

  private async existing(tenantId: string, outcome: SubmissionOutcome, waitMs: number): Promise<Reply> {
    const ended = endedOf(outcome) ?? (waitMs > 0 ? await this.end(tenantId, outcome.executionId, waitMs) : undefined);
    return { ...(await this.replyOf(tenantId, outcome, ended, waitMs)), duplicate: true };
  }

  private async end(tenantId: string, executionId: string, waitMs: number): Promise<ExecutionState | undefined> {
    const { engine, reader, clock } = this.parts;
    const deadline = clock.monotonic() + waitMs;
    for (let left = waitMs; left > 0; left = deadline - clock.monotonic()) {
      const heard = await engine.waiters.wait(keyOf(tenantId, executionId), Math.min(left, POLL_MS));
      if (heard !== undefined || engine.waiters.isClosed) return heard;
      if (engine.find(tenantId, executionId) !== undefined) continue;
      const state = (await foldStream(reader, tenantId, executionId))?.state;
      if (state !== undefined && hasEnded(state)) return state;
    }
    return undefined;
  }

  /** How it stands: whoever waited in vain learns whether it is held up. */
  private async replyOf(tenantId: string, { executionId, sessionId, existing }: SubmissionOutcome, ended: ExecutionState | undefined, waitMs: number): Promise<Reply> {
    const place = { execution_id: executionId, session_id: sessionId, duplicate: false };
    if (ended !== undefined) return { ...place, status: ended.status, result: ended.sealedUnder === undefined ? resultOf(ended) : await this.parts.personal.open({ tenantId, executionId }, resultOf(ended), () => undefined) };
    const here = this.parts.engine.find(tenantId, executionId)?.state;
    const state = here ?? (waitMs > 0 ? (await foldStream(this.parts.reader, tenantId, executionId))?.state : existing);
    // what is in memory may be ahead of the log by an end that is not durable yet
    return { ...place, status: state === undefined || hasEnded(state) ? 'running' : state.status };
  }
}
