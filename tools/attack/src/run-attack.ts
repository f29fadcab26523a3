import type { Attack, Judged } from './attempt.js';
import { judge } from './attempt.js';
import { busAttack, outcomeAttack } from './bus.attack.js';
import { environmentAttack } from './environment.attack.js';
import { requestAttack } from './request.attack.js';
import { storeAttack } from './store.attack.js';
import { startTarget } from './target.js';
import { tenancyAttack } from './tenancy.attack.js';
import { tokenAttack } from './token.attack.js';

export const ATTACKS: readonly Attack[] = [tokenAttack, outcomeAttack, storeAttack, tenancyAttack, requestAttack, environmentAttack, busAttack];

export interface AttackReport {
  readonly attempts: number;
  readonly succeeded: number;
  readonly unrecorded: number;
}

/** Starts a platform, runs the attacks on it one after another, and reports; `say` gets a line per attack and per attempt that was not held. */
export async function runAttack(root: string, attacks: readonly Attack[], say: (line: string) => void): Promise<AttackReport> {
  const target = await startTarget({ root });
  const judged: Judged[] = [];
  try {
    for (const attack of attacks) {
      const found = await judge(attack, target);
      judged.push(...found);
      say(`${attack.name.padEnd(24)} ${found.length} attempts, ${found.filter(({ got }) => got !== undefined).length} succeeded, ${found.filter(({ recorded }) => !recorded).length} unrecorded`);
      for (const { name, got, recorded } of found) {
        if (got !== undefined) say(`  succeeded: ${name}: ${got}`);
        if (!recorded) say(`  unrecorded: ${name}`);
      }
    }
  } finally {
    await target.stop();
  }
  return { attempts: judged.length, succeeded: judged.filter(({ got }) => got !== undefined).length, unrecorded: judged.filter(({ recorded }) => !recorded).length };
}
