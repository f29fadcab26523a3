import { parseArgs } from 'node:util';

export interface ChaosArguments {
  readonly executions: number;
  readonly kills: number;
  readonly runtimes: number;
  readonly realms: number;
  readonly seed: number;
  readonly json: boolean;
  /** Where the services' log lines go; undefined: nowhere. */
  readonly log: string | undefined;
}

export const HELP = `npm run chaos -- [options]

Kills real processes (kill -9) in seeded random order while executions are submitted over REST, starts each again, and counts from the
client's book and from the log what was lost, stuck, doubled or out of order.

  --executions <n>  executions submitted (default 10000)
  --kills <n>       processes killed (default 300)
  --runtimes <n>    replicas of the runtime (default 2)
  --realms <n>      replicas of the realm (default 2)
  --seed <n>        what is killed in which order, and what is submitted (default: drawn, and printed)
  --log <file>      write what the services log to a file
  --json            close with one JSON object on standard output
  --help            this text

Tells every few seconds how far it is. Ctrl-C begins nothing more, waits for what is under way, and tells what was counted so far.

Exits 1 when anything was lost, stuck, doubled or out of order.`;

const NUMBERS = { executions: ['10000', 1], kills: ['300', 0], runtimes: ['2', 1], realms: ['2', 1], seed: ['', 0] } as const;
type NumberName = keyof typeof NUMBERS;

/** `drawn` is the seed when none is given. */
export function chaosArguments(argv: readonly string[], drawn: number): ChaosArguments | 'help' {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...argv], options: { executions: text, kills: text, runtimes: text, realms: text, seed: text, log: text, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) return 'help';
  const number = (name: NumberName): number => {
    const [byDefault, least] = NUMBERS[name];
    const value = Number(values[name] ?? (byDefault || drawn));
    if (!Number.isSafeInteger(value) || value < least) throw new Error(`--${name}: must be a whole number of at least ${least}`);
    return value;
  };
  return { executions: number('executions'), kills: number('kills'), runtimes: number('runtimes'), realms: number('realms'), seed: number('seed'), json: values.json === true, log: values.log };
}
