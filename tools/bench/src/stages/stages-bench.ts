import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalStack } from '@symphainy/launcher';
import { RestDriver } from '../rest-driver.js';
import { measureThroughput, IN_FLIGHT } from '../workload.js';
import { stageTimes, type Execution, type Noted, type StageTime } from './stage-times.js';

export interface StageFigures {
  readonly executions: number;
  readonly stages: readonly StageTime[];
}

const root = join(__dirname, '..', '..', '..', '..');
const WARM_UP = 1000;
const ALONE_WARM_UP = 100;
const PRELOADED = ['runtime', 'experience-gateway', 'realm-bench'];

/** Runs `count` executions one after another on the platform as it is deployed, and tells where the time of one goes. Taking the times is in them. */
export async function benchStages(count: number, say: (text: string) => void): Promise<StageFigures> {
  const dataDir = await mkdtemp(join(tmpdir(), 'symphainy-stages-'));
  const notes = join(dataDir, 'stages');
  await mkdir(notes);
  try {
    const executions = await run(count, dataDir, notes, say);
    const noted = await Promise.all((await readdir(notes)).map(async (file) => JSON.parse(await readFile(join(notes, file), 'utf8')) as Noted[]));
    const { stages, counted } = stageTimes(executions, noted.flat());
    return { executions: counted, stages };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function run(count: number, dataDir: string, notes: string, say: (text: string) => void): Promise<Execution[]> {
  const env = { NODE_OPTIONS: `--require=${join(__dirname, 'socket-notes.js')}`, STAGES_DIR: notes };
  const stack = await startLocalStack({
    root,
    dataDir,
    only: ['smart-city', 'runtime', 'experience-gateway'],
    realms: [{ name: 'realm-bench', realm: 'bench', program: join(root, 'tools', 'bench', 'dist', 'bench-realm.js') }],
    env: Object.fromEntries(PRELOADED.map((service) => [service, env])),
    onLine: (service, line) => /"level":"(error|fatal)"/.test(line) && say(`${service}: ${line}`),
  });
  try {
    const rest = await RestDriver.open(stack.gatewayUrl, stack.keyOf('alice'));
    await measureThroughput(rest.execute, WARM_UP, IN_FLIGHT);
    await measureThroughput(rest.execute, ALONE_WARM_UP, 1);
    const executions: Execution[] = [];
    for (let i = 0; i < count; i++) {
      const beganAt = micros();
      await rest.execute();
      executions.push({ beganAt, endedAt: micros() });
    }
    await rest.close();
    return executions;
  } finally {
    // services write their notes down when they end
    await stack.stop();
  }
}

const micros = (): number => Number(process.hrtime.bigint() / 1000n);

export function stageTable({ executions, stages }: StageFigures): string {
  return [`${executions} executions, one at a time`, '', '| stage | p50 µs | p90 µs |', '| --- | ---: | ---: |', ...stages.map(({ stage, p50_us, p90_us }) => `| ${stage} | ${p50_us} | ${p90_us} |`)].join('\n');
}
