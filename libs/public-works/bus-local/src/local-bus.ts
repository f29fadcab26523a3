import { AnswerParts, type Bus, type BusHandler, type BusMessage, type BusSubscription, MessageTooLargeError, NO_RESPONDERS, NoRespondersError, type PublishOptions, RequestTimeoutError, type SubscribeOptions } from '@symphainy/ports';
import type { Clock } from '@symphainy/kernel';
import { compilePattern } from './subject-match.js';

/** As much as the NATS adapter takes with the server's limit of 1 MiB, so that what is too large for one bus is too large for the other. */
const LARGEST_MESSAGE = 1024 * 1024 - 16 * 1024;

interface Member {
  readonly matches: (subject: string) => boolean;
  readonly handler: BusHandler;
  readonly queue: string | undefined;
  readonly owner: LocalBus;
}

/**
 * The bus of a single process: what NATS gives, without a server. Each service takes a connection of its own (`connect`), so that one
 * can drain while others go on. Messages are delivered in order, after the publisher's turn, as bytes, so both buses have the same
 * value semantics.
 */
export class LocalBusHub {
  private readonly exact = new Map<string, Set<Member>>();
  private readonly wild = new Set<Member>();
  private readonly turns = new Map<string, number>();
  private readonly pending: BusMessageSeed[] = [];
  private scheduled = false;

  constructor(private readonly clock: Clock) {}

  connect(): Bus {
    return new LocalBus(this, this.clock);
  }

  join(pattern: string, member: Member): () => void {
    const wild = /[*>]/.test(pattern);
    const home = wild ? this.wild : (this.exact.get(pattern) ?? new Set());
    if (!wild) this.exact.set(pattern, home);
    home.add(member);
    return () => {
      home.delete(member);
      if (!wild && home.size === 0) this.exact.delete(pattern);
    };
  }

  post(seed: BusMessageSeed): void {
    if (seed.data.length > LARGEST_MESSAGE) throw new MessageTooLargeError(`a message of ${seed.data.length} bytes on ${seed.subject} is larger than the bus takes (${LARGEST_MESSAGE})`);
    this.pending.push(seed);
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => this.deliverPending());
  }

  private deliverPending(): void {
    this.scheduled = false;
    for (const seed of this.pending.splice(0)) this.deliver(seed);
  }

  private deliver(seed: BusMessageSeed): void {
    const receivers = this.receiversOf(seed.subject);
    if (receivers.length === 0 && seed.reply !== undefined) {
      this.post({ subject: seed.reply, data: new Uint8Array(), reply: undefined, headers: { status: NO_RESPONDERS } });
      return;
    }
    for (const member of receivers) member.owner.handle(member.handler, this.message(seed));
  }

  private receiversOf(subject: string): Member[] {
    const all: Member[] = [...(this.exact.get(subject) ?? [])];
    for (const member of this.wild) if (member.matches(subject)) all.push(member);
    const plain = all.filter((m) => m.queue === undefined);
    const queues = Map.groupBy(all.filter((m) => m.queue !== undefined), (m) => m.queue);
    for (const [queue, members] of queues) plain.push(members[this.nextTurn(queue!) % members.length]!);
    return plain;
  }

  private nextTurn(queue: string): number {
    const turn = this.turns.get(queue) ?? 0;
    this.turns.set(queue, turn + 1);
    return turn;
  }

  private message(seed: BusMessageSeed): BusMessage {
    return {
      ...seed,
      respond: (data, headers) => {
        if (seed.reply !== undefined) this.post({ subject: seed.reply, data, reply: undefined, headers: headers ?? {} });
      },
    };
  }
}

interface BusMessageSeed {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly reply: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

let inboxes = 0;

class LocalBus implements Bus {
  private readonly leaves = new Set<() => void>();
  private open = true;

  constructor(
    private readonly hub: LocalBusHub,
    private readonly clock: Clock,
  ) {}

  get connected(): boolean {
    return this.open;
  }

  publish(subject: string, data: Uint8Array, options: PublishOptions = {}): void {
    this.hub.post({ subject, data, reply: options.reply, headers: options.headers ?? {} });
  }

  subscribe(pattern: string, handler: BusHandler, options: SubscribeOptions = {}): BusSubscription {
    const leave = this.hub.join(pattern, { matches: compilePattern(pattern), handler, queue: options.queue && `${pattern} ${options.queue}`, owner: this });
    this.leaves.add(leave);
    return {
      unsubscribe: () => {
        leave();
        this.leaves.delete(leave);
      },
    };
  }

  request(subject: string, data: Uint8Array, options: { readonly timeoutMs: number; readonly headers?: Readonly<Record<string, string>> }): Promise<BusMessage> {
    return new Promise((resolve, reject) => {
      const reply = `_INBOX.local.${++inboxes}`;
      const finish = (settle: () => void): void => {
        cancel();
        inbox.unsubscribe();
        settle();
      };
      const parts = new AnswerParts();
      const inbox = this.subscribe(reply, (message) => {
        if (message.headers['status'] === NO_RESPONDERS) return finish(() => reject(new NoRespondersError(`nobody listens on ${subject}`)));
        if (!AnswerParts.arePartsOf(message.headers)) return finish(() => resolve(message));
        const whole = parts.add(message);
        if (whole !== undefined) finish(() => resolve({ ...message, data: whole }));
      });
      const cancel = this.clock.after(options.timeoutMs, () => finish(() => reject(new RequestTimeoutError(`no answer on ${subject} within ${options.timeoutMs} ms`))));
      try {
        this.publish(subject, data, { reply, ...(options.headers ? { headers: options.headers } : {}) });
      } catch (error) {
        finish(() => reject(error as Error));
      }
    });
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  drain(): Promise<void> {
    this.open = false;
    for (const leave of this.leaves) leave();
    this.leaves.clear();
    return Promise.resolve();
  }

  /** A handler that throws is a bug to be seen, and must not cost other receivers their messages. */
  handle(handler: BusHandler, message: BusMessage): void {
    try {
      handler(message);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
