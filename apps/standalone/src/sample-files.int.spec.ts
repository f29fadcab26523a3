import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findSourceFiles } from './sample-files.js';

describe('source files', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'symphainy-files-'));
    await mkdir(join(folder, 'sub folder'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const put = async (...names: string[]): Promise<void> => {
    for (const name of names) await writeFile(join(folder, name), 'x');
  };

  it('subfolders, spaces and letters of any script - are found', async () => {
    await put('b ü 契約.txt', 'sub folder/a.csv', '.hidden');
    expect((await findSourceFiles(folder)).files.map((f) => f.name)).toEqual(['b ü 契約.txt', 'sub folder/a.csv']);
  });

  it('copybook - belongs to its namesakes in the same folder only; one without any is named, not lost in silence', async () => {
    await put('POLICY.cpy', 'policy.ebcdic', 'sub folder/policy.bin', 'other.cpy', 'README.md');
    const { files, leftOut } = await findSourceFiles(folder);
    expect(files.map((f) => [f.name, f.copybook])).toEqual([['policy.ebcdic', join(folder, 'POLICY.cpy')], ['sub folder/policy.bin', undefined]]);
    expect(leftOut.map((l) => l.name)).toEqual(['README.md', 'other.cpy']);
  });

  it('links - to files count as files, to folders are not followed (they may lead round in circles)', async () => {
    await put('real.txt');
    await symlink(join(folder, 'real.txt'), join(folder, 'linked.txt'));
    await symlink(folder, join(folder, 'sub folder', 'circle'));
    expect((await findSourceFiles(folder)).files.map((f) => f.name)).toEqual(['linked.txt', 'real.txt']);
  });
});
