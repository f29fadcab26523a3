/** npm run attack: see HELP in arguments.ts. Progress on standard error; the report on standard output. Ends with 1 when anything succeeded or went unrecorded. */
import { join } from 'node:path';
import { HELP, readArguments } from './arguments.js';
import { prove } from './prove.js';
import { ATTACKS, runAttack } from './run-attack.js';

const root = join(__dirname, '..', '..', '..');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const { help, json, prove: proving, only } = readArguments(process.argv.slice(2));
  if (help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  say('Starting the platform to attack … (what is tried follows from the code and the API document; there is no chance in it, so no seed)');
  const attacks = ATTACKS.filter(({ name }) => name.includes(only));
  if (proving) {
    const report = await prove(root, say);
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${report.guards} guards taken away, ${report.unproven} attacks that failed all the same\n`);
    return report.unproven === 0 ? 0 : 1;
  }
  const report = await runAttack(root, attacks, say);
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
