import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@symphainy/kernel';
import { objectStoreContract } from '@symphainy/ports/testing';
import { FileObjectStore } from './index.js';

describe('objects-files', () => {
  const roots: string[] = [];
  const newRoot = async (): Promise<string> => {
    const root = await mkdtemp(join(tmpdir(), 'objects-files-spec-'));
    roots.push(root);
    return root;
  };
  afterAll(() => Promise.all(roots.map((root) => rm(root, { recursive: true, force: true }))));

  objectStoreContract('objects-files', async () => FileObjectStore.open(await newRoot(), systemClock.now()));

  it('leftovers - a draft from a crash goes after a day, a fresh one belongs to somebody', async () => {
    const root = await newRoot();
    await FileObjectStore.open(root, systemClock.now());
    for (const name of ['old', 'fresh']) await writeFile(join(root, '.incoming', name), name);
    await utimes(join(root, '.incoming', 'old'), 0, 0);
    await FileObjectStore.open(root, systemClock.now());
    expect(await readdir(join(root, '.incoming'))).toEqual(['fresh']);
  });

  it('a failed put - leaves no draft behind', async () => {
    const root = await newRoot();
    const store = await FileObjectStore.open(root, systemClock.now());
    await expect(store.put('acme', failing())).rejects.toThrow('broke');
    expect(await readdir(join(root, '.incoming'))).toEqual([]);
  });
});

async function* failing(): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(new Uint8Array(10));
  throw new Error('broke');
}
