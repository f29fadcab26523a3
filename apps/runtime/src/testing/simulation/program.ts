/**
 * The simulation as a program, for tools/simulate: one job in, lines of JSON out. It waits for nothing but its own events, so a job that says nothing for
 * long hangs, and whoever started it may say so.
 */
import { z } from 'zod';
import { MUTANTS, type Mutant } from './mutants.js';
import { runSchedule } from './schedule.js';

const job = z.discriminatedUnion('do', [
  /** Schedules from `seed` on, until `schedules` are run or `minutes` have passed. */
  z.object({ do: z.literal('schedules'), seed: z.number().int().min(0), schedules: z.number().int().min(1), minutes: z.number().optional(), /** Only deaths at write boundaries, until there were so many. */ write_kills: z.number().int().min(1).optional(), mutant: z.string().optional(), trace: z.boolean() }),
  /** Each mutant, until it is found, in at most `schedules`. */
  z.object({ do: z.literal('mutants'), seed: z.number().int().min(0), schedules: z.number().int().min(1) }),
]);
type Job = z.infer<typeof job>;

const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

function mutantNamed(name: string | undefined): Mutant | undefined {
  if (name === undefined) return undefined;
  const found = MUTANTS.find((mutant) => mutant.name === name);
  if (found === undefined) throw new Error(`no mutant is called ${name}; there are ${MUTANTS.map((mutant) => mutant.name).join(', ')}`);
  return found;
}

async function schedules({ seed, schedules: most, minutes, write_kills: wanted, mutant: name, trace }: Extract<Job, { do: 'schedules' }>): Promise<void> {
  const until = minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000;
  const mutant = mutantNamed(name);
  const tell = (at: number, where: string, what: string): void => say({ trace: `${at.toFixed(2).padStart(10)} ${where.padEnd(10)} ${what}` });
  let kills = 0;
  for (let next = seed; next < seed + most && performance.now() < until && kills < (wanted ?? Number.POSITIVE_INFINITY); next++) {
    say({ begins: next });
    const result = await runSchedule({ seed: next, writes: wanted !== undefined, ...(mutant === undefined ? {} : { mutant }), ...(trace ? { tell } : {}) });
    kills += result.writeKills;
    say({ schedule: result });
  }
}

async function mutants({ seed, schedules: most }: Extract<Job, { do: 'mutants' }>): Promise<void> {
  for (const mutant of MUTANTS) {
    const { name, source, what } = mutant;
    say({ mutant: { name, source, what, ...(await hunt(mutant, seed, most)) } });
  }
}

async function hunt(mutant: Mutant, seed: number, most: number): Promise<{ found?: { seed: number; schedules: number; invariant: string; detail: string } }> {
  for (let next = seed; next < seed + most; next++) {
    say({ begins: next });
    const { violations } = await runSchedule({ seed: next, mutant });
    const first = violations[0];
    if (first !== undefined) return { found: { seed: next, schedules: next - seed + 1, invariant: first.invariant, detail: first.detail } };
  }
  return {};
}

async function main(): Promise<void> {
  const asked = job.parse(JSON.parse(process.argv[2] ?? '{}'));
  // What is thrown in a schedule is mostly expected: a trace of each would cost more than the schedule.
  if (asked.do === 'mutants' || !asked.trace) Error.stackTraceLimit = 0;
  await (asked.do === 'mutants' ? mutants(asked) : schedules(asked));
}

process.on('unhandledRejection', (error) => say({ unhandled: error instanceof Error ? (error.stack ?? error.message) : String(error) }));
main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
