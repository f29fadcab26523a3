import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

export interface BenchArguments {
  readonly executions: number;
  readonly json: boolean;
  readonly peers: boolean;
  readonly runtimes: number;
  /** Frames that stand in the log before anything is measured. */
  readonly preload: number;
  /** Executions held in memory at once at the end; 0: none. */
  readonly inFlight: number;
  /** Records of one long execution, measured instead of the workload; 0: the workload. */
  readonly history: number;
  /** Mainframe records to decode, measured instead of the workload; 0: the workload. */
  readonly content: number;
  readonly documents: boolean;
  /** How often realm and runtime are killed meanwhile. */
  readonly kills: number;
  /** Edges of a graph whose walks are measured instead of the workload; 0: the workload. */
  readonly graph: number;
  /** Events that pile up for a subscriber who is away, measured instead of the workload; 0: the workload. */
  readonly events: number;
  /** Instead: the executions one after another, their time told stage by stage. */
  readonly stages: boolean;
  /** Rows of a CSV that are joined with a Postgres table and a Parquet file instead of the workload; 0: the workload. */
  readonly mash: number;
  /** Rows of a register in which rows of one person are found instead of the workload; 0: the workload. */
  readonly entities: number;
  /** Instead: decisions of policy alone, in this process. */
  readonly policy: boolean;
  /** Instead: those, pushes of bundles and AuthZEN over HTTP. */
  readonly governance: boolean;
}

export const HELP = readFileSync(join(__dirname, '..', 'usage.txt'), 'utf8').trimEnd();

const OPTIONS = {
  executions: { type: 'string' },
  json: { type: 'boolean' },
  peers: { type: 'boolean' },
  runtimes: { type: 'string' },
  preload: { type: 'string' },
  'in-flight': { type: 'string' },
  history: { type: 'string' },
  records: { type: 'string' },
  edges: { type: 'string' },
  events: { type: 'string' },
  kills: { type: 'string' },
  stages: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const NAMED: readonly string[] = ['content', 'documents', 'policy', 'governance', 'graph', 'events', 'mash', 'entities'];

export function benchArguments(argv: readonly string[]): BenchArguments | 'help' {
  const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  if (positionals.some((word) => !NAMED.includes(word)) || positionals.length > 1) throw new Error(`${positionals.join(' ')}: to measure by name there are ${NAMED.join(', ')}, one at a time`);
  if (values.help === true) return 'help';
  const count = (name: 'executions' | 'runtimes' | 'preload' | 'in-flight' | 'history' | 'records' | 'edges' | 'events' | 'kills', otherwise: number, least: number, most: number): number => {
    const value = Number(values[name] ?? otherwise);
    if (Number.isInteger(value) && (value === otherwise || (value >= least && value <= most))) return value;
    throw new Error(`--${name}: must be a whole number of at least ${least} and at most ${most}`);
  };
  const stages = values.stages === true;
  return {
    executions: count('executions', stages ? 300 : 6000, 64, 10_000_000),
    runtimes: count('runtimes', 1, 1, 16),
    preload: count('preload', 0, 1000, 10_000_000),
    inFlight: count('in-flight', 0, 1, 20_000),
    history: count('history', 0, 10_000, 100_000_000),
    stages,
    policy: positionals[0] === 'policy',
    governance: positionals[0] === 'governance',
    graph: positionals[0] !== 'graph' ? 0 : count('edges', 1_000_000, 1000, 20_000_000),
    events: positionals[0] !== 'events' ? 0 : count('events', 100_000, 1000, 10_000_000),
    documents: positionals[0] === 'documents',
    content: positionals[0] !== 'content' ? 0 : count('records', 350_000, 1, 10_000_000),
    mash: positionals[0] !== 'mash' ? 0 : count('records', 1_000_000, 1000, 10_000_000),
    entities: positionals[0] !== 'entities' ? 0 : count('records', 100_000, 1000, 1_000_000),
    kills: count('kills', 0, 1, 20),
    json: values.json === true,
    peers: values.peers === true,
  };
}
