import { randomInt } from 'node:crypto';
import { chaosArguments, HELP } from './arguments.js';
import { runChaos, type ChaosFigures } from './run-chaos.js';

const SEED_MAX = 1_000_000;
const FAULTS_SHOWN = 20;

/** A mistake of whoever asks is told in a line, and ends with 2; a fault of the program with its place, and 1. */
function asked(): ReturnType<typeof chaosArguments> {
  try {
    return chaosArguments(process.argv.slice(2), randomInt(1, SEED_MAX));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nnpm run chaos -- --help tells the options.\n`);
    process.exit(2);
  }
}

async function main(): Promise<void> {
  const args = asked();
  if (args === 'help') {
    process.stdout.write(`${HELP}\n`);
    return;
  }
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  say(`seed ${args.seed}: ${args.executions} executions, ${args.kills} kills, ${args.runtimes} runtimes, ${args.realms} realms`);
  const stop = new AbortController();
  process.once('SIGINT', () => {
    say('nothing more is begun; what was counted follows when all that is under way has ended (again: at once, without it)');
    stop.abort();
  });
  const figures = await runChaos(args, say, stop.signal);
  process.stdout.write(`${summary(figures)}\n`);
  if (args.json) process.stdout.write(`${JSON.stringify({ ...figures, faults: figures.faults.slice(0, FAULTS_SHOWN) })}\n`);
  if (figures.faults.length > 0) process.exitCode = 1;
}

function summary({ faults, kills_by_target, ...figures }: ChaosFigures): string {
  const row = (name: string, value: string | number): string => `| ${name} | ${value} |`;
  const kills = Object.entries(kills_by_target).map(([target, count]) => row(`kills of ${target}`, count));
  return ['| figure | value |', '| --- | ---: |', ...Object.entries(figures).map(([name, value]) => row(name, value)), ...kills, ...faults.slice(0, FAULTS_SHOWN)].join('\n');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
