import type { Caller, Session } from '@symphainy/contracts';

/** Who is signed in. */
export type Me = Pick<Caller, 'tenant_id' | 'user_id' | 'roles'>;

/** The sessions this person can submit in: their own and open, newest first. */
export function ownOpenSessions(sessions: readonly Session[], me: Me): readonly Session[] {
  return sessions.filter((session) => session.user_id === me.user_id && session.closed_at === undefined).toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1));
}

/** The session to go on with: the one chosen before if it is still open, else the newest; undefined asks for a new one. */
export function chooseSession(own: readonly Session[], chosenBefore: string | undefined): Session | undefined {
  return own.find((session) => session.session_id === chosenBefore) ?? own[0];
}
