import { access, constants, mkdir, stat } from 'node:fs/promises';
import { createServer } from 'node:net';

/** The data directory cannot be used; the message says why and what to do. */
export class DataDirError extends Error {
  override readonly name = 'DataDirError';
}

/**
 * Makes the data directory if need be and takes it for this process alone; answers how to give it back. Rejects with DataDirError.
 *
 * The lock is a socket in Linux's abstract name space, named after the directory's inode: it vanishes with the process however that
 * ends, and no second path to the directory (a link, another working directory) evades it.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  await makeWritable(dataDir);
  const { dev, ino } = await stat(dataDir);
  const holder = createServer((connection) => connection.destroy());
  await new Promise<void>((resolve, reject) => {
    holder.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? inUse(dataDir) : error));
    holder.listen({ path: `\0symphainy-data-${dev}-${ino}` }, resolve);
  });
  holder.unref();
  return () => new Promise((resolve) => holder.close(() => resolve()));
}

const inUse = (dataDir: string): DataDirError => new DataDirError(`the data directory ${dataDir} is in use by another running copy: stop that copy, or name another directory`);

async function makeWritable(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true });
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOTDIR') throw new DataDirError(`the data directory ${dataDir} cannot be made: a file is in the way; name a directory`);
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') throw new DataDirError(`the data directory ${dataDir} cannot be written by this user: name another directory, or change its permissions`);
    throw new DataDirError(`the data directory ${dataDir} cannot be used: ${(error as Error).message}`);
  }
}
