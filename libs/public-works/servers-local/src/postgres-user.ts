import { spawnSync } from 'node:child_process';
import { findProgram } from './install.js';
import { ServerStartError } from './server-process.js';

/** The system user that runs Postgres for root: it refuses to run as root. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const NAME = 'postgres';

/** The user `postgres`, made when missing; undefined when this process is not root and Postgres runs as whoever we are. */
export function postgresUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return lookUp() ?? create();
}

function lookUp(): SystemUser | undefined {
  const id = (flag: string): number => Number(spawnSync('id', [flag, NAME], { encoding: 'utf8' }).stdout.trim() || 'NaN');
  const uid = id('-u');
  return Number.isNaN(uid) ? undefined : { name: NAME, uid, gid: id('-g') };
}

function create(): SystemUser {
  const useradd = findProgram('useradd');
  if (useradd !== undefined) spawnSync(useradd, ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME], { stdio: 'ignore' });
  const user = lookUp();
  if (user === undefined) throw new ServerStartError('postgres', `it cannot run as root, and the system user "${NAME}" could not be made: run as an ordinary user`);
  return user;
}
