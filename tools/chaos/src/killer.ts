import { setTimeout as pause } from 'node:timers/promises';
import type { LocalStack } from '@symphainy/launcher';
import type { Pace } from './pace.js';
import { SeededChoice } from './seeded-choice.js';

/** How often each kind of process is killed, of 100. */
const WEIGHTS = { runtime: 40, realm: 20, gateway: 10, nats: 10, redis: 8, postgres: 12 } as const;
export type Target = keyof typeof WEIGHTS;

export interface Kill {
  readonly target: Target;
  readonly process: string;
  /** Milliseconds of the Unix epoch. */
  readonly at: number;
  /** The process's lease, if it was a runtime's. */
  readonly writer: string | undefined;
  /** When the process was up again; undefined: not yet. */
  upAt: number | undefined;
}

export interface KillerParts {
  readonly stack: LocalStack;
  readonly pace: Pace;
  readonly kills: number;
  readonly runtimes: number;
  readonly realms: number;
  readonly seed: number;
  readonly now: () => number;
  /** The lease that a runtime holds now. */
  readonly writerOf: (process: string) => string | undefined;
}

const START_ATTEMPTS_MAX = 20;
const REST_MS_MAX = 300;
/** Share of kills that the next one does not wait for. */
const OVERLAP = 0.35;

/** Kills one process after another in seeded order, and starts each again at once, as a supervisor would: sometimes the next dies before the last is up. */
export class Killer {
  readonly done: Kill[] = [];
  /** Why a process could not be started again, if that happened. */
  readonly faults: string[] = [];
  private readonly choice: SeededChoice;
  private readonly starting = new Map<string, Promise<void>>();

  constructor(private readonly parts: KillerParts) {
    this.choice = new SeededChoice(parts.seed);
  }

  async run(): Promise<void> {
    const { pace, kills } = this.parts;
    for (let k = 0; k < kills && !pace.closing; k++) {
      const target = this.choice.weighted(WEIGHTS);
      const process = this.processOf(target);
      const rest = this.choice.whole(0, REST_MS_MAX);
      const overlaps = this.choice.fraction() < OVERLAP;
      await pace.mayKill(k);
      if (pace.closing) break;
      await this.kill(target, process);
      if (!overlaps) await Promise.all(this.starting.values());
      pace.killDone();
      await pause(rest);
    }
    await Promise.all(this.starting.values());
  }

  private processOf(target: Target): string {
    const replica = (name: string, count: number): string => {
      const i = this.choice.whole(1, count);
      return i === 1 ? name : `${name}-${i}`;
    };
    if (target === 'runtime') return replica('runtime', this.parts.runtimes);
    if (target === 'realm') return replica('realm-bench', this.parts.realms);
    return target === 'gateway' ? 'experience-gateway' : target;
  }

  private async kill(target: Target, process: string): Promise<void> {
    const { stack, now, writerOf } = this.parts;
    await this.starting.get(process);
    const kill: Kill = { target, process, at: now(), writer: writerOf(process), upAt: undefined };
    this.done.push(kill);
    await stack.kill(process);
    const start = this.start(process)
      .then(() => void (kill.upAt = now()))
      .finally(() => this.starting.delete(process));
    this.starting.set(process, start);
  }

  /** A service that finds its servers down may give up: it is started again. */
  private async start(process: string): Promise<void> {
    for (let attempt = 1; attempt <= START_ATTEMPTS_MAX; attempt++) {
      try {
        return await this.parts.stack.start(process);
      } catch (error) {
        if (attempt === START_ATTEMPTS_MAX) this.faults.push(`${process} did not start again: ${String(error)}`);
        await pause(REST_MS_MAX);
      }
    }
  }
}
