/**
 * Records histories for libs/execution/src/fixtures: `node tools/chaos/dist/record-histories.js <directory>`. What is there is never
 * recorded again: it shows what the log held on its day, and every later version must still fold it.
 */
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalStack } from '@symphainy/launcher';
import { Histories } from './histories.js';
import { chaosRealm, chaosRoot } from './run-chaos.js';

async function main(directory: string | undefined): Promise<void> {
  if (directory === undefined) throw new Error('name the directory that the histories go to');
  const dataDir = await mkdtemp(join(tmpdir(), 'symphainy-histories-'));
  const stack = await startLocalStack({ root: chaosRoot, dataDir, only: ['smart-city', 'runtime', 'experience-gateway', 'realm-content'], realms: [chaosRealm(chaosRoot)], onLine: () => undefined });
  try {
    await mkdir(directory, { recursive: true });
    for (const history of await new Histories(stack, join(chaosRoot, 'samples')).record()) {
      const file = join(directory, `${history.name}.json`);
      const there = await access(file).then(
        () => true,
        () => false,
      );
      if (!there) await writeFile(file, `${JSON.stringify(history, null, 1)}\n`);
      process.stderr.write(`${there ? 'kept' : 'recorded'} ${history.name}: ${history.frames.length} frames\n`);
    }
  } finally {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
