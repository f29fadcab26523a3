import type { HuntedMutant, Schedule } from './simulation-process.js';

/** What a whole run came to. */
export interface Summary {
  readonly schedules: number;
  readonly violations: number;
  /** Runtimes killed just before or after a write. */
  readonly kills: number;
  /** Executions that began without a permit that stands before them in the log. */
  readonly started_without_decision: number;
  /** Refusals that their callers were told and the log does not have. */
  readonly lost_denials: number;
  readonly mutants_planted: number;
  readonly mutants_found: number;
  readonly seed: number;
}

/** The command that runs one schedule again, with everything that happens in it. */
export const replayCommand = (seed: number, mutant?: string): string => `npm run simulate -- --seed ${seed} --schedules 1 --trace${mutant === undefined ? '' : ` --mutant ${mutant}`}`;

export const failureText = ({ seed, violations, lasted }: Schedule, mutant: string | undefined): string =>
  [`seed ${seed}: ${violations.length} violation${violations.length === 1 ? '' : 's'} in ${lasted} simulated ms`, ...violations.map(({ invariant, detail, at }) => `  at ${at} ms  ${invariant}: ${detail}`), `  again: ${replayCommand(seed, mutant)}`].join('\n');

export const mutantText = ({ name, source, what, found }: HuntedMutant): string =>
  `${name.padEnd(28)} ${found === undefined ? 'NOT FOUND' : `found in ${String(found.schedules).padStart(3)} by ${found.invariant.padEnd(20)}`} ${what} (${source})`;

export interface Figures {
  schedules: number;
  violating: number;
  violations: number;
  startedWithoutDecision: number;
  lostDenials: number;
  executions: number;
  events: number;
  crashes: number;
  writeKills: number;
}

export const figuresText = (figures: Figures, seconds: number): string =>
  `${figures.schedules} schedules in ${seconds.toFixed(1)} s (${Math.round((figures.schedules / seconds) * 60)} a minute): ${figures.executions} executions, ${figures.events} events, ${figures.crashes} crashes, ${figures.writeKills} of them at a write; ${figures.violating} schedules with violations, ${figures.startedWithoutDecision} executions started without their decision, ${figures.lostDenials} denials lost`;
