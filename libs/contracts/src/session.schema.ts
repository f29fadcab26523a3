import { z } from 'zod';
import { jsonObject, tenantId, timestamp, userId, uuid } from './words.js';

/** Who is calling, as the gateway (or a service identity) established it. Roles of local identities are read from the bundle instead. */
export const caller = z.object({
  tenant_id: tenantId,
  user_id: userId,
  roles: z.array(z.string().max(80)).max(50),
  /** How the caller proved who they are. */
  auth: z.enum(['api_key', 'jwt', 'service', 'dev_login']),
});
export type Caller = z.infer<typeof caller>;

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
