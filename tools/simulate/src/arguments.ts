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

export const HELP = `npm run simulate -- [options]

Runs whole platforms in memory, thousands of schedules a minute: real runtimes over a simulated log, bus, clock and realm, with crashes, lost and late
messages, a failing store and stalled owners, all drawn from one seed. What must hold is checked after every step. Then plants each known kind of bug
and shows that it is found.

  --schedules <n>   how many (default 2000; with --minutes: as many as there is time for)
  --minutes <n>     how long
  --write-kills <n> kill runtimes just before and after writes, and let nothing else go wrong, until n of them died
  --seed <n>        of the first schedule (default: from the clock, and printed); schedule i has seed + i
  --trace           with one schedule: everything that happens in it, in order
  --mutant <name>   plant this bug in every schedule
  --mutants         only plant the bugs
  --no-mutants      plant none
  --json            close with one JSON object on standard output
  --help            this text`;

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
