import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startLocalStack, type LocalStack } from '@symphainy/launcher';
import { memoryMiB } from './process-figures.js';
import { RestDriver } from './rest-driver.js';
import { IN_FLIGHT, measureThroughput } from './workload.js';

/** What a webhook's subscriber is told that was away while events piled up. */
export interface EventsFigures {
  /** Waiting for the subscriber when it came back, and how many executions they are of. */
  readonly events_behind: number;
  readonly executions: number;
  readonly delivered_in_s: number;
  readonly delivered_per_s: number;
  /** Executions of which an event came before its predecessor; of which one is missing; and events that came more than once. */
  readonly out_of_order: number;
  readonly incomplete: number;
  readonly repeated: number;
  /** Smart City's resident memory: before, with everything piled up, and the most while it was delivered. */
  readonly smart_city_mb_before: number;
  readonly smart_city_mb_behind: number;
  readonly smart_city_mb_most: number;
}

const root = join(__dirname, '..', '..', '..');
const POLL_MS = 500;
/** Records of one execution of the workload, at least. */
const RECORDS = 10;
const LAST = 'symphainy.record.execution_completed';

interface Seen {
  last: string;
  inOrder: boolean;
  complete: boolean;
  /** Every event's place follows the one before: the next record of the frame, or the first of the next frame. */
  gapless: boolean;
}

/** The subscriber: keeps of each execution where it stands, so that a million events cost it nothing. */
class Subscriber {
  readonly executions = new Map<string, Seen>();
  events = 0;
  repeated = 0;
  private server: Server | undefined;
  port = 0;

  async open(): Promise<void> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.take(JSON.parse(Buffer.concat(chunks).toString()) as { executionid?: string; type: string; sequence: string });
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise<void>((resolve) => (this.server === undefined ? resolve() : this.server.close(() => resolve())));
  }

  private take({ executionid, type, sequence }: { executionid?: string; type: string; sequence: string }): void {
    if (executionid === undefined) return;
    this.events++;
    const seen = this.executions.get(executionid);
    if (seen !== undefined && sequence === seen.last) {
      this.repeated++;
      return;
    }
    const inOrder = seen === undefined || (seen.inOrder && sequence > seen.last);
    this.executions.set(executionid, { last: sequence, inOrder, complete: seen?.complete === true || type === LAST, gapless: (seen?.gapless ?? true) && follows(seen?.last, sequence) });
  }
}

function follows(before: string | undefined, after: string): boolean {
  const [seq, index] = after.split('.').map(Number);
  if (before === undefined) return seq === 0 && index === 0;
  const [lastSeq, lastIndex] = before.split('.').map(Number);
  return seq === lastSeq ? index === lastIndex! + 1 : seq === lastSeq! + 1 && index === 0;
}

/** A subscriber is away while `events` pile up, comes back, and is told them all: on real processes and over HTTP. */
export async function benchEvents(events: number, say: (text: string) => void): Promise<EventsFigures> {
  const dataDir = await mkdtemp(join(tmpdir(), 'symphainy-events-'));
  const subscriber = new Subscriber();
  await subscriber.open();
  await subscriber.close();
  const stack = await startLocalStack({
    root,
    dataDir,
    only: ['smart-city', 'runtime', 'experience-gateway'],
    realms: [{ name: 'realm-bench', realm: 'bench', program: join(root, 'tools', 'bench', 'dist', 'bench-realm.js') }],
    env: { 'smart-city': { WEBHOOK_ALLOWED_TARGETS: `127.0.0.1:${subscriber.port}` } },
    onLine: (service, line) => /"level":"(error|fatal)"/.test(line) && say(`${service}: ${line}`),
  });
  try {
    return await measure(stack, subscriber, events, say);
  } finally {
    await subscriber.close();
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(stack: LocalStack, subscriber: Subscriber, events: number, say: (text: string) => void): Promise<EventsFigures> {
  const office = new Office(stack);
  const memory = (): number => Math.round(memoryMiB(stack.pidOf('smart-city'), 'resident'));
  const driver = await RestDriver.open(stack.gatewayUrl, stack.keyOf('alice'));
  await measureThroughput(driver.execute, IN_FLIGHT, IN_FLIGHT);
  await office.ask('subscribe', { subscription_id: 'bench', target: { kind: 'webhook', url: `http://127.0.0.1:${subscriber.port}/` } });
  const before = memory();
  say(`${events} events pile up`);
  let behind = await office.pending();
  while (behind < events) {
    await measureThroughput(driver.execute, Math.max(IN_FLIGHT, Math.min(2_000, Math.ceil((events - behind) / RECORDS))), IN_FLIGHT);
    // what is under way counts too
    behind = await office.settled();
  }
  await driver.close();
  const piled = memory();
  say(`${behind} wait; the subscriber is back`);
  await subscriber.open();
  const start = performance.now();
  let most = piled;
  while ((await office.pending()) > 0) {
    most = Math.max(most, memory());
    await setTimeout(POLL_MS);
  }
  const seconds = (performance.now() - start) / 1000;
  const seen = [...subscriber.executions.values()].filter(({ last }) => last !== '');
  return {
    events_behind: behind, executions: seen.length, delivered_in_s: Math.round(seconds * 10) / 10, delivered_per_s: Math.round(behind / seconds),
    out_of_order: seen.filter(({ inOrder }) => !inOrder).length, incomplete: seen.filter(({ complete, gapless }) => !complete || !gapless).length, repeated: subscriber.repeated,
    smart_city_mb_before: before, smart_city_mb_behind: piled, smart_city_mb_most: most,
  };
}

/** The tenant's administrator of subscriptions. */
class Office {
  constructor(private readonly stack: LocalStack) {}

  async ask(action: string, payload: object): Promise<{ [key: string]: unknown }> {
    const response = await fetch(`${this.stack.gatewayUrl}/v1/governance/${action}`, { method: 'POST', headers: { authorization: `Bearer ${this.stack.keyOf('admin')}`, 'content-type': 'application/json', prefer: 'wait=60' }, body: JSON.stringify({ tenant_id: 'acme', ...payload }) });
    const body = (await response.json()) as { output?: { [key: string]: unknown } };
    if (response.status !== 200) throw new Error(`governance.${action}: ${response.status} ${JSON.stringify(body).slice(0, 500)}`);
    return body.output ?? {};
  }

  /** How many events wait for the subscriber. */
  async pending(): Promise<number> {
    const { subscriptions } = (await this.ask('list_subscriptions', {})) as { subscriptions?: { deliveries: { pending: number } }[] };
    return subscriptions?.[0]?.deliveries.pending ?? 0;
  }

  /** The same once nothing more comes in. */
  async settled(): Promise<number> {
    for (let before = await this.pending(); ; ) {
      await setTimeout(4 * POLL_MS);
      const now = await this.pending();
      if (now === before) return now;
      before = now;
    }
  }
}
