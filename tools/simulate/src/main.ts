import { HELP, simulateArguments, type SimulateArguments } from './arguments.js';
import { failureText, figuresText, mutantText, type Figures, type Summary } from './report.js';
import { simulate, type Line } from './simulation-process.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** How many schedules a mutant may take: the rarest of them takes some hundred. */
const HUNT_SCHEDULES = 5000;
const PROGRESS_MS = 10_000;

async function runSchedules({ seed, schedules, minutes, writeKills, mutant, trace }: SimulateArguments): Promise<Figures> {
  const figures: Figures = { schedules: 0, violating: 0, violations: 0, startedWithoutDecision: 0, lostDenials: 0, executions: 0, events: 0, crashes: 0, writeKills: 0 };
  const started = performance.now();
  let told = started;
  const seconds = (): number => (performance.now() - started) / 1000;
  await simulate({ do: 'schedules', seed, schedules, ...(minutes === undefined ? {} : { minutes }), ...(writeKills === undefined ? {} : { write_kills: writeKills }), ...(mutant === undefined ? {} : { mutant }), trace }, (line) => {
    count(figures, line, mutant);
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    process.stderr.write(`${figuresText(figures, seconds())}\n`);
  });
  say(figuresText(figures, seconds()));
  return figures;
}

function count(figures: Figures, { schedule, trace, unhandled }: Line, mutant: string | undefined): void {
  if (trace !== undefined) say(trace);
  if (unhandled !== undefined) say(`a promise was rejected and nobody heard: ${unhandled}`);
  figures.violations += unhandled === undefined ? 0 : 1;
  if (schedule === undefined) return;
  figures.schedules++;
  figures.executions += schedule.executions;
  figures.events += schedule.events;
  figures.crashes += schedule.crashes;
  figures.writeKills += schedule.writeKills;
  figures.violations += schedule.violations.length;
  figures.startedWithoutDecision += schedule.violations.filter(({ invariant }) => invariant === 'decided-first' || invariant === 'forbidden').length;
  figures.lostDenials += schedule.violations.filter(({ invariant }) => invariant === 'refusal-in-log').length;
  if (schedule.violations.length === 0) return;
  figures.violating++;
  say(failureText(schedule, mutant));
}

async function runMutants(seed: number): Promise<{ planted: number; found: number }> {
  let planted = 0;
  let found = 0;
  await simulate({ do: 'mutants', seed, schedules: HUNT_SCHEDULES }, ({ mutant }) => {
    if (mutant === undefined) return;
    planted++;
    if (mutant.found !== undefined) found++;
    say(mutantText(mutant));
  });
  say(`${found} of ${planted} planted bugs found`);
  return { planted, found };
}

/** A mistake of whoever asks is told in a line, and ends with 2; a fault of the program with its place, and 1. */
function asked(): ReturnType<typeof simulateArguments> {
  try {
    return simulateArguments(process.argv.slice(2), Date.now());
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nnpm run simulate -- --help tells the options.\n`);
    process.exit(2);
  }
}

async function main(): Promise<void> {
  const args = asked();
  if (args === 'help') return say(HELP);
  say(`seed ${args.seed}`);
  const figures = args.only === 'mutants' ? undefined : await runSchedules(args);
  const mutants = args.only === 'schedules' ? { planted: 0, found: 0 } : await runMutants(args.seed);
  const summary: Summary = { schedules: figures?.schedules ?? 0, violations: figures?.violations ?? 0, kills: figures?.writeKills ?? 0, started_without_decision: figures?.startedWithoutDecision ?? 0, lost_denials: figures?.lostDenials ?? 0, mutants_planted: mutants.planted, mutants_found: mutants.found, seed: args.seed };
  if (args.json) say(JSON.stringify(summary));
  if (summary.violations > 0 || mutants.found < mutants.planted) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
