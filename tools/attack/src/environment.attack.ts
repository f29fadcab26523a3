import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Attack, Attempt } from './attempt.js';
import { HOSTILE } from './hostile-realm.js';
import type { Target } from './target.js';

/** A stranger on the machine: a user of its own, as every container has, and no environment. */
const STRANGER = 'nobody';

/** What another user's process reads of a file; undefined: nothing. As root this drops to `nobody`; an ordinary user has no other user to be. */
function readAsStranger(path: string): string | undefined {
  const { status, stdout } = spawnSync('setpriv', ['--reuid', STRANGER, '--regid', 'nogroup', '--clear-groups', '--no-new-privs', 'cat', path], { env: { PATH: process.env['PATH'] ?? '' }, maxBuffer: 1 << 24 });
  return status === 0 ? stdout.toString('latin1') : undefined;
}

/** Environments and files of others, and what a realm's own environment holds. The kernel refuses without telling anybody, so the first two leave no record: they are checks, not attempts. */
export const environmentAttack: Attack = {
  name: 'environment and files',
  guard: 'least environment',
  async run(target) {
    const all = Object.values(target.secrets.passwords);
    return [...(process.getuid?.() === 0 ? byStranger(target, all) : []), ...ofRealm(target, all), await byRealm(target, all)];
  },
};

function byStranger({ stack, dataDir, services }: Target, secrets: readonly string[]): Attempt[] {
  const files = ['secrets.json', ...['nats.key', 'postgres.key', 'redis.key'].map((name) => join('tls', name)), 'api-keys.json'].map((name) => join(dataDir, name));
  const paths = [...[...services, HOSTILE.name].map((name) => `/proc/${stack.pidOf(name)}/environ`), ...files];
  return paths.map((path) => ({ name: `another user reads ${path}`, got: found(readAsStranger(path), secrets), recorded: () => true }));
}

const found = (text: string | undefined, secrets: readonly string[]): string | undefined => (text === undefined ? undefined : secrets.some((secret) => text.includes(secret)) ? 'secrets' : 'the file');

/** A realm holds its own password and no other secret: not in its environment as it was started, nor in what its children would inherit. */
function ofRealm({ stack, secrets, services }: Target, all: readonly string[]): Attempt[] {
  return services.filter((name) => name.startsWith('realm-')).map((name) => {
    const environ = spawnSync('cat', [`/proc/${stack.pidOf(name)}/environ`]).stdout.toString('latin1');
    const others = all.filter((secret) => secret !== secrets.passwords[name] && environ.includes(secret));
    return { name: `${name}’s environment holds its own secret only`, got: others.length > 0 || OF_OTHERS.test(environ) ? 'secrets of others' : undefined, recorded: () => true };
  });
}

const OF_OTHERS = /DATABASE|REDIS|SIGNING|TOKEN_KEY/;

/** The hostile realm looks at what it was itself started with. */
async function byRealm({ realm, secrets }: Target, all: readonly string[]): Promise<Attempt> {
  const seen = await realm.look();
  const others = all.filter((secret) => secret !== secrets.passwords[HOSTILE.name] && seen.includes(secret));
  return { name: 'the hostile realm looks into its own environment', got: others.length > 0 || OF_OTHERS.test(seen) ? 'secrets of others' : undefined, recorded: () => true };
}
