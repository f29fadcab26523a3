/** What is said on WS /v1/stream, as JSON text messages. */
import { committedFrame, executionStatus, problemDetails, words } from '@symphainy/contracts';
import { z } from 'zod';

const execution_id = words.uuid;

/** From the client. `auth` comes first when the upgrade carried no Authorization header. */
export const clientMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('auth'), token: z.string().min(1).max(16_384) }),
  z.strictObject({ type: z.literal('subscribe'), execution_id, from_seq: z.number().int().min(0).default(0) }),
  z.strictObject({ type: z.literal('unsubscribe'), execution_id }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;

/** From the gateway. A `problem` without execution_id concerns the connection. */
export const serverMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), tenant_id: words.tenantId, user_id: words.userId }),
  z.object({ type: z.literal('subscribed'), execution_id }),
  z.object({ type: z.literal('frame'), execution_id, frame: committedFrame }),
  z.object({ type: z.literal('end'), execution_id, status: executionStatus, last_seq: z.number().int() }),
  z.object({ type: z.literal('unsubscribed'), execution_id }),
  z.object({ type: z.literal('problem'), execution_id: execution_id.optional(), problem: problemDetails }),
]);
export type ServerMessage = z.infer<typeof serverMessage>;
