import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

export interface SimulateArguments {
  /** Of the first schedule; the others follow it. */
  readonly seed: number;
  readonly schedules: number;
  readonly minutes: number | undefined;
  /** Runtimes die at write boundaries only, until there were so many deaths. */
  readonly writeKills: number | undefined;
  readonly mutant: string | undefined;
  readonly only: 'schedules' | 'mutants' | undefined;
  readonly trace: boolean;
  readonly json: boolean;
}

export const HELP = readFileSync(join(__dirname, '..', 'usage.txt'), 'utf8').trimEnd();

const OPTIONS = {
  schedules: { type: 'string' }, minutes: { type: 'string' }, 'write-kills': { type: 'string' }, seed: { type: 'string' }, trace: { type: 'boolean' }, mutant: { type: 'string' }, mutants: { type: 'boolean' }, 'no-mutants': { type: 'boolean' },
  json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
} as const;

const DEFAULT_SCHEDULES = 2000;

/** `now`: milliseconds since the epoch, from which a seed is made when none is given. Throws an Error that names the option. */
export function simulateArguments(argv: readonly string[], now: number): SimulateArguments | 'help' {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  if (values.help === true) return 'help';
  const minutes = values.minutes === undefined ? undefined : positive('minutes', values.minutes);
  const schedules = values.schedules === undefined ? (minutes === undefined && values['write-kills'] === undefined ? DEFAULT_SCHEDULES : Number.MAX_SAFE_INTEGER) : whole('schedules', values.schedules, 1);
  const trace = values.trace === true;
  if (trace && schedules !== 1) throw new Error('--trace: shows one schedule; add --schedules 1');
  const onlySchedules = values['no-mutants'] === true || values.mutant !== undefined || trace || schedules === 1;
  return { seed: values.seed === undefined ? now % 1_000_000_000 : whole('seed', values.seed, 0), schedules, minutes, writeKills: values['write-kills'] === undefined ? undefined : whole('write-kills', values['write-kills'], 1), mutant: values.mutant, only: values.mutants === true ? 'mutants' : onlySchedules ? 'schedules' : undefined, trace, json: values.json === true };
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw new Error(`--${name}: must be a whole number of at least ${least}`);
  return value;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name}: must be more than 0`);
  return value;
}
