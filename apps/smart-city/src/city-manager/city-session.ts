import { failure, isEnded, type Caller, type IntentSubmission } from '@symphainy/contracts';
import { asPlatformError, fromWireError, type Json } from '@symphainy/kernel';
import type { ServiceHost } from '@symphainy/service-host';
import { cityCaller } from './platform-tenant.js';

/** How long the Runtime holds its answer for the result, and how long that answer may take. */
const WAIT_MS = 8_000;
const ANSWER_LIMIT_MS = 10_000;

/** Codes that say the session at hand is of no use any more. */
const LOST_SESSION = ['session.not_found', 'session.closed'];

/** Smart City as a caller of the Runtime: its own intents, under a service identity (its own unless told otherwise), in a session of its own. */
export class CitySession {
  private sessionId: string | undefined;

  constructor(
    private readonly host: ServiceHost,
    private readonly caller: Caller = cityCaller,
  ) {}

  /** Submits an intent and waits until it has completed; rejects with its error if it was refused or failed. Resolves to its execution's id. */
  async perform(intentType: string, payload: { [key: string]: Json }, idempotencyKey: string): Promise<string> {
    try {
      return await this.submit({ intent_type: intentType, payload, metadata: {}, idempotency_key: idempotencyKey });
    } catch (error) {
      if (LOST_SESSION.includes(asPlatformError(error).code)) this.sessionId = undefined;
      throw error;
    }
  }

  private async submit(intent: Omit<IntentSubmission, 'session_id'>): Promise<string> {
    const session_id = (this.sessionId ??= await this.open());
    const submission = { ...intent, session_id };
    const reply = await this.host.channels.request('runtime.intent.submit', {}, { caller: this.caller, submission, correlation_id: this.host.ids.next(), wait_ms: WAIT_MS }, { timeoutMs: ANSWER_LIMIT_MS });
    if (reply.status === 'completed') return reply.execution_id;
    if (!isEnded(reply.status)) throw failure('wait.elapsed', { message: `${intent.intent_type} has not completed yet`, details: { execution_id: reply.execution_id } });
    throw reply.result?.error ? fromWireError(reply.result.error) : failure('governance.invalid', { message: `${intent.intent_type} ended as ${reply.status}`, details: { execution_id: reply.execution_id } });
  }

  private async open(): Promise<string> {
    const session = await this.host.channels.request('runtime.session.create', {}, { caller: this.caller, context: { service: this.host.name } });
    return session.session_id;
  }
}
