import { setTimeout as pause } from 'node:timers/promises';
import type { Attack, Attempt } from './attempt.js';
import type { Target } from './target.js';

/** Where a request made from inside would do harm: this machine in every spelling, the network around it, and the cloud's metadata. */
const addresses = (port: number): string[] => [
  `http://127.0.0.1:${port}/`, `https://127.0.0.1:${port}/`, `https://localhost:${port}/`, `https://2130706433:${port}/`, `https://0x7f.1:${port}/`, `https://0177.0.0.1:${port}/`, `https://[::1]:${port}/`, `https://[::ffff:127.0.0.1]:${port}/`,
  'https://0.0.0.0/', `https://${[10, 0, 0, 1].join('.')}/`, `https://${[192, 168, 1, 1].join('.')}/`, 'https://169.254.169.254/latest/meta-data/', 'http://metadata.google.internal/', 'https://[fd00:ec2::254]/', `https://user:password@127.0.0.1:${port}/`,
];

/** References and webhooks that lead to addresses of the platform's own side: nothing there may be asked on a caller's word. */
export const addressAttack: Attack = {
  name: 'addresses',
  guard: 'addresses',
  run: async (target) => [...(await byReference(target)), ...(await byWebhook(target)), await byRedirect(target)],
};

async function byReference(target: Target): Promise<Attempt[]> {
  const gina = target.as('gina');
  const session = String((await gina.call('POST', '/v1/sessions', {})).body['session_id']);
  const { url } = target.bait;
  const attempts: Attempt[] = [];
  for (const source of target.choice.of([url, `${url}a/b`, 'file:///etc/passwd', 'http://169.254.169.254/latest/meta-data/', '../../secrets.json', '/etc/passwd'], 3)) {
    const [before, visits] = [await target.trail.countSeenBy(gina), target.bait.visits];
    const { status, text } = await gina.call('POST', '/v1/intents', { session_id: session, intent_type: 'content.ingest', payload: { source } });
    const got = target.bait.visits > visits || status < 400 || /root:.*:0:0:/.test(text) ? `${status}, ${target.bait.visits - visits} visits` : undefined;
    attempts.push({ name: `the reference ${source.replace(url, 'http://127.0.0.1/')}`, got, recorded: async () => (await target.trail.countSeenBy(gina)) > before });
  }
  return attempts;
}

let made = 0;

/** As an administrator of governance would: the worst case of who may name an address. */
const subscribe = (target: Target, url: string): Promise<{ status: number; text: string; body: Readonly<Record<string, unknown>> }> =>
  target.as('admin').call('POST', '/v1/governance/subscribe', { tenant_id: 'acme', subscription_id: `lure-${made++}`, target: { kind: 'webhook', url } });

/** A name whose addresses are looked up only when something is delivered is refused then. */
async function byWebhook(target: Target): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (const url of target.choice.of(addresses(target.bait.port), 6)) {
    const before = await refusedTargets(target);
    const { status, body } = await subscribe(target, url);
    const named = /localhost|internal/.test(url) && url.startsWith('https:');
    if (status < 400 && named) attempts.push(await whenDelivered(target, url, `lure-${made - 1}`));
    else attempts.push({ name: `the webhook ${url.replace(`:${target.bait.port}`, '')}`, got: status < 400 ? 'it is subscribed' : undefined, recorded: async () => body['code'] === 'request.invalid' || (await refusedTargets(target)) > before });
  }
  return attempts;
}

async function refusedTargets(target: Target): Promise<number> {
  const { text } = await target.as('admin').call('GET', '/v1/wal?record_type=execution_failed&limit=1000');
  return text.split('webhook.target_refused').length;
}

const DELIVERY_LIMIT_MS = 10_000;

/** Has something happen that the subscription is to be told, and waits until it was tried. */
async function tried(target: Target, subscription_id: string): Promise<string> {
  await target.as('alice').call('POST', '/v1/sessions', {});
  for (const end = performance.now() + DELIVERY_LIMIT_MS; performance.now() < end; await pause(50)) {
    const { body } = await target.as('admin').call('POST', '/v1/governance/list_deliveries', { tenant_id: 'acme', subscription_id });
    const { deliveries = [] } = (body['output'] ?? {}) as { deliveries?: { attempts: number; reason: string | null }[] };
    const first = deliveries.find(({ attempts }) => attempts > 0);
    if (first !== undefined) return first.reason ?? 'delivered';
  }
  return 'nothing was delivered';
}

async function whenDelivered(target: Target, url: string, subscriptionId: string): Promise<Attempt> {
  const visits = target.bait.visits;
  const told = await tried(target, subscriptionId);
  return { name: `the webhook ${url.replace(`:${target.bait.port}`, '')}, when it is delivered to`, got: target.bait.visits > visits ? 'the address was asked' : undefined, recorded: () => /not a public/.test(told) };
}

/** A receiver that may be reached, and sends whoever comes on to one that may not. */
async function byRedirect(target: Target): Promise<Attempt> {
  const visits = target.bait.visits;
  await subscribe(target, target.bouncer.url);
  const told = await tried(target, `lure-${made - 1}`);
  return { name: 'a webhook that redirects', got: target.bait.visits > visits ? 'the redirect was followed' : undefined, recorded: () => /redirects are not followed/.test(told) };
}
