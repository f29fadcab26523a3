import { Inject, Injectable } from '@nestjs/common';
import { failure, type Caller, type Grant } from '@symphainy/contracts';
import { fromWireError, type Json } from '@symphainy/kernel';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import { demandIntent } from '../auth/key-scope.js';
import type { Authenticated } from '../auth/authenticated.js';
import { IntentSubmitter } from './intent-submitter.js';

const WAIT_MS = 20_000;
/** How long a change that is recorded may take until it is in force. */
const IN_FORCE_MS = 5_000;
const POLL_MS = 25;
const ANSWER_MS = 4_000;

/** Changes of governance that a route makes for its caller: the intent, and the wait until it shows. */
@Injectable()
export class GovernedChanges {
  constructor(
    @Inject(HOST) private readonly host: ServiceHost,
    @Inject(IntentSubmitter) private readonly submitter: IntentSubmitter,
  ) {}

  /** Submits `governance.<action>` and waits for its end; throws what refused or failed it. Resolves to its execution's id. */
  async submit(auth: Authenticated, correlationId: string, action: string, payload: { [key: string]: Json }): Promise<string> {
    const { caller } = auth;
    demandIntent(auth, `governance.${action}`);
    const { session_id } = await this.host.channels.request('runtime.session.open', {}, { caller, purpose: 'governance' });
    const submission = { intent_id: this.host.ids.next(), intent_type: `governance.${action}`, session_id, payload, metadata: {} };
    const { execution_id, result } = await this.submitter.submit({ caller, submission, correlationId, waitMs: WAIT_MS });
    if (result?.success === true) return execution_id;
    if (result?.error === undefined) throw failure('wait.elapsed', { message: 'the change is recorded and goes on', details: { execution_id } });
    const error = fromWireError(result.error);
    throw Object.assign(error, { details: { ...error.details, execution_id } });
  }

  /** Resolves when every runtime and every gateway goes by the change that an execution recorded. Throws `wait.elapsed` when that takes longer than the change may. */
  async everywhere({ caller }: Authenticated, execution_id: string): Promise<void> {
    const { in_force } = await this.host.channels.request('runtime.governance.await', {}, { caller, execution_id, wait_ms: IN_FORCE_MS }, { timeoutMs: IN_FORCE_MS + ANSWER_MS });
    if (!in_force) throw failure('wait.elapsed', { message: 'the change is recorded, and not yet in force at every gateway', details: { execution_id } });
  }

  /** What `look` finds, as soon as it finds it; undefined when it is not there in time. */
  async inForce<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T | undefined> {
    const { clock } = this.host;
    for (const deadline = clock.monotonic() + IN_FORCE_MS; ; ) {
      const found = await look();
      if (found !== undefined || clock.monotonic() >= deadline) return found;
      await new Promise<void>((resolve) => void clock.after(POLL_MS, resolve));
    }
  }

  async grants(caller: Caller): Promise<Map<string, Grant>> {
    const { grants } = await this.host.channels.request('runtime.grant.list', {}, { caller });
    return new Map(grants.map((grant) => [grant.grant_id, grant]));
  }
}
