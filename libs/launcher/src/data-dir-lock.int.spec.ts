import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDirError, lockDataDir } from './data-dir-lock.js';

describe('data directory lock', () => {
  let parent: string;

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'symphainy-lock-'));
  });

  afterAll(() => rm(parent, { recursive: true, force: true }));

  it('taken - a second copy is refused, also by another path to the directory, until the first gives it back', async () => {
    const directory = join(parent, 'with space', 'data');
    const release = await lockDataDir(directory);
    await symlink(directory, join(parent, 'link'));
    await expect(lockDataDir(directory)).rejects.toThrow(/is in use by another running copy/);
    await expect(lockDataDir(join(parent, 'link'))).rejects.toThrow(DataDirError);
    await release();
    await (await lockDataDir(join(parent, 'link')))();
  });

  it('two directories - do not bar each other', async () => {
    const releases = await Promise.all([lockDataDir(join(parent, 'a')), lockDataDir(join(parent, 'b'))]);
    await Promise.all(releases.map((release) => release()));
  });

  it('a file in the way - is said', async () => {
    await writeFile(join(parent, 'file'), '');
    await expect(lockDataDir(join(parent, 'file'))).rejects.toThrow(/a file is in the way/);
    await expect(lockDataDir(join(parent, 'file', 'below'))).rejects.toThrow(/a file is in the way/);
  });
});
