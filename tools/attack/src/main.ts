/** npm run attack: see HELP in arguments.ts. Progress on standard error; the report on standard output. Ends with 1 when anything succeeded or went unrecorded. */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { HELP, readArguments } from './arguments.js';
import { Choice } from './choice.js';
import { prove, UNGUARDED } from './prove.js';
import { ATTACKS, runAttack } from './run-attack.js';

const root = join(__dirname, '..', '..', '..');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** A mistake of whoever asks is told in a line, and ends with 2; a fault of the program with its place, and 1. */
function asked(): ReturnType<typeof readArguments> {
  try {
    const read = readArguments(process.argv.slice(2));
    if (!ATTACKS.some(({ name }) => name.includes(read.only))) throw new Error(`--only: no attack’s name contains ${read.only}; there are ${ATTACKS.map(({ name }) => name).join(', ')}`);
    return read;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nnpm run attack -- --help tells the options.\n`);
    process.exit(2);
  }
}

async function main(): Promise<number> {
  const { help, json, prove: proving, only, short, seed = randomInt(2 ** 31) } = asked();
  if (help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const choice = new Choice(seed, !short);
  say(`Starting the platform to attack … (--seed ${seed})`);
  const attacks = ATTACKS.filter(({ name }) => name.includes(only));
  if (proving) {
    const report = await prove(root, choice, say, UNGUARDED.filter(({ attack }) => attack.name.includes(only)));
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${report.guards} guards taken away, ${report.unproven} attacks that failed all the same\n`);
    return report.unproven === 0 ? 0 : 1;
  }
  const report = await runAttack(root, attacks, choice, say);
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${report.attempts} attempts, ${report.succeeded} succeeded, ${report.unrecorded} unrecorded\n`);
  return report.succeeded + report.unrecorded === 0 ? 0 : 1;
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(1);
  },
);
