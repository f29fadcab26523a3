/**
 * The hostile realm as the process it would be: started like every realm, with the environment that a realm is given, its bus user and password in it. It does on the bus
 * what the attacker tells it to, over a server of its own on this machine.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectNats } from '@symphainy/bus-nats';
import { silentLogger } from '@symphainy/kernel';
import type { Bus } from '@symphainy/ports';
import { commandOf, MARK, type Command, type Heard } from './hostile-words.js';

const ANSWER_LIMIT_MS = 5_000;
const ALIVE_MS = 10_000;
const { BUS_URL = '', BUS_USER = '', BUS_PASSWORD = '', BUS_CA_FILE } = process.env;

/** What it hears, to whoever listens. */
class Ears {
  private listener: ServerResponse | undefined;
  private readonly unheard: string[] = [];

  hear(heard: Heard): void {
    const line = `${JSON.stringify(heard)}\n`;
    if (this.listener === undefined) this.unheard.push(line);
    else this.listener.write(line);
  }

  open(response: ServerResponse): void {
    this.listener = response.writeHead(200);
    response.write(`\n${this.unheard.splice(0).join('')}`);
    // silence is taken for the end of a connection after a while
    setInterval(() => response.write('\n'), ALIVE_MS).unref();
  }
}

async function does(bus: Bus, ears: Ears, command: Command): Promise<object> {
  switch (command.do) {
    case 'publish':
      for (const { subject, data } of command.messages) bus.publish(subject, Buffer.from(data));
      await bus.flush();
      ears.hear({ pattern: MARK, subject: command.mark, data: '' });
      return {};
    case 'subscribe':
      bus.subscribe(command.pattern, ({ subject, data, reply }) => ears.hear({ pattern: command.pattern, subject, data: Buffer.from(data).toString(), ...(reply === undefined ? {} : { reply }) }));
      await bus.flush();
      return {};
    case 'request':
      return bus.request(command.subject, Buffer.from(command.data), { timeoutMs: ANSWER_LIMIT_MS }).then(({ data }) => ({ data: Buffer.from(data).toString() }), (error: Error) => ({ refused: error.name }));
    case 'look':
      // all that it was given, by itself and as its children would have it
      return { environment: Object.entries(process.env).map(([name, value]) => `${name}=${value}`).join('\n'), given: readFileSync('/proc/self/environ', 'latin1') };
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
}

async function main(): Promise<void> {
  const bus = await connectNats({ url: BUS_URL, user: BUS_USER, password: BUS_PASSWORD, inboxPrefix: `_INBOX_${BUS_USER}`, name: BUS_USER, logger: silentLogger, ...(BUS_CA_FILE === undefined ? {} : { caFile: BUS_CA_FILE }) });
  const ears = new Ears();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url === '/readyz') return void response.end('{}');
    if (request.url === '/heard') return ears.open(response);
    if (request.url !== '/do') return void response.writeHead(404).end();
    response.end(JSON.stringify(await does(bus, ears, commandOf(await bodyOf(request)))));
  };
  const server = createServer((request, response) => void answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error))));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.once('SIGTERM', () => process.exit(0));
  process.stderr.write(`${JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, msg: 'the hostile realm is up' })}\n`);
}

void main();
