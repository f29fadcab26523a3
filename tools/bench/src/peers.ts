import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, '..', 'peers');

/** Runs the peers on the same workload and prints their table. They are a package of their own, installed here on first use. */
export async function runPeers(say: (text: string) => void): Promise<void> {
  if (!existsSync(join(folder, 'node_modules'))) {
    say('Installing the peers …');
    await run('npm', ['ci', '--no-audit', '--no-fund']);
  }
  await run('npm', ['run', 'peers']);
  await run('npm', ['run', 'table']);
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { cwd: folder, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${command} ${args.join(' ')} ended with ${code}`))));
  });
}
