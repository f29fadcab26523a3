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

export const HELP = `npm run bench -- [content | documents | policy | governance | graph | events | mash | entities] [options]

Measures the workload "three sequential durable steps, 1 KiB in and out" in separate processes on real NATS, Redis and Postgres,
with all governance on.

  policy            instead: what a decision costs at acceptance, with 1,000 policies and 100 tenants, remembered and not
  governance        instead: that, and on real processes: from a change of policy to every runtime's enforcement, and AuthZEN evaluations over HTTP
  graph             instead: lineage of depth 50 in a graph, on a Postgres of its own
    --edges <n>     edges of that graph (default 1000000)
  events            instead: a webhook's subscriber is away while events pile up, and is told them all when it is back
    --events <n>    so many (default 100000)
  mash              instead: claims of a CSV joined with a Postgres table (a third as many rows) and a Parquet file
    --records <n>   rows of the CSV (default 1000000)
  entities          instead: find the rows of one person in a made register, one in ten written down again with mistakes
    --records <n>   rows of the register (default 100000)
  --executions <n>  executions of each throughput run (default 6000)
  --runtimes <n>    instances of the runtime (default 1)
  --preload <n>     put n frames into the log first, with their projections (up to 10000000; about 100 s and 2 GB a million)
  --in-flight <n>   at the end, hold n executions at once and tell the runtimes' memory (up to 20000 a runtime)
  --history <n>     instead: one execution of n records (1000000), its appends at start and end, and its fold
  content           instead: decode a seeded file of policy records of 1,430 bytes, and check every one; then what documents does
    --records <n>   records of that file (default 350000, about 500 MB)
    --kills <n>     kill -9 realm and runtime in turn so many times meanwhile (default 0)
  documents         instead: read a made PDF, CSV and workbook
  --peers           also run the peers on the same workload, one after another (about 35 minutes; installs them first)
  --stages          instead: where the time of one execution alone goes, stage by stage (of 300, or --executions)
  --json            close with one JSON object on standard output
  --help            this text`;

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
