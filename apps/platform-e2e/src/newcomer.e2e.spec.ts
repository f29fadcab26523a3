import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { repositoryRoot } from './harness/platform.js';

// Whole platforms start here, on machines that may be busy.
jest.setTimeout(120_000);

const STANDALONE = join(repositoryRoot, 'apps', 'standalone', 'dist', 'main.js');
const STACK = join(repositoryRoot, 'tools', 'scripts', 'dist', 'stack.js');

interface Summary {
  ok: boolean;
  executions: { intent_type: string; status: string; file?: string; error?: { code: string; fix?: string } }[];
  refused: { file: string; code: string }[];
  error?: { message: string };
}

describe('newcomer', () => {
  let place: string;
  let temporary: string;
  const started: Command[] = [];

  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'symphainy-newcomer-'));
    // Private to this user, as some systems have it.
    temporary = join(place, 'tmp');
    await mkdir(temporary, { mode: 0o700 });
  });

  afterEach(async () => {
    for (const command of started.splice(0)) command.child.kill('SIGKILL');
    await rm(place, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  const start = (program: string, ...args: string[]): Command => {
    const command = new Command(program, args, temporary);
    started.push(command);
    return command;
  };

  it('a folder with broken files among good ones - the good complete, each broken one is reported, and the status says so', async () => {
    const files = join(place, 'my files');
    await mkdir(join(files, 'sub folder'), { recursive: true });
    await writeFile(join(files, 'broken.pdf'), '%PDF-1.7\n1 0 obj\n');
    await writeFile(join(files, 'sub folder', 'good ü.csv'), 'a,b\n1,2\n3,4\n');
    await symlink(join(place, 'nowhere'), join(files, 'dangling.txt'));
    const run = start(STANDALONE, '--once', '--json', '--port', '0', '--files', files);
    expect(await run.ended).toBe(1);
    const summary = run.lastLine();
    expect(summary.ok).toBe(false);
    expect(summary.executions.filter((e) => e.file?.endsWith('.csv') === true).map((e) => e.status)).toEqual(['completed', 'completed', 'completed']);
    expect(summary.executions.find((e) => e.intent_type === 'content.ingest' && e.file === 'broken.pdf')).toMatchObject({ status: 'failed', error: { code: 'content.corrupt', fix: expect.any(String) as string } });
    expect(summary.refused).toMatchObject([{ file: 'dangling.txt', code: 'file.unreadable' }]);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('Ctrl-C that arrives three times - ends in order: no process, no temporary file; state stays for one copy at a time', async () => {
    const dataDir = join(place, 'data dir');
    const first = start(STANDALONE, '--idle', '--json', '--port', '0', '--data-dir', dataDir);
    await first.says('data_dir');
    const second = start(STANDALONE, '--once', '--json', '--port', '0', '--data-dir', dataDir);
    expect(await second.ended).toBe(1);
    expect(second.lastLine().error?.message).toMatch(/in use by another running copy/);
    const family = await descendants(first.child.pid!);
    for (let i = 0; i < 3; i++) first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    await allGone(family);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('kill -9 of the stack - leaves neither services nor servers', async () => {
    const stack = start(STACK, '--port', '0', '--data-dir', join(place, 'stack'));
    await stack.says('Ctrl-C stops');
    const family = await descendants(stack.child.pid!);
    expect(family.length).toBeGreaterThanOrEqual(10);
    stack.child.kill('SIGKILL');
    await allGone(family);
  });
});

/** A program a person starts, and what it has said so far on standard output. */
class Command {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  private output = '';
  private errors = '';

  constructor(program: string, args: readonly string[], temporary: string) {
    this.child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] ?? '', TMPDIR: temporary } });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.ended = once(this.child, 'close').then(([code]) => code as number | null);
  }

  lastLine(): Summary {
    return JSON.parse(this.output.trimEnd().split('\n').at(-1)!) as Summary;
  }

  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`it ended with ${this.child.exitCode}:\n${this.errors.slice(-2000)}`);
      await pause(50);
    }
  }
}

const statusOf = (pid: number): Promise<string> => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
/** Fields behind the program's name, which may hold spaces: state, parent. */
const fieldsOf = (status: string): string[] => status.slice(status.lastIndexOf(')') + 2).split(' ');

async function descendants(pid: number): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((n) => n > 0);
  const parents = await Promise.all(pids.map(async (child) => [child, Number(fieldsOf(await statusOf(child))[1])] as const));
  const below = (parent: number): number[] => parents.filter(([, p]) => p === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

/** Ended, or only a name that awaits its parent. */
const gone = async (pid: number): Promise<boolean> => ['Z', 'X', undefined, ''].includes(fieldsOf(await statusOf(pid))[0]);

async function allGone(pids: readonly number[]): Promise<void> {
  const limit = performance.now() + 15_000;
  for (;;) {
    const left = (await Promise.all(pids.map(async (pid) => ((await gone(pid)) ? [] : [pid])))).flat();
    if (left.length === 0) return;
    if (performance.now() > limit) throw new Error(`still running: ${left.join(', ')}`);
    await pause(50);
  }
}
