import { z } from 'zod';
import { jsonObject, tenantId, timestamp, userId, uuid } from './words.js';

/** Who is calling, as the gateway (or a service identity) established it. Roles of local identities are read from the bundle instead. */
export const caller = z.object({
  tenant_id: tenantId,
  user_id: userId,
  roles: z.array(z.string().max(80)).max(50),
  /** How the caller proved who they are. */
  auth: z.enum(['api_key', 'jwt', 'service', 'dev_login']),
  /** Of an API key that somebody else of the tenant issued: who did, and who issued the key that they did it with. They may hold it too. */
  key_issuers: z.array(userId).optional(),
});
export type Caller = z.infer<typeof caller>;

/** Whether one person of the tenant may stand behind both: it is one user, one issued the other's API key, or the same third issued both. Whoever wants two pairs of eyes must ask this, and not compare users. */
export function mayBeOnePerson(one: Caller, other: Caller): boolean {
  const hands = ({ user_id, key_issuers = [] }: Caller): readonly string[] => [user_id, ...key_issuers];
  return hands(one).some((user) => hands(other).includes(user));
}

/** A session: every intent needs one, and it never changes tenant or user. */
export const session = z.object({
  session_id: uuid,
  tenant_id: tenantId,
  user_id: userId,
  created_at: timestamp,
  closed_at: timestamp.optional(),
  context: jsonObject,
  /** Executions of this session that have not ended. */
  active_sagas: z.array(uuid),
});
export type Session = z.infer<typeof session>;
