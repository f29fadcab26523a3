import { setTimeout as pause } from 'node:timers/promises';
import type { IdSource } from '@symphainy/kernel';
import type { Book, Entry } from './book.js';
import { watchEvents } from './event-watch.js';
import type { GatewayClient, Reply } from './gateway-client.js';
import type { Pace } from './pace.js';
import type { Ledger } from './ledger.js';
import { APPROVAL, BOOK, ENDS_OF, INTENT_OF, KIND_WEIGHTS, payloadFrom } from './sagas.js';
import { SeededChoice } from './seeded-choice.js';

export interface LoadParts {
  readonly client: GatewayClient;
  readonly book: Book;
  readonly pace: Pace;
  readonly ids: IdSource;
  readonly sessions: readonly string[];
  /** Where an operator looks up whether an effect happened. */
  readonly ledger: Ledger;
  readonly seed: number;
  readonly executions: number;
  /** Executions kept going at once. */
  readonly inFlight: number;
}

const ASK_AGAIN_MS = 100;
/** An operator does not judge an effect before whoever carried it out has had time to end. */
const JUDGE_AFTER_MS = 3000;
const WAIT = { prefer: 'wait=5' };
const ENDED = new Set(['completed', 'failed', 'cancelled', 'terminated', 'rejected']);
/** One execution in so many is watched over server-sent events. */
const WATCHED_EACH = 10;

/** Asks again after a lost connection, a passing refusal, or silence, as callers do who never give up; under the same key and id. */
export class Load {
  private started = 0;

  constructor(private readonly parts: LoadParts) {}

  /** Resolves when every execution has ended, or the pace was called off. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.parts.inFlight }, () => this.lane()));
  }

  private async lane(): Promise<void> {
    const { pace, executions } = this.parts;
    while (this.started < executions && !pace.closing) {
      const n = this.started++;
      await pace.mayStart(n);
      if (pace.closing) return;
      await this.execute(n);
    }
  }

  private async execute(n: number): Promise<void> {
    const { book, pace } = this.parts;
    const entry = this.entryOf(n);
    book.entries.push(entry);
    const watched = new AbortController();
    let watching: Promise<void> | undefined;
    while (entry.endedAs === undefined && !pace.over) {
      const id = await this.submit(entry);
      if (id === undefined) continue;
      if (n % WATCHED_EACH === 0) watching ??= watchEvents(this.parts.client, id, book, watched.signal);
      if (entry.endedAs === undefined) await this.urge(entry, id);
    }
    if (pace.over) watched.abort();
    await watching;
    pace.ended();
  }

  private entryOf(n: number): Entry {
    const { seed, ids, sessions } = this.parts;
    const choice = new SeededChoice(seed * 31 + n);
    const kind = choice.weighted(KIND_WEIGHTS);
    const named = choice.fraction() < 0.5;
    return { kind, sessionId: sessions[n % sessions.length]!, payload: payloadFrom(choice), idempotencyKey: `chaos-${seed}-${n}`, intentId: named ? ids.next() : undefined, answeredIds: new Set(), acknowledged: false, endedAs: undefined };
  }

  /** The execution's id once it is acknowledged. */
  private async submit(entry: Entry): Promise<string | undefined> {
    const { client, book } = this.parts;
    const waits = entry.kind === 'signalled' || entry.kind === 'cancelled' ? {} : WAIT;
    const body = { intent_type: INTENT_OF[entry.kind], session_id: entry.sessionId, payload: entry.payload, idempotency_key: entry.idempotencyKey, ...(entry.intentId === undefined ? {} : { intent_id: entry.intentId }) };
    const reply = await this.ask(() => client.post('/v1/intents', body, waits));
    if (reply === undefined) return undefined;
    if (reply.status !== 200 && reply.status !== 202) {
      book.faults.push(`${entry.idempotencyKey} was refused: ${reply.status} ${JSON.stringify(reply.body).slice(0, 300)}`);
      book.end(entry, 'refused');
      return undefined;
    }
    const id = String(reply.body['execution_id']);
    entry.acknowledged = true;
    entry.answeredIds.add(id);
    if (reply.status === 200) this.note(entry, reply.body['success'] === true ? 'completed' : 'failed');
    return id;
  }

  /** What an execution that waits for somebody needs, then a look at where it is. */
  private async urge(entry: Entry, id: string): Promise<void> {
    const { client } = this.parts;
    if (entry.kind === 'cancelled') await this.ask(() => client.post(`/v1/executions/${id}/cancel`, { reason: 'chaos' }));
    if (entry.kind === 'signalled') await this.ask(() => client.post(`/v1/executions/${id}/signals/${APPROVAL}`, { data: { output: entry.payload } }));
    if (entry.kind !== 'cancelled' && entry.kind !== 'signalled' && entry.kind !== 'booked') return;
    const reply = await this.ask(() => client.get(`/v1/executions/${id}/status`));
    const status = String(reply?.body['status'] ?? 'running');
    if (status === 'stuck') await this.judge(id);
    else if (reply?.status === 200 && ENDED.has(status)) this.note(entry, status);
  }

  /** What an operator does with an effect whose outcome is unknown: looks at the outside system, and says. */
  private async judge(id: string): Promise<void> {
    await pause(JUDGE_AFTER_MS);
    const happened = await this.parts.ledger.has(id, BOOK);
    await this.ask(() => this.parts.client.post(`/v1/executions/${id}/steps/${BOOK}/resolution`, { happened, reason: 'the ledger says so' }));
  }

  private note(entry: Entry, status: string): void {
    const { book } = this.parts;
    if (!ENDS_OF[entry.kind].includes(status)) book.faults.push(`${[...entry.answeredIds].join()} (${entry.kind}) ended as ${status}`);
    book.end(entry, status);
  }

  /** The reply, unless asking again may bring a better one. */
  private async ask(call: () => Promise<Reply>): Promise<Reply | undefined> {
    const { book } = this.parts;
    book.requests++;
    try {
      const reply = await call();
      if (reply.status < 500 && reply.status !== 429) return reply;
    } catch {
      // Lost connections are what this is about: the outcome is unknown, and the same request is asked again.
    }
    book.retries++;
    await pause(ASK_AGAIN_MS);
    return undefined;
  }
}
