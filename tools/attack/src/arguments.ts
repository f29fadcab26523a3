import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

export const HELP = readFileSync(join(__dirname, '..', 'usage.txt'), 'utf8').trimEnd();

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
