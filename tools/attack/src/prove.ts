import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '@symphainy/store-postgres';
import { addressAttack } from './address.attack.js';
import type { Attack, Attempt } from './attempt.js';
import { busAttack } from './bus.attack.js';
import type { Choice } from './choice.js';
import { credentialAttack } from './credential.attack.js';
import { environmentAttack } from './environment.attack.js';
import { HOSTILE } from './hostile-realm.js';
import { messageAttack } from './message.attack.js';
import { requestAttack } from './request.attack.js';
import { secretAttack } from './secret.attack.js';
import { storeAttack } from './store.attack.js';
import { startTarget, type Target, type TargetOptions } from './target.js';
import { tenancyAttack } from './tenancy.attack.js';
import { tokenAttack } from './token.attack.js';

/** A guard taken away: how the platform is started without it, what is done to it once it runs, and the attack that must then succeed. */
interface Unguarded {
  readonly attack: Attack;
  /** Of whose attempts one must succeed, by their names; default: of all. */
  readonly at?: RegExp;
  readonly env?: (root: string) => NonNullable<TargetOptions['env']>;
  readonly servers?: TargetOptions['servers'];
  readonly open?: (target: Target) => Promise<void>;
  /** Proved on a platform of its own only: without this guard a platform is no fit ground for other attacks. */
  readonly alone?: true;
}

/** A secret of Smart City's in the environment of a realm. */
const STOLEN = { DATABASE_URL: 'postgres://symphainy_city:stolen@127.0.0.1/symphainy' };

const preloaded = (service: string, file: string) => (root: string): NonNullable<TargetOptions['env']> => ({ [service]: { NODE_OPTIONS: `--require=${join(root, 'tools', 'attack', 'dist', 'unguarded', file)}` } });

/** Nothing here is reachable from a service as it is shipped: a preloaded module, an environment, another server configuration. */
export const UNGUARDED: readonly Unguarded[] = [
  { attack: tokenAttack, env: preloaded('runtime', 'tokens.js') },
  { attack: storeAttack, at: /^Postgres/, open: trustEverybody },
  { attack: storeAttack, at: /^Redis/, servers: { redisRules: () => '~* &* +@all' } },
  { attack: storeAttack, at: /^NATS/, servers: { busConfig: (text) => `allow_non_tls: true\n${text}` } },
  { attack: messageAttack, alone: true, env: (root) => ({ ...preloaded('runtime', 'messages.js')(root), ...preloaded('smart-city', 'messages.js')(root) }) },
  { attack: credentialAttack, alone: true, env: preloaded('experience-gateway', 'credentials.js') },
  { attack: tenancyAttack, env: preloaded('experience-gateway', 'tenancy.js') },
  { attack: requestAttack, env: preloaded('experience-gateway', 'requests.js') },
  { attack: addressAttack, env: preloaded('smart-city', 'addresses.js') },
  // an ordinary user has no other user to be
  ...(process.getuid?.() === 0 ? [{ attack: environmentAttack, at: /^another user/, open: letEverybodyRead }] : []),
  { attack: environmentAttack, at: /environment/, env: () => ({ 'realm-content': STOLEN, [HOSTILE.name]: STOLEN }) },
  { attack: busAttack, servers: { busConfig: (text) => text.replace(/^[A-Z_]+ = \{\n[\s\S]*?^\}/gm, '').replace(/, permissions: \$\w+/g, '') } },
  { attack: secretAttack, env: preloaded('experience-gateway', 'secrets.js') },
];

export interface ProofReport {
  readonly guards: number;
  readonly unproven: number;
}

/** Runs each attack on a platform without its guard. One that then gets nothing proves nothing. */
export async function prove(root: string, choice: Choice, say: (line: string) => void, chosen: readonly Unguarded[] = UNGUARDED): Promise<ProofReport> {
  let unproven = 0;
  for (const guard of chosen) {
    const target = await startTarget({ root, choice, ...(guard.env === undefined ? {} : { env: guard.env(root) }), ...(guard.servers === undefined ? {} : { servers: guard.servers }) });
    try {
      await guard.open?.(target);
      if (!proves(guard, await guard.attack.run(target), say)) unproven++;
    } finally {
      await target.stop();
    }
  }
  return { guards: chosen.length, unproven };
}

/** The same on one platform without any of the guards, but for those that are proved alone. Quicker, and it proves less: an attack may succeed for another’s lack of guard. */
export async function proveTogether(root: string, choice: Choice, say: (line: string) => void, guards: readonly Unguarded[]): Promise<ProofReport> {
  const chosen = guards.filter(({ alone }) => alone !== true);
  const env: Record<string, Record<string, string>> = {};
  for (const [service, variables] of chosen.flatMap((guard) => Object.entries(guard.env?.(root) ?? {})))
    env[service] = { ...env[service], ...variables, ...(env[service]?.['NODE_OPTIONS'] === undefined ? {} : { NODE_OPTIONS: `${env[service]['NODE_OPTIONS']} ${variables['NODE_OPTIONS'] ?? ''}` }) };
  const servers = { busConfig: (text: string) => chosen.reduce((soFar, { servers: s }) => s?.busConfig?.(soFar) ?? soFar, text), redisRules: (rules: string) => chosen.reduce((soFar, { servers: s }) => s?.redisRules?.(soFar) ?? soFar, rules) };
  const target = await startTarget({ root, choice, env, servers });
  let unproven = 0;
  try {
    for (const guard of chosen) await guard.open?.(target);
    const made = new Map<Attack, readonly Attempt[]>();
    for (const guard of chosen) {
      const attempts = made.get(guard.attack) ?? (await guard.attack.run(target));
      made.set(guard.attack, attempts);
      if (!proves(guard, attempts, say)) unproven++;
    }
  } finally {
    await target.stop();
  }
  return { guards: chosen.length, unproven };
}

function proves({ attack, at = /^/ }: Unguarded, made: readonly Attempt[], say: (line: string) => void): boolean {
  const attempts = made.filter(({ name }) => at.test(name));
  const got = attempts.filter((attempt) => attempt.got !== undefined);
  say(`without ${attack.guard.padEnd(20)} ${got.length} of ${attempts.length} attempts at ${attack.name} succeed${got[0] === undefined ? '' : `, e.g. ${got[0].name}: ${got[0].got?.slice(0, 120)}`}`);
  return got.length > 0;
}

/** Postgres as it would be with `trust`: whoever reaches it is whoever he says. */
async function trustEverybody({ stack, dataDir }: Target): Promise<void> {
  await writeFile(join(dataDir, 'postgres', 'pg_hba.conf'), 'host all all 127.0.0.1/32 trust\n');
  const database = openDatabase({ url: stack.postgresUrl, applicationName: 'attack', poolMax: 1 });
  await database.query('select pg_reload_conf()');
  await database.close();
}

async function letEverybodyRead({ dataDir }: Target): Promise<void> {
  await chmod(dataDir, 0o755);
  await chmod(join(dataDir, 'secrets.json'), 0o644);
}
