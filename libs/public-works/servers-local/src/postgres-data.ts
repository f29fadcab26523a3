/**
 * A Postgres data directory: made complete or not at all, with a random superuser password inside it, and never served twice.
 *
 * The directory may lie where the `postgres` user cannot go (under root's home): the server then reaches it through an open
 * descriptor (`/proc/self/fd/3`), for which the parents' permissions do not count.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, mkdtemp, open, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TlsFiles } from './certificates.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import type { SystemUser } from './postgres-user.js';
import { asGuardedCommand, ServerStartError } from './server-process.js';

/** Another living Postgres serves the directory. */
export class DataDirInUseError extends Error {
  override readonly name = 'DataDirInUseError';
  constructor(
    readonly dataDir: string,
    readonly pid: number,
  ) {
    super(`the Postgres data directory ${dataDir} is in use by process ${pid}: stop that copy, or name another directory`);
  }
}

/** How a server process names the directory it got as descriptor 3. */
export const DATA_DIR_BY_DESCRIPTOR = '/proc/self/fd/3';

const PASSWORD_FILE = 'superuser.password';
const DYING_MS_MAX = 10_000;

/** The superuser's password of a data directory, which is initialised first if it does not exist. */
export async function ensureDataDir(dataDir: string, binaries: PostgresBinaries, user: SystemUser | undefined): Promise<string> {
  const known = await readPassword(dataDir);
  if (known !== undefined) return known;
  await mkdir(dirname(dataDir), { recursive: true });
  // Initialised beside, renamed when complete: a crash half-way leaves nothing that looks like a database.
  const draft = `${dataDir}.initialising`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  const password = randomBytes(32).toString('base64url');
  await own(draft, user);
  await runInitdb(draft, binaries, user, password);
  await writeFile(join(draft, PASSWORD_FILE), password, { mode: 0o600 });
  await rename(draft, dataDir);
  return password;
}

async function readPassword(dataDir: string): Promise<string | undefined> {
  return readFile(join(dataDir, PASSWORD_FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

const own = async (path: string, user: SystemUser | undefined): Promise<void> => (user === undefined ? undefined : chown(path, user.uid, user.gid));

/** Says who may come in and how: with a password, over TLS where there are certificates. Its certificate and key lie beside the data, where Postgres wants them. */
export async function admitOnly(dataDir: string, tls: TlsFiles | undefined, user: SystemUser | undefined): Promise<void> {
  await writeFile(join(dataDir, 'pg_hba.conf'), `${tls === undefined ? 'host' : 'hostssl'} all all 127.0.0.1/32 scram-sha-256\n`);
  if (tls === undefined) return;
  for (const [from, name] of [[tls.certificateFile, 'server.crt'], [tls.keyFile, 'server.key']] as const) {
    const to = join(dataDir, name);
    await writeFile(to, await readFile(from), { mode: 0o600 });
    await own(to, user);
  }
}

/**
 * The commit that first needs a new segment of the server's log zeroes it and waits for the disk, and all other commits wait for it: as long as no checkpoint has left old
 * segments to use again, 16 MiB (the default) hold up a busy young platform for tens of milliseconds every second or two.
 */
const WAL_SEGMENT_MIB = 4;

async function runInitdb(draft: string, binaries: PostgresBinaries, user: SystemUser | undefined, password: string): Promise<void> {
  // On the command line the password would show in the process list; standard input cannot be reopened by another user.
  const secrets = await mkdtemp(join(tmpdir(), 'symphainy-initdb-'));
  const file = join(secrets, 'password');
  await writeFile(file, password, { mode: 0o600 });
  await own(file, user);
  await own(secrets, user);
  const directory = await open(draft, 'r');
  // The temporary directory may be one that only its owner enters.
  const secretsDirectory = await open(secrets, 'r');
  try {
    const args = ['-D', DATA_DIR_BY_DESCRIPTOR, '--username=postgres', '--auth=scram-sha-256', '--pwfile=/proc/self/fd/4/password', '--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', `--wal-segsize=${WAL_SEGMENT_MIB}`];
    const command = asGuardedCommand({ program: binaries.initdb, args, stopSignal: 'SIGTERM', ...(user === undefined ? {} : { user: user.name }) });
    // Detached: a Ctrl-C at the terminal reaches us alone, and we clean up once initdb is done.
    const child = spawn(command.program, command.args, { cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'pipe', directory.fd, secretsDirectory.fd] });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    const [status] = (await once(child, 'close')) as [number | null];
    if (status !== 0) throw new ServerStartError('initdb', output.join('').trim());
  } finally {
    await directory.close();
    await secretsDirectory.close();
    await rm(secrets, { recursive: true, force: true });
  }
}

/**
 * Waits for a server of this directory that is on its way out (its parent was killed a moment ago), removes the pid file of one that is
 * gone, and refuses when one lives on. A pid file alone proves nothing: after a restart of the machine its number may be anybody's.
 */
export async function awaitFree(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  const until = performance.now() + DYING_MS_MAX;
  for (;;) {
    const text = await readFile(pidFile, 'utf8').catch(() => '');
    const pid = Number.parseInt(text, 10);
    if (Number.isNaN(pid)) return;
    if (!(await isPostgres(pid))) return rm(pidFile, { force: true });
    if (performance.now() > until) throw new DataDirInUseError(dataDir, pid);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Whether the process is a Postgres that runs: one that has ended and awaits its parent has no program any more. */
export const isPostgres = async (pid: number): Promise<boolean> => {
  const program = await readlink(`/proc/${pid}/exe`).catch((error: NodeJS.ErrnoException) => (error.code === 'EACCES' ? readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '') : ''));
  return /postgres\s*(\(deleted\))?$/.test(program.trim());
};
