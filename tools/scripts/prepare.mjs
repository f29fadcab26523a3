// Makes a checkout runnable: packages, the pinned Node, and a build. Plain JavaScript, so that any Node 20 or newer can run it first.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const stampFile = join(root, 'node_modules', '.symphainy-lock');

const say = (text) => process.stderr.write(`${text}\n`);

/** Whoever asks how a program is used is told at once, and the process ends: nothing has to be installed or compiled for that. `folder`: of the program, which keeps the text for its own errors. */
export function answerHelp(folder) {
  if (!process.argv.slice(2).some((arg) => arg === '--help' || arg === '-h')) return;
  process.stdout.write(readFileSync(join(root, folder, 'usage.txt')));
  process.exit(0);
}

/** Runs a command with its output on standard error, so that standard output stays free for results. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const [program, guardedArgs] = guarded('KILL', command, args);
    const child = spawn(program, guardedArgs, { cwd: root, stdio: ['ignore', 2, 2], ...options });
    child.once('error', reject);
    child.once('exit', (code, signal) => (code === 0 ? resolve() : reject(new Error(`${command} ${args.slice(0, 2).join(' ')} ended with ${signal ?? code}`))));
  });
}

/**
 * The command such that it gets the signal when this process dies, in whatever way, where the machine has setpriv (Debian does).
 * Installing and compiling are killed: both ignore gentler signals for long, and both begin anew after an interruption.
 */
function guarded(signal, command, args) {
  const available = spawnSync('setpriv', ['--pdeathsig', signal, 'true'], { stdio: 'ignore' }).status === 0;
  return available ? ['setpriv', ['--pdeathsig', signal, '--', command, ...args]] : [command, args];
}

/** The pinned Node where this machine's platform has one among the packages, else the Node that runs this. */
export function nodeBinary() {
  const pinned = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split('.')[0]) < 24) throw new Error(`there is no packaged Node 24 for ${process.platform}-${process.arch}: run this with Node 24 or newer (this is ${process.version})`);
  return process.execPath;
}

const lockHash = () => createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');

/** Installs the packages of the lock file, unless they are in place. */
export async function installPackages() {
  const wanted = lockHash();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return;
  say('Installing packages (about a minute, once) …');
  await run('npm', ['ci', '--no-audit', '--no-fund']);
  writeFileSync(stampFile, wanted);
}

/** Compiles what changed: TypeScript projects by reference, and the console. */
export async function build() {
  const node = nodeBinary();
  const started = Date.now();
  await run(node, [join(root, 'node_modules', 'typescript7', 'bin', 'tsc'), '-b']);
  if (newest(join(root, 'apps', 'console'), 'dist') > newest(join(root, 'apps', 'console', 'dist'))) {
    await run(node, [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'], { cwd: join(root, 'apps', 'console') });
  }
  if (Date.now() - started > 2000) say(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** The newest modification time below a folder, `skip` left out; 0 where there is none. */
function newest(folder, skip) {
  if (!existsSync(folder)) return 0;
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === skip || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

/** Runs a built program on the pinned Node with this process's streams and arguments, passing signals on, and ends as it ends. */
export function become(program, args) {
  const [command, commandArgs] = guarded('TERM', nodeBinary(), ['--enable-source-maps', program, ...args]);
  const child = spawn(command, commandArgs, { cwd: process.cwd(), stdio: 'inherit', env: { ...process.env, PATH: `${dirname(nodeBinary())}:${process.env.PATH}` } });
  stopWithNpm(child);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => process.exit(signal ? 128 : (code ?? 1)));
}

/** Killed with SIGKILL, npm cannot pass it on: its child notices that it has another parent. Without npm a change of parent means nothing. */
function stopWithNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  setInterval(() => {
    if (process.ppid !== npm) child.kill('SIGTERM');
  }, 1000).unref();
}

/** Installs Debian packages where the programs are missing and this is root; otherwise names what to install. */
export function ensurePrograms(wanted) {
  const missing = wanted.filter(({ program }) => spawnSync('sh', ['-c', `PATH="$PATH:/usr/sbin:/usr/bin" command -v ${program}`]).status !== 0);
  if (missing.length === 0) return;
  const packages = missing.map((w) => w.package);
  if (process.getuid?.() !== 0) throw new Error(`missing programs: install the Debian packages ${packages.join(', ')}`);
  say(`Installing ${packages.join(', ')} …`);
  spawnSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 2, 2] });
  const installed = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { stdio: ['ignore', 'ignore', 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  if (installed.status !== 0) throw new Error(`apt-get could not install ${packages.join(', ')}`);
}
