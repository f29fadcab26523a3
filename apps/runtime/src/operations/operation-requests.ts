import { operationReport, type SubjectReply, type SubjectRequest } from '@symphainy/contracts';
import type { CallerSessions } from './caller-sessions.js';
import type { Submissions } from './submissions.js';

/**
 * Turns the operations of a caller into intents `runtime.<operation>` of a session that is kept for them: so each is accepted or refused by policy, and
 * recorded, like any other intent.
 */
export class OperationRequests {
  constructor(private readonly parts: { sessions: CallerSessions; submissions: Submissions }) {}

  async submit({ caller, operation_id, operation, payload, idempotency_key, correlation_id, wait_ms }: SubjectRequest<'runtime.operation.submit'>): Promise<SubjectReply<'runtime.operation.submit'>> {
    const submission = { ...(operation_id === undefined ? {} : { intent_id: operation_id }), intent_type: `runtime.${operation}`, session_id: await this.parts.sessions.open(caller, { purpose: 'operations' }), payload, metadata: {}, ...(idempotency_key === undefined ? {} : { idempotency_key }) };
    const { execution_id, session_id, status, result } = await this.parts.submissions.submitOperation({ caller, submission, correlation_id, wait_ms });
    const report = operationReport.safeParse(result?.output);
    return {
      operation_id: execution_id,
      session_id,
      status,
      ...(report.success ? { report: report.data } : {}),
      ...(result?.error === undefined ? {} : { error: result.error }),
    };
  }
}
