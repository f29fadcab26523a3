import { benchArguments, HELP } from './arguments.js';
import { runBench } from './run-bench.js';
import { runPeers } from './peers.js';
import { summaryTable } from './table.js';

async function main(): Promise<void> {
  const args = benchArguments(process.argv.slice(2));
  if (args === 'help') {
    process.stdout.write(`${HELP}\n`);
    return;
  }
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const figures = await runBench(args, say);
  process.stdout.write(`${summaryTable(figures)}\n`);
  if (args.peers) await runPeers(say);
  if (args.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
