import { parseArgs } from 'node:util';

export interface BenchArguments {
  readonly executions: number;
  readonly json: boolean;
  readonly peers: boolean;
}

export const HELP = `npm run bench -- [options]

Measures the workload "three sequential durable steps, 1 KiB in and out" in separate processes on real NATS, Redis and Postgres,
with all governance on.

  --executions <n>  executions of each throughput run (default 6000)
  --peers           also run the peers on the same workload, one after another (about 35 minutes; installs them first)
  --json            close with one JSON object on standard output
  --help            this text`;

export function benchArguments(argv: readonly string[]): BenchArguments | 'help' {
  const { values } = parseArgs({ args: [...argv], options: { executions: { type: 'string' }, json: { type: 'boolean' }, peers: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) return 'help';
  const executions = Number(values.executions ?? '6000');
  if (!Number.isInteger(executions) || executions < 64) throw new Error('--executions: must be a whole number of at least 64');
  return { executions, json: values.json === true, peers: values.peers === true };
}
