import { parseArgs } from 'node:util';

export const HELP = `npm run attack -- [options]

Starts the platform as real processes and attacks it: a hostile client (gina of globex, an administrator, nobody) and a hostile realm
with its real credentials. Every attempt must fail and leave a record.

  --prove       take each guard away first and demand that the attack then succeeds: an attack that never can proves nothing
  --only <text> attacks whose name contains this
  --json        one JSON object last on standard output: {attempts, succeeded, unrecorded}, with --prove {guards, unproven}
  --help        this text`;

export interface Arguments {
  readonly help: boolean;
  readonly json: boolean;
  readonly prove: boolean;
  readonly only: string;
}

export function readArguments(argv: readonly string[]): Arguments {
  const { values } = parseArgs({ args: [...argv], options: { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' }, prove: { type: 'boolean' }, only: { type: 'string' } } });
  return { help: values.help === true, json: values.json === true, prove: values.prove === true, only: values.only ?? '' };
}
