import { parseArgs } from 'node:util';

export const HELP = `npm run attack -- [options]

Starts the platform as real processes and attacks it: a hostile client (gina of globex, an administrator, nobody) and a hostile realm
with its real credentials. Every attempt must fail and leave a record. Last, every secret that the platform knows is looked for in all that it said, stored and sent.

  --prove       take each guard away first and demand that the attack then succeeds: an attack that never can proves nothing
  --short       so many attempts of each kind, as the tests run it, on four services (about half a minute)
  --seed <n>    decides the order of attempts, which of them a short run makes, and what an attacker makes up (default: drawn, and told)
  --only <text> attacks whose name contains this
  --json        one JSON object last on standard output: {attempts, succeeded, unrecorded}, with --prove {guards, unproven}
  --help        this text`;

export interface Arguments {
  readonly help: boolean;
  readonly json: boolean;
  readonly prove: boolean;
  readonly only: string;
  readonly short: boolean;
  readonly seed: number | undefined;
}

export function readArguments(argv: readonly string[]): Arguments {
  const { values } = parseArgs({ args: [...argv], options: { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' }, prove: { type: 'boolean' }, only: { type: 'string' }, short: { type: 'boolean' }, seed: { type: 'string' } } });
  const seed = values.seed === undefined ? undefined : Number(values.seed);
  if (seed !== undefined && !Number.isSafeInteger(seed)) throw new Error('--seed: must be a whole number');
  return { help: values.help === true, json: values.json === true, prove: values.prove === true, only: values.only ?? '', short: values.short === true, seed };
}
