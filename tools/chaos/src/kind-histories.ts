import { setTimeout as pause } from 'node:timers/promises';
import type { LocalStack } from '@symphainy/launcher';
import { GatewayClient } from './gateway-client.js';
import { readHistory, type History } from './history.js';
import { KIND, WORD, type Kind } from './kinds.js';
import { openSession } from './open-session.js';

interface View {
  readonly status: string;
  readonly steps: readonly { readonly name: string; readonly status: string }[];
}

const POLL_MS = 25;
const NEVER_MS = 30_000;
const PAYLOAD = { data: 'a recorded history' };
const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled', 'terminated', 'rejected']);
const hasEnded = ({ status }: View): boolean => ENDED.has(status);
const is = (status: string) => (view: View): boolean => view.status === status;
const waits = ({ steps }: View): boolean => steps.some(({ name, status }) => name === 'wait' && status === 'running');

/** Makes one execution of every kind on a stack with the realm of kinds, brings each to its end, and reads what was recorded. */
export class KindHistories {
  private readonly alice: GatewayClient;
  private readonly bob: GatewayClient;
  private readonly gina: GatewayClient;
  private readonly found: History[] = [];
  private session = '';

  constructor(private readonly stack: LocalStack) {
    [this.alice, this.bob, this.gina] = ['alice', 'bob', 'gina'].map((user) => new GatewayClient(stack.gatewayUrl, stack.keyOf(user))) as [GatewayClient, GatewayClient, GatewayClient];
  }

  async record(): Promise<readonly History[]> {
    this.session = await openSession(this.alice);
    for (const kind of ['branches', 'timer', 'sleeper', 'map', 'undone', 'asked', 'agent'] as const) await this.keep(kind, await this.start(kind));
    await this.effects();
    await this.goneWrong();
    await this.operatedOn();
    await this.deadlines();
    await this.family();
    await this.schedule();
    await this.adoptedFromParked();
    for (const client of [this.alice, this.bob, this.gina]) client.close();
    return this.found;
  }

  private async effects(): Promise<void> {
    const paid = await this.start('effect');
    await this.operate(paid, 'steps/pay/approval', { approved: true, reason: 'as agreed' });
    await this.keep('effect_approved', paid);
    for (const happened of [true, false]) {
      const unsure = await this.start('unsure');
      await this.until(unsure, is('stuck'));
      await this.operate(unsure, 'steps/pay/resolution', { happened, ...(happened ? { receipt: { data: 'the bank says so' } } : {}) });
      await this.keep(happened ? 'effect_unknown_happened' : 'effect_unknown_did_not_happen', unsure);
    }
  }

  private async goneWrong(): Promise<void> {
    const half = await this.start('not_undone');
    await this.until(half, is('stuck'));
    await this.operate(half, 'steps/half/skip-compensation');
    await this.keep('compensation_skipped', half);
    for (const kind of ['map_breaks', 'breaks'] as const) {
      const broken = await this.start(kind);
      await this.until(broken, is('failed'));
      await this.operate(broken, 'retry');
      await this.keep(`${kind}_retried`, broken, is('completed'));
    }
  }

  private async operatedOn(): Promise<void> {
    const paused = await this.start('waits', waits);
    const operation = await this.operate(paused, 'pause');
    await this.keep('operation', operation, hasEnded, this.bob);
    await this.operate(paused, 'resume');
    await this.signal(paused);
    await this.keep('paused_resumed', paused);

    const early = await this.start('waits_later');
    await this.signal(early);
    await this.keep('signalled_early', early);

    const again = await this.start('waits', waits);
    await this.signal(again);
    await this.until(again, is('completed'));
    await this.operate(again, 'continue', { step: 'wait' });
    await this.signal(again);
    await this.keep('continued_from', again, is('completed'));

    const terminated = await this.start('waits', waits);
    await this.operate(terminated, 'terminate');
    await this.keep('terminated', terminated);
    await this.start('waits', waits);
    const bulk = await this.bob.post('/v1/operations', { operation: 'cancel', query: { of: 'tenant', intent_type: KIND.waits, status: 'running' }, reason: 'all of them' });
    await this.keep('operation_in_bulk', String(bulk.body['operation_id']), hasEnded, this.bob);
  }

  private async deadlines(): Promise<void> {
    const observed = await this.start('late', waits);
    await this.untilRecorded(observed, 'deadline_missed');
    await this.signal(observed);
    await this.keep('deadline_observed', observed);
    const enforced = await this.start('late', () => true, this.gina, await openSession(this.gina));
    await this.keep('deadline_enforced', enforced, hasEnded, this.gina);
  }

  private async family(): Promise<void> {
    const parent = await this.start('parent');
    const child = await this.untilRecorded(parent, 'child_accepted');
    await this.until(String(child['child_execution_id']), waits);
    await this.operate(parent, 'cancel');
    await this.keep('parent_cancelled', parent);
    await this.keep('child_cancelled', String(child['child_execution_id']));
  }

  private async schedule(): Promise<void> {
    const { body } = await this.bob.post('/v1/schedules', { cron: '* * * * * *', as: 'nightly', max_firings: 2, intent: { intent_type: KIND.timer, payload: PAYLOAD } });
    await this.keep('schedule', String(body['schedule_id']), hasEnded, this.bob);
  }

  /** It sleeps when its runtime dies, so nobody takes it over: whoever is asked to wake it, does. */
  private async adoptedFromParked(): Promise<void> {
    const id = await this.start('waits', waits);
    await pause(1000);
    await this.stack.kill('runtime');
    await this.stack.start('runtime');
    await this.signal(id);
    await this.keep('adopted_from_parked', id);
  }

  private async start(kind: Kind, holds: (view: View) => boolean = () => true, client = this.alice, session_id = this.session): Promise<string> {
    const { status, body } = await client.post('/v1/intents', { intent_type: KIND[kind], session_id, payload: PAYLOAD });
    if (status !== 202) throw new Error(`${kind}: ${status} ${JSON.stringify(body)}`);
    const id = String(body['execution_id']);
    await this.until(id, holds, client);
    return id;
  }

  private signal(id: string): Promise<string> {
    return this.operate(id, `signals/${WORD}`, { data: { output: PAYLOAD } });
  }

  /** Asks until it is done; resolves with the operation's own execution. */
  private async operate(id: string, path: string, body: object = {}): Promise<string> {
    for (const end = performance.now() + NEVER_MS; ; await pause(POLL_MS)) {
      const reply = await this.bob.post(`/v1/executions/${id}/${path}`, body);
      if (reply.status === 200) return String(reply.body['operation_id']);
      if (performance.now() > end) throw new Error(`${path} of ${id}: ${reply.status} ${JSON.stringify(reply.body)}`);
    }
  }

  private async until(id: string, holds: (view: View) => boolean, client = this.alice): Promise<unknown> {
    for (const end = performance.now() + NEVER_MS; ; await pause(POLL_MS)) {
      const { status, body } = await client.get(`/v1/executions/${id}`);
      if (status === 200 && holds(body as unknown as View)) return body;
      if (performance.now() > end) throw new Error(`${id} does not come to it: ${status} ${JSON.stringify(body)}`);
    }
  }

  /** The first record of the type. */
  private async untilRecorded(id: string, type: string): Promise<Readonly<Record<string, unknown>>> {
    for (const end = performance.now() + NEVER_MS; performance.now() < end; await pause(POLL_MS)) {
      const { frames } = (await this.alice.get(`/v1/executions/${id}/records`)).body as { frames?: { records: Record<string, unknown>[] }[] };
      const found = frames?.flatMap(({ records }) => records).find((record) => record['type'] === type);
      if (found !== undefined) return found;
    }
    throw new Error(`${id}: no ${type}`);
  }

  private async keep(name: string, id: string, holds: (view: View) => boolean = hasEnded, client = this.alice): Promise<void> {
    const view = await this.until(id, holds, client);
    this.found.push(await readHistory(this.stack.postgresUrl, name, id, view));
  }
}
