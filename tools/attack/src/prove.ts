import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { openDatabase } from '@symphainy/store-postgres';
import type { Attack } from './attempt.js';
import { busAttack } from './bus.attack.js';
import { storeAttack } from './store.attack.js';
import { startTarget, type Target, type TargetOptions } from './target.js';
import { tenancyAttack } from './tenancy.attack.js';
import { tokenAttack } from './token.attack.js';

/** A guard taken away: how the platform is started without it, what is done to it once it runs, and the attack that must then succeed. */
interface Unguarded {
  readonly attack: Attack;
  readonly options?: (here: string) => Partial<TargetOptions>;
  readonly open?: (target: Target) => Promise<void>;
}

/** Nothing here is reachable from a service as it is shipped: a preloaded module, another server configuration. */
const UNGUARDED: readonly Unguarded[] = [
  { attack: busAttack, options: () => ({ openBus: true }) },
  { attack: tokenAttack, options: (here) => ({ preload: { runtime: join(here, 'unguarded', 'tokens.js') } }) },
  { attack: tenancyAttack, options: (here) => ({ preload: { 'experience-gateway': join(here, 'unguarded', 'tenancy.js') } }) },
  { attack: storeAttack, open: trustEverybody },
];

export interface ProofReport {
  readonly guards: number;
  readonly unproven: number;
}

/** Runs each attack on a platform without its guard. One that then gets nothing proves nothing. */
export async function prove(root: string, say: (line: string) => void, chosen: readonly Unguarded[] = UNGUARDED): Promise<ProofReport> {
  let unproven = 0;
  for (const { attack, options, open } of chosen) {
    const target = await startTarget({ root, ...options?.(__dirname) });
    try {
      await open?.(target);
      const attempts = await attack.run(target);
      const got = attempts.filter((attempt) => attempt.got !== undefined);
      if (got.length === 0) unproven++;
      say(`without ${attack.guard.padEnd(20)} ${got.length} of ${attempts.length} attempts at ${attack.name} succeed${got[0] === undefined ? '' : `, e.g. ${got[0].name}: ${got[0].got?.slice(0, 120)}`}`);
    } finally {
      await target.stop();
    }
  }
  return { guards: chosen.length, unproven };
}

/** Postgres as it would be with `trust`: whoever reaches it is whoever he says. */
async function trustEverybody({ stack, dataDir }: Target): Promise<void> {
  await writeFile(join(dataDir, 'postgres', 'pg_hba.conf'), 'host all all 127.0.0.1/32 trust\n');
  const database = openDatabase({ url: stack.postgresUrl, applicationName: 'attack', poolMax: 1 });
  await database.query('select pg_reload_conf()');
  await database.close();
}
