import { spawnSync } from 'node:child_process';

/** System programs we start, and the Debian package each comes from. */
const packages = { 'nats-server': 'nats-server', 'redis-server': 'redis-server' } as const;
export type SystemProgram = keyof typeof packages;

const found = new Map<string, string>();

/** Where a program is: in PATH, or where Debian keeps servers, which ordinary users' PATH leaves out. */
export function findProgram(name: string): string | undefined {
  const known = found.get(name);
  if (known !== undefined) return known;
  const answer = spawnSync('sh', ['-c', 'PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"; command -v "$1"', 'sh', name], { encoding: 'utf8' });
  const path = answer.stdout.trim();
  if (answer.status !== 0 || path === '') return undefined;
  found.set(name, path);
  return path;
}

/** Root installs what is missing with apt-get; anybody else gets an error that names the packages. */
export function ensureInstalled(programs: readonly SystemProgram[]): void {
  const missing = programs.filter((name) => findProgram(name) === undefined).map((name) => packages[name]);
  if (missing.length === 0) return;
  const advice = `install the missing servers: apt-get install ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined) throw new Error(advice);
  if (!aptInstall(missing)) throw new Error(`${advice} (tried, and it failed)`);
}

function aptInstall(names: readonly string[]): boolean {
  // RUNLEVEL=1 keeps the packages from starting services of their own on the default ports.
  const run = (...args: string[]): boolean => spawnSync('env', ['RUNLEVEL=1', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  const install = (): boolean => run('install', '-y', '--no-install-recommends', ...names);
  return install() || (run('update') && install());
}
