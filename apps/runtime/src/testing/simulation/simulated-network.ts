import { type Bus, type BusHandler, type BusMessage, type BusSubscription, NO_RESPONDERS, NoRespondersError, type PublishOptions, RequestTimeoutError, type SubscribeOptions } from '@symphainy/ports';
import type { Chance } from './chance.js';
import type { SimulatedMachine } from './simulated-machine.js';

/** How the network treats messages. Probabilities per message and receiver. */
export interface NetworkWeather {
  readonly loss: number;
  readonly duplicate: number;
  /** Of a delay of up to `slowMs`. */
  readonly slow: number;
  readonly slowMs: number;
  /** Whether one sender's messages may overtake each other. */
  readonly reorders: boolean;
}

export const FAIR_WEATHER: NetworkWeather = { loss: 0, duplicate: 0, slow: 0, slowMs: 0, reorders: false };

interface Subscription {
  readonly matches: (subject: string) => boolean;
  readonly handler: BusHandler;
  readonly queue: string | undefined;
  readonly owner: SimulatedBus;
  open: boolean;
}

interface Letter {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly reply: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sees every message at its publisher, before anything can happen to it. Before `sent` nothing has left; after it, the network has it. */
export interface PublishWatch {
  publishing(machine: SimulatedMachine, letter: Letter): void;
  published(machine: SimulatedMachine, letter: Letter): void;
}

/** The bus of a schedule, with the semantics of core NATS: at most once, one member of each queue group, told at once when nobody listens. */
export class SimulatedNetwork {
  weather: NetworkWeather = FAIR_WEATHER;
  readonly watches: PublishWatch[] = [];
  private readonly subscriptions = new Set<Subscription>();
  private readonly unreachable = new Set<string>();
  private readonly lastArrival = new Map<string, number>();
  private inboxes = 0;

  constructor(private readonly chance: Chance) {}

  connect(machine: SimulatedMachine): SimulatedBus {
    return new SimulatedBus(this, machine);
  }

  /** Cuts a machine (by name) off, in both directions: what it sends and what is sent to it is lost. */
  cut(name: string): void {
    this.unreachable.add(name);
  }

  heal(name: string): void {
    this.unreachable.delete(name);
  }

  isCut(name: string): boolean {
    return this.unreachable.has(name);
  }

  join(subscription: Subscription): void {
    this.subscriptions.add(subscription);
  }

  leave(subscription: Subscription): void {
    subscription.open = false;
    this.subscriptions.delete(subscription);
  }

  /** Open subscriptions of a machine. */
  countOf(machine: SimulatedMachine): number {
    return [...this.subscriptions].filter(({ owner }) => owner.machine === machine).length;
  }

  newInbox(): string {
    return `_INBOX.${++this.inboxes}`;
  }

  publish(from: SimulatedMachine, letter: Letter): void {
    if (!from.isUp) return;
    for (const watch of this.watches) watch.publishing(from, letter);
    if (!from.isUp) return;
    if (!this.unreachable.has(from.name)) this.route(from, letter);
    for (const watch of this.watches) watch.published(from, letter);
  }

  private route(from: SimulatedMachine, letter: Letter): void {
    const receivers = this.receiversOf(letter.subject);
    if (receivers.length === 0 && letter.reply !== undefined) {
      const nobody: Letter = { subject: letter.reply, data: new Uint8Array(), reply: undefined, headers: { status: NO_RESPONDERS } };
      for (const receiver of this.receiversOf(letter.reply)) this.send(from, receiver, nobody);
    }
    for (const receiver of receivers) this.send(from, receiver, letter);
  }

  private send(from: SimulatedMachine, receiver: Subscription, letter: Letter): void {
    const { weather, chance } = this;
    if (chance.hit(weather.loss)) return;
    this.deliverLater(from, receiver, letter);
    if (chance.hit(weather.duplicate)) this.deliverLater(from, receiver, letter);
  }

  private deliverLater(from: SimulatedMachine, receiver: Subscription, letter: Letter): void {
    const { machine } = receiver.owner;
    machine.after(this.delayOf(from, machine), letter.subject, () => {
      if (receiver.open && !this.unreachable.has(machine.name)) receiver.handler(this.message(machine, letter));
    });
  }

  private delayOf(from: SimulatedMachine, to: SimulatedMachine): number {
    const { weather, chance } = this;
    const delay = chance.hit(weather.slow) ? chance.skewed(1, weather.slowMs) : chance.between(0.05, 1);
    if (weather.reorders) return delay;
    const way = `${from.name} ${to.name}`;
    const arrival = Math.max(from.timeline.now + delay, this.lastArrival.get(way) ?? 0);
    this.lastArrival.set(way, arrival);
    return arrival - from.timeline.now;
  }

  private receiversOf(subject: string): Subscription[] {
    const found: Subscription[] = [];
    const groups = new Map<string, Subscription[]>();
    for (const subscription of this.subscriptions) {
      if (!subscription.matches(subject)) continue;
      if (subscription.queue === undefined) found.push(subscription);
      else groups.set(subscription.queue, [...(groups.get(subscription.queue) ?? []), subscription]);
    }
    for (const members of groups.values()) found.push(this.chance.pick(members));
    return found;
  }

  private message(machine: SimulatedMachine, letter: Letter): BusMessage {
    return {
      ...letter,
      respond: (data, headers = {}) => {
        if (letter.reply !== undefined) this.publish(machine, { subject: letter.reply, data, reply: undefined, headers });
      },
    };
  }
}

/** One machine's connection. It ends with the machine. */
export class SimulatedBus implements Bus {
  private readonly mine = new Set<Subscription>();

  constructor(
    private readonly network: SimulatedNetwork,
    readonly machine: SimulatedMachine,
  ) {}

  get connected(): boolean {
    return this.machine.isUp && !this.network.isCut(this.machine.name);
  }

  publish(subject: string, data: Uint8Array, options: PublishOptions = {}): void {
    this.network.publish(this.machine, { subject, data, reply: options.reply, headers: options.headers ?? {} });
  }

  subscribe(pattern: string, handler: BusHandler, options: SubscribeOptions = {}): BusSubscription {
    const subscription: Subscription = { matches: matcherOf(pattern), handler, queue: options.queue === undefined ? undefined : `${pattern} ${options.queue}`, owner: this, open: true };
    this.mine.add(subscription);
    if (this.machine.isUp) this.network.join(subscription);
    return {
      unsubscribe: () => {
        this.mine.delete(subscription);
        this.network.leave(subscription);
      },
    };
  }

  request(subject: string, data: Uint8Array, options: { readonly timeoutMs: number; readonly headers?: Readonly<Record<string, string>> }): Promise<BusMessage> {
    return new Promise((resolve, reject) => {
      const reply = this.network.newInbox();
      const finish = (settle: () => void): void => {
        cancel();
        inbox.unsubscribe();
        settle();
      };
      const heard = (message: BusMessage): void => (message.headers['status'] === NO_RESPONDERS ? reject(new NoRespondersError(`nobody listens on ${subject}`)) : resolve(message));
      const inbox = this.subscribe(reply, (message) => finish(() => heard(message)));
      const cancel = this.machine.clock.after(options.timeoutMs, () => finish(() => reject(new RequestTimeoutError(`no answer on ${subject} within ${options.timeoutMs} ms`))));
      this.publish(subject, data, { reply, ...(options.headers ? { headers: options.headers } : {}) });
    });
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  drain(): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** The connection is gone: nothing reaches it any more. */
  close(): void {
    for (const subscription of this.mine) this.network.leave(subscription);
    this.mine.clear();
  }
}

const matchers = new Map<string, (subject: string) => boolean>();

/** `*` stands for one token, a final `>` for one or more. */
function matcherOf(pattern: string): (subject: string) => boolean {
  if (!/[*>]/.test(pattern)) return (subject) => subject === pattern;
  const known = matchers.get(pattern);
  if (known !== undefined) return known;
  const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^.]+').replace(/>$/, '.+')}$`);
  const matches = (subject: string): boolean => expression.test(subject);
  matchers.set(pattern, matches);
  return matches;
}
