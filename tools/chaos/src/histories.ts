import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { uuidV7Source } from '@symphainy/kernel';
import type { LocalStack } from '@symphainy/launcher';
import { GatewayClient, type Reply } from './gateway-client.js';
import { readHistory, type History } from './history.js';
import { openSession } from './open-session.js';
import { APPROVAL, INTENT_OF } from './sagas.js';

const POLL_MS = 50;
const PAYLOAD = { data: 'a recorded history', failures: 0 };
const ids = uuidV7Source(() => Date.now());

/** Makes one execution of each kind there is, on a stack with the realm of chaos and the content realm, and reads what was recorded. */
export class Histories {
  private readonly alice: GatewayClient;
  private readonly admin: GatewayClient;
  private readonly found: History[] = [];

  constructor(
    private readonly stack: LocalStack,
    private readonly samples: string,
  ) {
    this.alice = new GatewayClient(stack.gatewayUrl, stack.keyOf('alice'));
    this.admin = new GatewayClient(stack.gatewayUrl, stack.keyOf('admin'));
  }

  async record(): Promise<readonly History[]> {
    const session = await openSession(this.alice);
    await this.ended('completed', this.alice, session, INTENT_OF.three_steps, PAYLOAD);
    await this.ended('retried', this.alice, session, INTENT_OF.retrying, { ...PAYLOAD, failures: 2 });
    await this.ended('failed', this.alice, session, INTENT_OF.retrying, { ...PAYLOAD, failures: 99 });
    const parent = await this.ended('parent', this.alice, session, INTENT_OF.parent, PAYLOAD);
    await this.keep('child', await this.childOf(parent));
    await this.waiting('signalled', session, (id) => this.alice.post(`/v1/executions/${id}/signals/${APPROVAL}`, { data: { output: PAYLOAD } }));
    await this.waiting('cancelled', session, (id) => this.alice.post(`/v1/executions/${id}/cancel`, { reason: 'no longer wanted' }));
    await this.refused('denied', session, 'governance.issue_key', this.keyPayload());
    await this.refused('rejected', session, INTENT_OF.three_steps, { data: 5 });
    await this.uploaded(session);
    await this.ended('governance', this.admin, await openSession(this.admin), 'governance.issue_key', this.keyPayload());
    await this.adopted(session);
    await this.closed();
    this.alice.close();
    this.admin.close();
    return this.found;
  }

  private keyPayload(): object {
    return { key_id: 'recorded', key_hash: randomBytes(32).toString('hex'), tenant_id: 'acme', user_id: 'bob' };
  }

  private async ended(name: string, client: GatewayClient, session: string, intentType: string, payload: object): Promise<string> {
    const reply = await client.post('/v1/intents', { intent_type: intentType, session_id: session, payload }, { prefer: 'wait=30' });
    if (reply.status !== 200) throw new Error(`${name}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return this.keep(name, String(reply.body['execution_id']), client);
  }

  /** One that waits for somebody, who then does what `act` does. */
  private async waiting(name: string, session: string, act: (id: string) => Promise<Reply>): Promise<void> {
    const id = String((await this.alice.post('/v1/intents', { intent_type: INTENT_OF.signalled, session_id: session, payload: PAYLOAD })).body['execution_id']);
    await this.until(id, (steps) => steps.some((step) => step.name === 'approval'));
    for (let reply = await act(id); reply.status !== 200; reply = await act(id)) await pause(POLL_MS);
    await this.untilEnded(id);
    await this.keep(name, id);
  }

  private async refused(name: string, session: string, intentType: string, payload: object): Promise<void> {
    const id = ids.next();
    const reply = await this.alice.post('/v1/intents', { intent_id: id, intent_type: intentType, session_id: session, payload });
    if (reply.status < 400) throw new Error(`${name}: ${reply.status}`);
    await this.keep(name, id);
  }

  private async uploaded(session: string): Promise<void> {
    const form = new FormData();
    form.set('session_id', session);
    form.set('file', new Blob([await readFile(join(this.samples, 'bypass-test-notice.eml'))], { type: 'message/rfc822' }), 'notice.eml');
    const response = await fetch(`${this.stack.gatewayUrl}/v1/files`, { method: 'POST', headers: this.alice.authorization, body: form });
    const receipt = (await response.json()) as { execution_id: string; reference: string };
    await this.keep('upload', receipt.execution_id);
    await this.ended('hydrated', this.alice, session, 'content.ingest', { source: receipt.reference });
  }

  private async adopted(session: string): Promise<void> {
    const id = String((await this.alice.post('/v1/intents', { intent_type: INTENT_OF.signalled, session_id: session, payload: PAYLOAD })).body['execution_id']);
    await this.until(id, (steps) => steps.some((step) => step.name === 'approval'));
    await this.stack.kill('runtime');
    await this.stack.start('runtime');
    const act = (): Promise<Reply> => this.alice.post(`/v1/executions/${id}/signals/${APPROVAL}`, { data: { output: PAYLOAD } });
    for (let reply = await act(); reply.status !== 200; reply = await act()) await pause(POLL_MS);
    await this.untilEnded(id);
    await this.keep('adopted', id);
  }

  private async closed(): Promise<void> {
    const session = await openSession(this.alice);
    const response = await fetch(`${this.stack.gatewayUrl}/v1/sessions/${session}`, { method: 'DELETE', headers: this.alice.authorization });
    if (!response.ok) throw new Error(`the session was not closed: ${response.status}`);
    this.found.push(await readHistory(this.stack.postgresUrl, 'session', session, undefined));
  }

  private async childOf(parent: string): Promise<string> {
    const history = this.found.find(({ stream_id }) => stream_id === parent);
    const child = /"child_execution_id":"([0-9a-f-]{36})"|"type":"child_accepted"[^}]*"child_id":"([0-9a-f-]{36})"/.exec(history?.frames.map(({ body }) => body).join('') ?? '');
    if (child !== null) return (child[1] ?? child[2])!;
    const { body } = await this.alice.get(`/v1/executions?intent_type=${INTENT_OF.three_steps}&limit=1`);
    return (body['executions'] as { execution_id: string }[])[0]!.execution_id;
  }

  private async until(id: string, holds: (steps: { name: string }[], status: string) => boolean): Promise<void> {
    for (;;) {
      const { status, body } = await this.alice.get(`/v1/executions/${id}`);
      if (status === 200 && holds(body['steps'] as { name: string }[], String(body['status']))) return;
      await pause(POLL_MS);
    }
  }

  private untilEnded(id: string): Promise<void> {
    return this.until(id, (_, status) => status === 'completed' || status === 'cancelled');
  }

  private async keep(name: string, id: string, client = this.alice): Promise<string> {
    const { status, body } = await client.get(`/v1/executions/${id}`);
    if (status !== 200) throw new Error(`${name}: ${status} ${JSON.stringify(body)}`);
    this.found.push(await readHistory(this.stack.postgresUrl, name, id, body));
    return id;
  }
}
