import { connectNats } from '@symphainy/bus-nats';
import { type AttemptRef, type StepDispatch, subjectFor } from '@symphainy/contracts';
import { silentLogger } from '@symphainy/kernel';
import type { BusAccess } from '@symphainy/launcher';
import type { Bus } from '@symphainy/ports';
import { defineCapability, defineRealm, task } from '@symphainy/realm-sdk';
import { z } from 'zod';

/** Its service and bus user, and the realm it may speak for. */
export const HOSTILE = { name: 'realm-bench', realm: 'bench' } as const;
export const PROBE = 'bench.probe';

/** What it offers: one step, given a reference, that it never answers by itself. */
const offered = defineRealm({
  realm: HOSTILE.realm,
  capabilities: [defineCapability({
    intent: PROBE, version: '1.0.0', description: 'A step in hostile hands.', determinism: 'deterministic',
    input: z.object({ source: z.string().meta({ format: 'data-reference' }) }), output: z.looseObject({}),
    saga: [task('hold', () => ({ output: {} }), { timeoutMs: 120_000, retry: { max_attempts: 1 } })],
  })],
});

export interface Held {
  readonly dispatch: StepDispatch;
  readonly reply: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const ANSWER_LIMIT_MS = 5_000;

/** A realm with its real credentials, and nothing more: what it knows is what the Runtime sent it. */
export class HostileRealm {
  /** Of the steps that came here. */
  readonly tokens: string[] = [];
  private readonly held: Held[] = [];
  private readonly waiting: ((held: Held) => void)[] = [];

  private constructor(
    readonly bus: Bus,
    readonly access: BusAccess,
  ) {}

  static async connect(access: BusAccess): Promise<HostileRealm> {
    const bus = await connectNats({ ...access, name: access.user, logger: silentLogger });
    const realm = new HostileRealm(bus, access);
    bus.subscribe(`realm.${HOSTILE.realm}.*.step`, ({ data, reply }) => reply !== undefined && realm.take({ dispatch: JSON.parse(decoder.decode(data)) as StepDispatch, reply }));
    await realm.register();
    return realm;
  }

  /** The next step that the Runtime sends here. */
  next(): Promise<Held> {
    const held = this.held.shift();
    return held === undefined ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve(held);
  }

  /** The answer, or the error's code under `refused`. */
  async ask(subject: string, body: unknown): Promise<{ readonly ok?: unknown; readonly refused?: string }> {
    try {
      const { data } = await this.bus.request(subject, encoder.encode(JSON.stringify(body)), { timeoutMs: ANSWER_LIMIT_MS });
      const { ok, error } = JSON.parse(decoder.decode(data)) as { ok?: unknown; error?: { code: string } };
      return error === undefined ? { ok: ok ?? null } : { refused: error.code };
    } catch (error) {
      return { refused: (error as Error).name };
    }
  }

  hydrate(token: string, attempt: AttemptRef, reference: string): ReturnType<HostileRealm['ask']> {
    return this.ask(subjectFor('runtime.hydrate', {}), { token, attempt, reference });
  }

  /** Ends a held step well, so that its token is one of the past. */
  finish({ dispatch, reply }: Held): void {
    const result = { artifacts: [], events: [], state_changes: [], output: {} };
    this.bus.publish(reply, encoder.encode(JSON.stringify({ attempt: dispatch.attempt, handler_build: 'hostile', duration_ms: 1, result })));
  }

  private take(held: Held): void {
    this.tokens.push(held.dispatch.token);
    const waiter = this.waiting.shift();
    if (waiter === undefined) this.held.push(held);
    else waiter(held);
  }

  private async register(): Promise<void> {
    const { name, realm } = HOSTILE;
    for (;;) {
      const answer = await this.ask(subjectFor('smart-city.register.{service}.{realm}', { service: name, realm }), { service: name, plane: 'realm', instance: 'hostile', build: 'hostile', realm, capabilities: offered.describe() });
      if (answer.refused === undefined) return;
      if (answer.refused === 'registration.invalid') throw new Error('the hostile realm was not registered');
    }
  }
}
