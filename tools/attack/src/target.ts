import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startLocalStack, type LocalStack } from '@symphainy/launcher';
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
  /** A guard taken away: what runs before the named service's own code. For `--prove` alone. */
  readonly preload?: Readonly<Record<string, string>>;
  /** The same of the bus: no permissions. */
  readonly openBus?: boolean;
}

/** A platform of real processes with two tenants that have work of their own, a hostile client (gina of globex) and a hostile realm. */
export interface Target {
  readonly stack: LocalStack;
  readonly trail: Trail;
  readonly dataDir: string;
  /** Stands in acme's data alone. Whoever else reads it has broken in. */
  readonly canary: string;
  readonly prey: Prey;
  readonly realm: HostileRealm;
  readonly secrets: { readonly passwords: Readonly<Record<string, string>> };
  as(user: 'alice' | 'gina' | 'admin'): HttpCaller;
  anonymous(): HttpCaller;
  stop(): Promise<void>;
}

export async function startTarget(options: TargetOptions): Promise<Target> {
  const dataDir = await mkdtemp(join(tmpdir(), 'symphainy-attack-'));
  const trail = new Trail();
  const env = Object.fromEntries(Object.entries(options.preload ?? {}).map(([service, file]) => [service, { NODE_OPTIONS: `--require=${file}` }]));
  const stack = await startLocalStack({
    root: options.root, dataDir, env, realms: [{ ...HOSTILE, program: '', replicas: 0 }],
    onLine: (service, line) => trail.note(service, line),
    onServerLine: (server, line) => trail.note(server, line),
    ...(options.openBus === true ? { busConfig: (text: string) => text.replace(/^[A-Z_]+ = \{\n[\s\S]*?^\}/gm, '').replace(/, permissions: \$\w+/g, '') } : {}),
  });
  const stop = async (): Promise<void> => {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    return { ...(await furnish(stack, dataDir)), stack, trail, dataDir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function furnish(stack: LocalStack, dataDir: string): Promise<Pick<Target, 'canary' | 'prey' | 'realm' | 'secrets' | 'as' | 'anonymous'>> {
  const secrets = JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8')) as { passwords: Record<string, string> };
  const as = (user: string): HttpCaller => new HttpCaller(user, stack.gatewayUrl, stack.keyOf(user));
  const realm = await HostileRealm.connect(stack.busAccess(HOSTILE.name));
  const canary = `canary${randomBytes(12).toString('hex')}`;
  return { canary, secrets, as, anonymous: () => new HttpCaller('nobody', stack.gatewayUrl, undefined), realm, prey: await preyOf(as('alice'), canary) };
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
