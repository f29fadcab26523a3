/**
 * Records histories for libs/execution/src/fixtures: `node tools/chaos/dist/record-histories.js <directory> spine|kinds`. What is there is never
 * recorded again: it shows what the log held on its day, and every later version must still fold it.
 */
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalStack, type LocalStack, type LocalStackOptions } from '@symphainy/launcher';
import { Histories } from './histories.js';
import type { History } from './history.js';
import { KindHistories } from './kind-histories.js';
import { KINDS_BOOTSTRAP } from './kinds.js';
import { chaosRealm, chaosRoot } from './run-chaos.js';

interface Recording {
  readonly stack: (dataDir: string) => Promise<Partial<LocalStackOptions>>;
  readonly record: (stack: LocalStack) => Promise<readonly History[]>;
}

const governors = ['smart-city', 'runtime', 'experience-gateway'];

const RECORDINGS: Readonly<Record<string, Recording>> = {
  spine: {
    stack: () => Promise.resolve({ only: [...governors, 'realm-content'], realms: [chaosRealm(chaosRoot)] }),
    record: (stack) => new Histories(stack, join(chaosRoot, 'samples')).record(),
  },
  kinds: {
    stack: async (dataDir) => {
      const bootstrapFile = join(dataDir, 'bootstrap.json');
      await writeFile(bootstrapFile, JSON.stringify(KINDS_BOOTSTRAP));
      const realm = { name: 'realm-bench', realm: 'kinds', program: join(chaosRoot, 'tools', 'chaos', 'dist', 'kinds-realm.js') };
      return { only: governors, realms: [realm], bootstrapFile, env: { runtime: { PARK_AFTER_MS: '100' } } };
    },
    record: (stack) => new KindHistories(stack).record(),
  },
};

async function main(directory: string | undefined, name = 'kinds'): Promise<void> {
  const recording = RECORDINGS[name];
  if (directory === undefined || recording === undefined) throw new Error('name the directory that the histories go to, and what is recorded: spine or kinds');
  const dataDir = await mkdtemp(join(tmpdir(), 'symphainy-histories-'));
  const stack = await startLocalStack({ root: chaosRoot, dataDir, onLine: () => undefined, ...(await recording.stack(dataDir)) });
  try {
    await mkdir(directory, { recursive: true });
    for (const history of await recording.record(stack)) await keep(directory, history);
  } finally {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function keep(directory: string, history: History): Promise<void> {
  const file = join(directory, `${history.name}.json`);
  const there = await access(file).then(
    () => true,
    () => false,
  );
  if (!there) await writeFile(file, `${JSON.stringify(history, null, 1)}\n`);
  process.stderr.write(`${there ? 'kept' : 'recorded'} ${history.name}: ${history.frames.length} frames\n`);
}

main(process.argv[2], process.argv[3]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
