import { LARGEST_ANSWER, respondInParts } from './answer-parts.js';
import { type Bus, type BusMessage, MessageTooLargeError, NO_RESPONDERS, NoRespondersError, RequestTimeoutError } from './bus.js';

const text = (message: BusMessage): string => new TextDecoder().decode(message.data);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A promise for the first `count` messages of a subscription. */
function collect(bus: Bus, pattern: string, count: number, queue?: string): Promise<BusMessage[]> {
  const seen: BusMessage[] = [];
  return new Promise((resolve) => {
    bus.subscribe(
      pattern,
      (message) => {
        seen.push(message);
        if (seen.length === count) resolve(seen);
      },
      queue === undefined ? {} : { queue },
    );
  });
}

/** The Bus contract. `connect` gives a fresh connection to one and the same bus; the suite drains what it opened. */
export function busContract(name: string, connect: () => Promise<Bus>): void {
  describe(`${name} - bus contract`, () => {
    const opened: Bus[] = [];
    const open = async (): Promise<Bus> => {
      const bus = await connect();
      opened.push(bus);
      return bus;
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((bus) => bus.drain()));
    });

    it('publish - messages of one publisher arrive in order, as bytes, with headers', async () => {
      const [sender, receiver] = [await open(), await open()];
      const arrived = collect(receiver, 'order.test', 3);
      await receiver.flush();
      for (const value of ['1', '2', '3']) sender.publish('order.test', bytes(value), { headers: { seen: value } });
      const messages = await arrived;
      expect(messages.map(text)).toEqual(['1', '2', '3']);
      expect(messages.map((m) => m.headers['seen'])).toEqual(['1', '2', '3']);
    });

    it('subscribe - wildcards match one token or the rest, and nothing else', async () => {
      const bus = await open();
      const star = collect(bus, 'wild.*.end', 1);
      const rest = collect(bus, 'wild.>', 3);
      await bus.flush();
      for (const subject of ['wild.a.b.end', 'wild.a', 'wild.a.end']) bus.publish(subject, bytes(subject));
      expect((await star).map(text)).toEqual(['wild.a.end']);
      expect((await rest).map(text)).toEqual(['wild.a.b.end', 'wild.a', 'wild.a.end']);
    });

    it('queue group - each message reaches one member only, and every group', async () => {
      const [sender, a, b] = [await open(), await open(), await open()];
      let taken = 0;
      for (const member of [a, b]) member.subscribe('queue.test', () => void taken++, { queue: 'workers' });
      const watcher = collect(b, 'queue.test', 20);
      await Promise.all([a.flush(), b.flush()]);
      for (let i = 0; i < 20; i++) sender.publish('queue.test', bytes(String(i)));
      await watcher;
      await Promise.all([a.flush(), b.flush()]);
      expect(taken).toBe(20);
    });

    it('request - the answer and its headers come back', async () => {
      const [client, server] = [await open(), await open()];
      server.subscribe('echo.test', (message) => message.respond(bytes(`${text(message)}!`), { kind: 'echo' }));
      await server.flush();
      const answer = await client.request('echo.test', bytes('hello'), { timeoutMs: 2000 });
      expect([text(answer), answer.headers['kind']]).toEqual(['hello!', 'echo']);
    });

    it('request - an answer larger than a message comes whole, among others that come meanwhile; larger than an answer may be, its sender is told', async () => {
      const [client, server] = [await open(), await open()];
      const large = new Uint8Array(3 * 1024 * 1024 + 7).map((_, i) => i % 251);
      server.subscribe('large.test', (message) => (message.data.length === 0 ? respondInParts(message, large) : message.respond(message.data)));
      const refused = new Promise<unknown>((resolve) => {
        server.subscribe('huge.test', (message) => {
          try {
            respondInParts(message, new Uint8Array(LARGEST_ANSWER + 1));
          } catch (error) {
            resolve(error);
            respondInParts(message, new Uint8Array());
          }
        });
      });
      await server.flush();
      const [whole, small, huge] = await Promise.all([client.request('large.test', bytes(''), { timeoutMs: 30_000 }), client.request('large.test', bytes('small'), { timeoutMs: 30_000 }), client.request('huge.test', bytes(''), { timeoutMs: 30_000 })]);
      expect([Buffer.compare(whole.data, large), text(small), huge.data.length]).toEqual([0, 'small', 0]);
      await expect(refused).resolves.toBeInstanceOf(MessageTooLargeError);
    });

    it('request - a part of an answer that is lost ends in a timeout, not in an answer that lacks it', async () => {
      const [client, server] = [await open(), await open()];
      server.subscribe('lost.test', (message) => {
        let sent = 0;
        respondInParts({ respond: (data, headers) => (++sent === 2 ? undefined : message.respond(data, headers)) }, new Uint8Array(2 * 1024 * 1024));
      });
      await server.flush();
      await expect(client.request('lost.test', bytes(''), { timeoutMs: 100 })).rejects.toBeInstanceOf(RequestTimeoutError);
    });

    it('request - nobody listening is told at once, not by a timeout', async () => {
      const client = await open();
      await expect(client.request('nobody.test', bytes(''), { timeoutMs: 30_000 })).rejects.toBeInstanceOf(NoRespondersError);
    });

    it('request - a silent responder ends in a timeout', async () => {
      const [client, server] = [await open(), await open()];
      server.subscribe('silent.test', () => undefined);
      await server.flush();
      await expect(client.request('silent.test', bytes(''), { timeoutMs: 30 })).rejects.toBeInstanceOf(RequestTimeoutError);
    });

    it('publish with reply - nobody listening comes back on the reply subject', async () => {
      const bus = await open();
      const back = collect(bus, 'answers.42', 1);
      await bus.flush();
      bus.publish('nobody.step', bytes('work'), { reply: 'answers.42' });
      const [message] = await back;
      expect([message?.headers['status'], message?.data.length]).toEqual([NO_RESPONDERS, 0]);
    });

    it('publish - more than the bus takes is refused to its sender at once, and what comes after it arrives', async () => {
      const [sender, receiver] = [await open(), await open()];
      const arrived = collect(receiver, 'size.test', 1);
      await receiver.flush();
      expect(() => sender.publish('size.test', new Uint8Array(2 * 1024 * 1024))).toThrow(MessageTooLargeError);
      await expect(sender.request('size.test', new Uint8Array(2 * 1024 * 1024), { timeoutMs: 1000 })).rejects.toThrow(MessageTooLargeError);
      sender.publish('size.test', bytes('small'));
      expect((await arrived).map(text)).toEqual(['small']);
    });

    it('unsubscribe - no message is delivered any more', async () => {
      const bus = await open();
      let count = 0;
      const subscription = bus.subscribe('gone.test', () => void count++);
      await bus.flush();
      subscription.unsubscribe();
      bus.publish('gone.test', bytes('x'));
      await bus.flush();
      await expect(bus.request('gone.test', bytes(''), { timeoutMs: 500 })).rejects.toBeInstanceOf(NoRespondersError);
      expect(count).toBe(0);
    });
  });
}
