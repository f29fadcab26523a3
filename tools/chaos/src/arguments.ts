import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

export const HELP = readFileSync(join(__dirname, '..', 'usage.txt'), 'utf8').trimEnd();

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
