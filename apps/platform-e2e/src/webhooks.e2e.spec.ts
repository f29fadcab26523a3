/** A subscriber that is away, a Smart City that dies, and what happened meanwhile: on real processes and a real HTTP receiver. */
import { createPublicKey, verify } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hashOf } from '@symphainy/kernel';
import type { Api } from './harness/api.js';
import { startBootstrappedStack, type TestPlatform } from './harness/platform.js';

const retry = { max_attempts: 1, initial_delay_ms: 0, multiplier: 2, max_delay_ms: 30_000, non_retryable_codes: [] };
const saga = { name: 'review.brief', steps: [{ timeout_ms: 60_000, retry, name: 'wait', kind: 'timer', duration_ms: 5 }] };
const person = (tenant_id: string, user_id: string, ...roles: string[]): object => ({ tenant_id, user_id, kind: 'person', roles });
const bootstrap = {
  tenants: [{ tenant_id: 'acme', name: 'Acme' }, { tenant_id: 'globex', name: 'Globex' }],
  identities: [person('acme', 'alice', 'builder'), person('acme', 'bob', 'builder'), person('globex', 'gina', 'builder'), person('platform', 'admin', 'governance_admin')],
  policies: [
    { id: 'builders', role: 'security_guard', text: 'permit(principal, action, resource) when { principal.roles.contains("builder") && context.own_session && resource.realm != "governance" };' },
    { id: 'admins', role: 'security_guard', text: 'permit(principal in Tenant::"platform", action == Action::"submit", resource in Realm::"governance") when { principal.roles.contains("governance_admin") };' },
  ],
  capabilities: [{ name: 'review.brief', realm: 'review', handler: 'review.brief', version: '1.0.0', description: '', input_contract: { type: 'object' }, output_contract: {}, determinism: 'deterministic', children: [], tools: [], saga, saga_hash: hashOf(saga) }],
};

interface Delivered {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: { readonly id: string; readonly type: string; readonly executionid: string; readonly sequence: string };
}

/** The subscriber: listens on the port it had, and keeps what it is sent. */
class Subscriber {
  readonly delivered: Delivered[] = [];
  private server: Server | undefined;
  private onDelivery: () => void = () => undefined;
  port = 0;

  async open(): Promise<void> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        this.delivered.push({ headers: request.headers, body, event: JSON.parse(body) as Delivered['event'] });
        response.writeHead(204).end();
        this.onDelivery();
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise<void>((resolve) => (this.server === undefined ? resolve() : this.server.close(() => resolve())));
    this.server = undefined;
  }

  until(met: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.onDelivery = () => void (met() && resolve());
      this.onDelivery();
    });
  }
}

describe('webhooks', () => {
  const subscriber = new Subscriber();
  let platform: TestPlatform;
  let admin: Api;
  let alice: Api;

  beforeAll(async () => {
    await subscriber.open();
    platform = await startBootstrappedStack(bootstrap, { 'smart-city': { WEBHOOK_ALLOWED_TARGETS: `127.0.0.1:${subscriber.port}`, WEBHOOK_RETRY_S: Array.from({ length: 50 }, () => '1').join(',') } });
    [admin, alice] = [platform.as('admin'), platform.as('alice')];
  }, 120_000);

  afterAll(async () => {
    await platform.stop();
    await subscriber.close();
  }, 60_000);

  it('a subscriber away, Smart City killed - afterwards all is there, in order for each execution, and every signature verifies', async () => {
    const office = await admin.createSession();
    const govern = async (action: string, payload: object): Promise<{ public_key: string }> => {
      const { execution_id, status, error } = await admin.execute<{ error?: unknown }>(office, `governance.${action}`, payload);
      expect([status, error]).toEqual(['completed', undefined]);
      return (await admin.get<{ output: { public_key: string } }>(`/v1/executions/${execution_id}/result`)).body.output;
    };
    const { public_key } = await govern('subscribe', { tenant_id: 'acme', subscription_id: 'desk', target: { kind: 'webhook', url: `http://127.0.0.1:${subscriber.port}/hook` } });
    await subscriber.close();
    const session = await alice.createSession();
    const run = async (count: number): Promise<string[]> => {
      const views = await Promise.all(Array.from({ length: count }, () => alice.execute(session, 'review.brief', {})));
      return views.map((view) => view.execution_id);
    };
    const before = await run(4);
    await platform.stack!.kill('smart-city');
    const during = await run(4);
    await platform.stack!.start('smart-city');
    await subscriber.open();
    const executions = [...before, ...during];
    const eventsOf = (id: string): Delivered['event'][] => subscriber.delivered.map((d) => d.event).filter((event) => event.executionid === id);
    await subscriber.until(() => executions.every((id) => eventsOf(id).some((event) => event.type === 'symphainy.record.execution_completed')));
    for (const id of executions) {
      const first = eventsOf(id).filter((event, i, all) => all.findIndex((other) => other.id === event.id) === i);
      expect(first.map((event) => event.sequence)).toEqual(first.map((event) => event.sequence).sort());
      expect(first.map((event) => event.type)).toEqual(expect.arrayContaining(['symphainy.record.intent_received', 'symphainy.record.step_completed', 'symphainy.record.execution_completed']));
    }
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(public_key.slice('whpk_'.length), 'base64').toString('base64url') }, format: 'jwk' });
    const verified = subscriber.delivered.map(({ headers, body }) => {
      const signature = String(headers['webhook-signature']).split(' ').find((s) => s.startsWith('v1a,')) ?? '';
      return verify(null, Buffer.from(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`), key, Buffer.from(signature.slice(4), 'base64'));
    });
    expect(new Set(verified)).toEqual(new Set([true]));
  }, 90_000);
});
