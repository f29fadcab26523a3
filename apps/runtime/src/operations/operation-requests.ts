import { operationReport, type Caller, type SubjectReply, type SubjectRequest } from '@symphainy/contracts';
import { PlatformError } from '@symphainy/kernel';
import { LRUCache } from 'lru-cache';
import type { Sessions } from '../acceptance/sessions.js';
import type { Submissions } from './submissions.js';

type Request = SubjectRequest<'runtime.operation.submit'>;
type Reply = SubjectReply<'runtime.operation.submit'>;

const CALLERS_MAX = 10_000;

/**
 * Turns the operations of a caller into intents `runtime.<operation>` of a session of his own that this instance opens when he first operates: so each is
 * accepted or refused by policy, and recorded, like any other intent.
 */
export class OperationRequests {
  private readonly sessionOf = new LRUCache<string, Promise<string>>({ max: CALLERS_MAX });

  constructor(private readonly parts: { sessions: Sessions; submissions: Submissions }) {}

  async submit(request: Request): Promise<Reply> {
    try {
      return await this.submitIn(await this.session(request.caller), request);
    } catch (error) {
      // its user closed it: the next one is opened, once
      if (!(error instanceof PlatformError) || error.code !== 'session.closed') throw error;
      this.sessionOf.delete(keyOf(request.caller));
      return this.submitIn(await this.session(request.caller), request);
    }
  }

  private async submitIn(sessionId: string, { caller, operation, payload, correlation_id, wait_ms }: Request): Promise<Reply> {
    const submission = { intent_type: `runtime.${operation}`, session_id: sessionId, payload, metadata: {} };
    const { execution_id, session_id, status, result } = await this.parts.submissions.submit({ caller, submission, correlation_id, wait_ms });
    const report = operationReport.safeParse(result?.output);
    return {
      operation_id: execution_id,
      session_id,
      status,
      ...(report.success ? { report: report.data } : {}),
      ...(result?.error === undefined ? {} : { error: result.error }),
    };
  }

  private session(caller: Caller): Promise<string> {
    const key = keyOf(caller);
    const known = this.sessionOf.get(key);
    if (known !== undefined) return known;
    const opening = this.parts.sessions.create({ caller, context: { purpose: 'operations' } }).then((session) => session.session_id);
    this.sessionOf.set(key, opening);
    opening.catch(() => this.sessionOf.delete(key));
    return opening;
  }
}

const keyOf = (caller: Caller): string => `${caller.tenant_id}/${caller.user_id}`;
