import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentOf } from './gateway-access.js';

describe('content of a file', () => {
  it('a link that leads nowhere - is a refusal with a fix, not the end of the process', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'symphainy-content-'));
    await symlink(join(folder, 'nowhere'), join(folder, 'link'));
    await writeFile(join(folder, 'file'), 'text');
    await expect(contentOf(join(folder, 'link'))).rejects.toMatchObject({ code: 'file.unreadable', fix: expect.stringMatching(/remove the link/) as string });
    expect(await (await contentOf(join(folder, 'file'))).text()).toBe('text');
    await rm(folder, { recursive: true });
  });
});
