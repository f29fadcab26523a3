import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadSecrets, startLocalStack, type LocalStack, type LocalStackOptions, type Secrets } from '@symphainy/launcher';
import { Bait } from './bait.js';
import type { Choice } from './choice.js';
import { HttpCaller } from './http-caller.js';
import { HostileRealm, HOSTILE } from './hostile-realm.js';
import { Trail } from './trail.js';

/** What belongs to the tenant that is attacked. */
export interface Prey {
  readonly sessionId: string;
  readonly executionId: string;
  /** Of an ended execution: `<execution>/<step>/<name>`. */
  readonly reference: string;
  readonly otherReference: string;
}

export interface TargetOptions {
  /** The repository root, built. */
  readonly root: string;
  readonly choice: Choice;
  /** Guards taken away: what runs before a service's own code, and what its environment holds besides. For `--prove` alone. */
  readonly env?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The same of the servers' configurations. */
  readonly servers?: LocalStackOptions['servers'];
}

/** Services that the attacks need; a thorough run attacks all of them. */
const NEEDED = ['experience-gateway', 'runtime', 'smart-city', 'realm-content'] as const;
const OTHERS = ['realm-insights', 'realm-journey', 'realm-solution'] as const;

/** A platform of real processes with two tenants that have work of their own, a hostile client (gina of globex) and a hostile realm. */
export interface Target {
  readonly root: string;
  readonly choice: Choice;
  readonly stack: LocalStack;
  readonly services: readonly string[];
  readonly trail: Trail;
  readonly dataDir: string;
  /** Stands in acme's data alone. Whoever else reads it has broken in. */
  readonly canary: string;
  readonly prey: Prey;
  readonly realm: HostileRealm;
  readonly secrets: Secrets;
  /** Where nobody of the platform has anything to ask. */
  readonly bait: Bait;
  /** A receiver of webhooks that may be reached, and sends everybody on to the bait. */
  readonly bouncer: Bait;
  /** Where traces go. */
  readonly collector: Bait;
  /** Every answer that a caller got. */
  readonly heard: ReadonlySet<string>;
  as(user: 'alice' | 'gina' | 'admin'): HttpCaller;
  /** The same, answers not kept: for what is told once. */
  unheard(user: 'admin'): HttpCaller;
  bearing(credentials: string): HttpCaller;
  anonymous(): HttpCaller;
  stop(): Promise<void>;
}

export async function startTarget(options: TargetOptions): Promise<Target> {
  const dataDir = await mkdtemp(join(tmpdir(), 'symphainy-attack-'));
  const [bait, collector, trail] = [await Bait.lay(), await Bait.lay(), new Trail()];
  const bouncer = await Bait.lay(bait.url);
  const baits = [bait, collector, bouncer];
  const services = options.choice.thorough ? [...NEEDED, ...OTHERS] : [...NEEDED];
  const env = environmentsOf(services, options.env ?? {}, collector, bouncer);
  const stop = async (stack?: LocalStack, realm?: HostileRealm): Promise<void> => {
    realm?.leave();
    await stack?.stop();
    await Promise.all(baits.map((server) => server.remove()));
    await rm(dataDir, { recursive: true, force: true });
  };
  let stack: LocalStack | undefined;
  try {
    stack = await startLocalStack({
      root: options.root, dataDir, env, only: services, realms: [{ ...HOSTILE, program: join(options.root, 'tools', 'attack', 'dist', 'hostile-process.js') }],
      onLine: (service, line) => trail.note(service, line),
      onServerLine: (server, line) => trail.note(server, line),
      ...(options.servers === undefined ? {} : { servers: options.servers }),
    });
    const running = stack;
    const furnished = await furnish(stack, dataDir, trail);
    return { ...furnished, root: options.root, choice: options.choice, stack, services, trail, dataDir, bait, bouncer, collector, stop: () => stop(running, furnished.realm) };
  } catch (error) {
    await stop(stack);
    throw error;
  }
}

/** Traces go to the collector, webhooks may reach the bouncer; what a service could be given and is not, it is given here, so that it is looked for too. */
function environmentsOf(services: readonly string[], more: NonNullable<TargetOptions['env']>, collector: Bait, bouncer: Bait): Record<string, Record<string, string>> {
  const own: Readonly<Record<string, Record<string, string>>> = { 'smart-city': { WEBHOOK_ALLOWED_TARGETS: `127.0.0.1:${bouncer.port}`, WEBHOOK_SECRET_KEY: randomBytes(32).toString('hex') } };
  const stolen = more[HOSTILE.name];
  return Object.fromEntries([...(stolen === undefined ? [] : [[HOSTILE.name, stolen] as const]), ...services.map((name) => [name, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, SECRETS_VAULT_TOKEN: randomBytes(24).toString('base64url'), ...own[name], ...more[name] }] as const)]);
}

async function furnish(stack: LocalStack, dataDir: string, trail: Trail): Promise<Pick<Target, 'canary' | 'prey' | 'realm' | 'secrets' | 'heard' | 'as' | 'unheard' | 'bearing' | 'anonymous'>> {
  const secrets = await loadSecrets(dataDir);
  const heard = new Set<string>();
  const bearing = (credentials: string | undefined, name = 'somebody'): HttpCaller => new HttpCaller(name, stack.gatewayUrl, credentials, (text) => heard.add(text));
  const as = (user: string): HttpCaller => bearing(stack.keyOf(user), user);
  const realm = await HostileRealm.at(trail.urlOf(HOSTILE.name));
  const canary = `canary${randomBytes(12).toString('hex')}`;
  return { canary, secrets, heard, as, bearing, unheard: (user) => new HttpCaller(user, stack.gatewayUrl, stack.keyOf(user)), anonymous: () => bearing(undefined, 'nobody'), realm, prey: await preyOf(as('alice'), canary) };
}

/** Acme's own: a session, an upload, an execution over it with artifacts. All of it holds the canary. */
async function preyOf(alice: HttpCaller, canary: string): Promise<Prey> {
  const { body } = await alice.call('POST', '/v1/sessions', { context: { note: canary } });
  const sessionId = String(body['session_id']);
  const reference = await upload(alice, sessionId, `policy,holder\n1,${canary}\n`);
  const otherReference = await upload(alice, sessionId, `policy,holder\n2,${canary}\n`);
  const accepted = await alice.call('POST', '/v1/intents', { session_id: sessionId, intent_type: 'content.ingest', payload: { source: reference } });
  const executionId = String(accepted.body['execution_id']);
  await ended(alice, executionId);
  return { sessionId, executionId, reference, otherReference };
}

async function upload(caller: HttpCaller, sessionId: string, text: string): Promise<string> {
  const form = new FormData();
  form.set('session_id', sessionId);
  form.set('file', new Blob([text], { type: 'text/csv' }), 'policies.csv');
  const { status, body } = await caller.call('POST', '/v1/files', form);
  if (status !== 201) throw new Error(`the upload was refused: ${JSON.stringify(body)}`);
  return String(body['reference']);
}

const OVER = new Set(['completed', 'failed', 'cancelled', 'rejected', 'terminated']);

/** How an execution ended; waits for it. */
export async function ended(caller: HttpCaller, executionId: string): Promise<string> {
  for (;;) {
    const { body } = await caller.call('GET', `/v1/executions/${executionId}`);
    if (OVER.has(String(body['status']))) return String(body['status']);
    await pause(30);
  }
}
