import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { type AttemptRef, type StepDispatch, subjectFor } from '@symphainy/contracts';
import { defineCapability, defineRealm, task } from '@symphainy/realm-sdk';
import { z } from 'zod';
import { heardOf, MARK, type Command, type Heard } from './hostile-words.js';

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

/** A realm with its real credentials, in a process of its own, and nothing more: what it knows is what the Runtime sent it, and what it was started with. */
export class HostileRealm {
  /** Of the steps that came here. */
  readonly tokens: string[] = [];
  private readonly held: Held[] = [];
  private readonly waiting = new Map<string, (held: Held) => void>();
  private readonly handlers = new Map<string, (heard: Heard) => void>();
  private readonly unsent: { subject: string; data: string }[] = [];
  private readonly listening = new AbortController();
  private marks = 0;

  private constructor(private readonly url: string) {}

  /** `url`: where its process listens. Registers it, and has the Runtime's steps kept. */
  static async at(url: string): Promise<HostileRealm> {
    const realm = new HostileRealm(url);
    await realm.listen();
    await realm.subscribe(`realm.${HOSTILE.realm}.*.step`, ({ data, reply }) => reply !== undefined && realm.take({ dispatch: JSON.parse(data) as StepDispatch, reply }));
    await realm.register();
    return realm;
  }

  /** The step of an execution, once the Runtime sends it here. Those of others, which it may send again, have nothing to do with it. */
  stepOf(executionId: string): Promise<Held> {
    const held = this.held.find(({ dispatch }) => dispatch.attempt.execution_id === executionId);
    return held === undefined ? new Promise((resolve) => this.waiting.set(executionId, resolve)) : Promise.resolve(held);
  }

  /** Sent with the next `flush`. */
  publish(subject: string, data: string): void {
    this.unsent.push({ subject, data });
  }

  /** Resolves when the bus has all of it, and everything that the process heard until then is known here. */
  async flush(): Promise<void> {
    const mark = String(++this.marks);
    const heard = new Promise<void>((resolve) => this.handlers.set(MARK, ({ subject }) => subject === mark && resolve()));
    await this.tell({ do: 'publish', messages: this.unsent.splice(0), mark });
    await heard;
  }

  async subscribe(pattern: string, handler: (heard: Heard) => void): Promise<void> {
    this.handlers.set(pattern, handler);
    await this.tell({ do: 'subscribe', pattern });
  }

  /** The answer, or the error's code under `refused`. */
  ask(subject: string, body: unknown): Promise<{ readonly ok?: unknown; readonly refused?: string }> {
    return this.askRaw(subject, JSON.stringify(body));
  }

  /** The same with whatever text. */
  async askRaw(subject: string, text: string): Promise<{ readonly ok?: unknown; readonly refused?: string }> {
    const { data, refused } = (await this.tell({ do: 'request', subject, data: text })) as { data?: string; refused?: string };
    if (data === undefined) return { refused: refused ?? 'nothing' };
    const { ok, error } = JSON.parse(data) as { ok?: unknown; error?: { code: string } };
    return error === undefined ? { ok: ok ?? null } : { refused: error.code };
  }

  /** Everything that the process finds in its own environment. */
  async look(): Promise<string> {
    return JSON.stringify(await this.tell({ do: 'look' }));
  }

  hydrate(token: string, attempt: AttemptRef, reference: string): ReturnType<HostileRealm['ask']> {
    return this.ask(subjectFor('runtime.hydrate', {}), { token, attempt, reference });
  }

  /** Ends a held step well, so that its token is one of the past. */
  async finish({ dispatch, reply }: Held): Promise<void> {
    const result = { artifacts: [], events: [], state_changes: [], output: {} };
    this.publish(reply, JSON.stringify({ attempt: dispatch.attempt, handler_build: 'hostile', duration_ms: 1, result }));
    await this.flush();
  }

  /** Listens to its process no more. */
  leave(): void {
    this.listening.abort();
  }

  private async tell(command: Command): Promise<object> {
    const response = await fetch(`${this.url}/do`, { method: 'POST', body: JSON.stringify(command) });
    if (!response.ok) throw new Error(`the hostile realm failed: ${await response.text()}`);
    return (await response.json()) as object;
  }

  private async listen(): Promise<void> {
    const { body } = await fetch(`${this.url}/heard`, { signal: this.listening.signal });
    if (body === null) throw new Error('the hostile realm does not say what it hears');
    void this.hear(createInterface({ input: Readable.fromWeb(body as never) }));
  }

  private async hear(lines: AsyncIterable<string>): Promise<void> {
    try {
      for await (const line of lines) {
        const heard = line === '' ? undefined : heardOf(JSON.parse(line));
        if (heard !== undefined) this.handlers.get(heard.pattern)?.(heard);
      }
    } catch (error) {
      if (!this.listening.signal.aborted) throw error;
    }
  }

  private take(held: Held): void {
    this.tokens.push(held.dispatch.token);
    this.held.push(held);
    this.waiting.get(held.dispatch.attempt.execution_id)?.(held);
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
