import type { Target } from './target.js';
import type { Trail } from './trail.js';

/** What stands between an attacker and what he wants. `--prove` takes each away and demands that the attack then succeeds. */
export const GUARDS = ['bus permissions', 'store credentials', 'execution tokens', 'credentials', 'tenancy', 'request parsing', 'message contracts', 'addresses', 'least environment', 'secrecy'] as const;
export type Guard = (typeof GUARDS)[number];

export interface Attempt {
  readonly name: string;
  /** What the attacker got; undefined: nothing. */
  readonly got: string | undefined;
  /** Whether the trail tells of it. Asked when all attempts of the attack are over, for as long as records take to arrive. */
  recorded(trail: Trail): boolean | Promise<boolean>;
}

export interface Attack {
  readonly name: string;
  readonly guard: Guard;
  run(target: Target): Promise<readonly Attempt[]>;
}

export interface Judged {
  readonly attack: string;
  readonly name: string;
  readonly got: string | undefined;
  readonly recorded: boolean;
}

const RECORD_LIMIT_MS = 6_000;
const LOOK_MS = 100;

/** Runs an attack and waits for the records of its attempts. */
export async function judge(attack: Attack, target: Target): Promise<Judged[]> {
  const attempts = await attack.run(target);
  const end = performance.now() + RECORD_LIMIT_MS;
  const judged: Judged[] = [];
  for (const attempt of attempts) judged.push({ attack: attack.name, name: attempt.name, got: attempt.got, recorded: await waitFor(() => attempt.recorded(target.trail), end) });
  return judged;
}

async function waitFor(holds: () => boolean | Promise<boolean>, end: number): Promise<boolean> {
  while (!(await holds())) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return true;
}
