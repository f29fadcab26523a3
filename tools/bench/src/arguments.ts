import { parseArgs } from 'node:util';

export interface BenchArguments {
  readonly executions: number;
  readonly json: boolean;
  readonly peers: boolean;
  /** Records of one long execution, measured instead of the workload; 0: the workload. */
  readonly history: number;
}

export const HELP = `npm run bench -- [options]

Measures the workload "three sequential durable steps, 1 KiB in and out" in separate processes on real NATS, Redis and Postgres,
with all governance on.

  --executions <n>  executions of each throughput run (default 6000)
  --history <n>     instead: one execution of n records (1000000), its appends at start and end, and its fold
  --peers           also run the peers on the same workload, one after another (about 35 minutes; installs them first)
  --json            close with one JSON object on standard output
  --help            this text`;

export function benchArguments(argv: readonly string[]): BenchArguments | 'help' {
  const { values } = parseArgs({ args: [...argv], options: { executions: { type: 'string' }, json: { type: 'boolean' }, peers: { type: 'boolean' }, history: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) return 'help';
  const executions = Number(values.executions ?? '6000');
  if (!Number.isInteger(executions) || executions < 64) throw new Error('--executions: must be a whole number of at least 64');
  const history = Number(values.history ?? '0');
  if (!Number.isInteger(history) || history < 0 || (history > 0 && history < 10_000)) throw new Error('--history: must be a whole number of at least 10000');
  return { history, executions, json: values.json === true, peers: values.peers === true };
}
