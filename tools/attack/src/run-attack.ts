import { addressAttack } from './address.attack.js';
import type { Attack, Judged } from './attempt.js';
import { judge } from './attempt.js';
import { busAttack, outcomeAttack } from './bus.attack.js';
import type { Choice } from './choice.js';
import { credentialAttack } from './credential.attack.js';
import { environmentAttack } from './environment.attack.js';
import { messageAttack } from './message.attack.js';
import { requestAttack } from './request.attack.js';
import { secretAttack } from './secret.attack.js';
import { storeAttack } from './store.attack.js';
import { startTarget } from './target.js';
import { tenancyAttack } from './tenancy.attack.js';
import { tokenAttack } from './token.attack.js';

/** In this order: the last looks for secrets in all that the others made the platform say. */
export const ATTACKS: readonly Attack[] = [tokenAttack, outcomeAttack, messageAttack, storeAttack, credentialAttack, tenancyAttack, requestAttack, addressAttack, environmentAttack, busAttack, secretAttack];

export interface AttackReport {
  readonly attempts: number;
  readonly succeeded: number;
  readonly unrecorded: number;
}

/** Starts a platform, runs the attacks on it one after another, and reports; `say` gets a line per attack and per attempt that was not held. */
export async function runAttack(root: string, attacks: readonly Attack[], choice: Choice, say: (line: string) => void): Promise<AttackReport> {
  const target = await startTarget({ root, choice });
  const judged: Judged[] = [];
  try {
    for (const attack of attacks) {
      const start = performance.now();
      const found = await judge(attack, target);
      judged.push(...found);
      say(`${attack.name.padEnd(24)} ${found.length} attempts, ${found.filter(({ got }) => got !== undefined).length} succeeded, ${found.filter(({ recorded }) => !recorded).length} unrecorded (${((performance.now() - start) / 1000).toFixed(1)} s)`);
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
