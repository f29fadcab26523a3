import { connectNats } from '@symphainy/bus-nats';
import { subjectFor, type SubjectReply, type SubjectRequestInput } from '@symphainy/contracts';
import { silentLogger } from '@symphainy/kernel';
import type { LocalStack } from '@symphainy/launcher';
import type { Bus } from '@symphainy/ports';
import { BENCH_INTENT, makePayload, type Execute } from './workload.js';

const caller = { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' } as const;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Submits straight to the Runtime over NATS, as the gateway does, without HTTP. */
export class BusDriver {
  private constructor(
    private readonly bus: Bus,
    private readonly sessionId: string,
  ) {}

  static async open(stack: LocalStack): Promise<BusDriver> {
    const access = stack.busAccess('experience-gateway');
    const bus = await connectNats({ ...access, name: 'bench', logger: silentLogger });
    const created = await ask<'runtime.session.create'>(bus, subjectFor('runtime.session.create', {}), { caller: { ...caller, roles: [] } });
    return new BusDriver(bus, created.session_id);
  }

  readonly execute: Execute = async () => {
    const reply = await ask<'runtime.intent.submit'>(this.bus, subjectFor('runtime.intent.submit', {}), {
      caller: { ...caller, roles: [] },
      submission: { intent_type: BENCH_INTENT, session_id: this.sessionId, payload: makePayload() },
      correlation_id: 'bench',
      wait_ms: 30_000,
    });
    if (reply.result?.success !== true) throw new Error(`an execution did not complete: ${JSON.stringify(reply).slice(0, 500)}`);
  };

  close(): Promise<void> {
    return this.bus.drain();
  }
}

async function ask<S extends 'runtime.session.create' | 'runtime.intent.submit'>(bus: Bus, subject: string, body: SubjectRequestInput<S>): Promise<SubjectReply<S>> {
  const answer = await bus.request(subject, encoder.encode(JSON.stringify(body)), { timeoutMs: 35_000 });
  const envelope = JSON.parse(decoder.decode(answer.data)) as { ok?: SubjectReply<S>; error?: unknown };
  if (envelope.ok === undefined) throw new Error(JSON.stringify(envelope.error));
  return envelope.ok;
}
