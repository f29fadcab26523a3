import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');
const folders: Readonly<Record<string, string>> = { start: 'apps/standalone', stack: 'tools/scripts', attack: 'tools/attack', bench: 'tools/bench', chaos: 'tools/chaos', scorecard: 'tools/scorecard', simulate: 'tools/simulate' };

describe('asking how a command is used', () => {
  let clone = '';
  beforeAll(() => {
    clone = mkdtempSync(join(tmpdir(), 'symphainy-usage-'));
    cpSync(join(root, 'tools', 'scripts'), join(clone, 'tools', 'scripts'), { recursive: true, filter: (path) => !path.endsWith('dist') });
    for (const folder of Object.values(folders)) cpSync(join(root, folder, 'usage.txt'), join(clone, folder, 'usage.txt'));
  });
  afterAll(() => rmSync(clone, { recursive: true, force: true }));

  it('every command that prepares a checkout - is one of those here', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    const prepared = Object.entries(scripts).flatMap(([name, command]) => (command === `exec node tools/scripts/${name}.mjs` ? [name] : []));
    // npm test has stages instead of a program, and tells of them itself
    expect(prepared.filter((name) => name !== 'test').sort()).toEqual(Object.keys(folders).sort());
  });

  it.each(Object.entries(folders))('%s - is answered at once in a clone in which nothing is installed or compiled', (name, folder) => {
    for (const asked of ['--help', '-h']) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, 'tools', 'scripts', `${name}.mjs`), asked], { encoding: 'utf8' });
      expect([status, stderr, stdout]).toEqual([0, '', readFileSync(join(root, folder, 'usage.txt'), 'utf8')]);
    }
    expect(readFileSync(join(root, folder, 'usage.txt'), 'utf8')).toContain('--help ');
  });
});
