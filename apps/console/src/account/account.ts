import type { Client } from '@symphainy/client';
import type { Session } from '@symphainy/contracts';
import { chooseSession, ownOpenSessions, type Me } from './session-choice.js';

/** Someone signed in: who they are, and the sessions they may submit in. */
export interface Account {
  readonly platform: Client;
  readonly me: Me;
  /** Own open sessions, newest first; never empty. */
  readonly sessions: readonly Session[];
  readonly session: Session;
}

/** Opens an account with a connected platform: proves the credential, then goes on in a session of its own or begins one. */
export async function openAccount(platform: Client, chosenBefore: string | undefined): Promise<Account> {
  const me = await platform.me();
  const own = ownOpenSessions((await platform.sessions.list()).sessions, me);
  const session = chooseSession(own, chosenBefore);
  if (session !== undefined) return { platform, me, sessions: own, session };
  const created = await platform.sessions.create();
  return { platform, me, sessions: [created], session: created };
}
