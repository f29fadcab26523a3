import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { sha256Stream } from '@symphainy/kernel';
import { ObjectMissingError, ObjectTooLargeError, type ObjectStore } from '@symphainy/ports';

const TENANT = /^[a-z0-9][a-z0-9-]{0,62}$/;
const HASH = /^[0-9a-f]{64}$/;
const DAY_MS = 86_400_000;

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

export class FileObjectStore implements ObjectStore {
  private constructor(private readonly root: string) {}

  /** Opens the store under `root`, which is made if need be; `now` (epoch ms) tells which leftovers are old. */
  static async open(root: string, now: number): Promise<FileObjectStore> {
    const incoming = join(root, '.incoming');
    await mkdir(incoming, { recursive: true, mode: 0o700 });
    for (const name of await readdir(incoming)) await removeIfOld(join(incoming, name), now - DAY_MS);
    return new FileObjectStore(root);
  }

  async put(tenantId: string, source: AsyncIterable<Uint8Array>, options: { readonly maxBytes?: number } = {}): Promise<{ hash: string; size: number }> {
    if (!TENANT.test(tenantId)) throw new Error('tenantId is not a tenant’s name');
    const draft = join(this.root, '.incoming', randomUUID());
    try {
      const written = await writeDraft(draft, source, options.maxBytes ?? Number.MAX_SAFE_INTEGER);
      await moveDurably(draft, this.pathOf(tenantId, written.hash));
      return written;
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  async get(tenantId: string, hash: string, range?: { readonly start: number; readonly end: number }): Promise<Readable> {
    const file = await this.openObject(tenantId, hash);
    return file.createReadStream(range === undefined ? {} : { start: range.start, end: range.end });
  }

  async stat(tenantId: string, hash: string): Promise<{ size: number } | undefined> {
    if (!isName(tenantId, hash)) return undefined;
    try {
      return { size: (await stat(this.pathOf(tenantId, hash))).size };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async delete(tenantId: string, hash: string): Promise<void> {
    if (isName(tenantId, hash)) await rm(this.pathOf(tenantId, hash), { force: true });
  }

  private async openObject(tenantId: string, hash: string): Promise<FileHandle> {
    const missing = (): ObjectMissingError => new ObjectMissingError(`no object ${hash} of tenant ${tenantId}`);
    if (!isName(tenantId, hash)) throw missing();
    try {
      return await open(this.pathOf(tenantId, hash), 'r');
    } catch (error) {
      throw isMissing(error) ? missing() : error;
    }
  }

  private pathOf(tenantId: string, hash: string): string {
    return join(this.root, tenantId, hash.slice(0, 2), hash);
  }
}

const isName = (tenantId: string, hash: string): boolean => TENANT.test(tenantId) && HASH.test(hash);

async function writeDraft(draft: string, source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<{ hash: string; size: number }> {
  const file = await open(draft, 'wx', 0o600);
  try {
    const digest = sha256Stream();
    let size = 0;
    for await (const chunk of source) {
      size += chunk.length;
      if (size > maxBytes) throw new ObjectTooLargeError(`more than ${maxBytes} bytes`);
      digest.update(chunk);
      await file.appendFile(chunk);
    }
    await file.sync();
    return { hash: digest.digestHex(), size };
  } finally {
    await file.close();
  }
}

async function moveDurably(draft: string, target: string): Promise<void> {
  const directory = dirname(target);
  const made = await mkdir(directory, { recursive: true, mode: 0o700 });
  // An object that is already there is replaced by the same bytes: whole ones, should the old ones have been damaged.
  await rename(draft, target);
  await syncDirectory(directory);
  // A new directory is as durable as its own entry in its parent.
  if (made !== undefined) for (let at = directory; at.length >= made.length; at = dirname(at)) await syncDirectory(dirname(at));
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function removeIfOld(path: string, before: number): Promise<void> {
  try {
    if ((await stat(path)).mtimeMs < before) await rm(path, { force: true });
  } catch (error) {
    // Another process finished or removed it meanwhile.
    if (!isMissing(error)) throw error;
  }
}
