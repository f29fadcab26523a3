import { setTimeout as pause } from 'node:timers/promises';
import type { GatewayClient, Reply } from './gateway-client.js';

const ASK_AGAIN_MS = 100;
const ATTEMPTS_MAX = 300;

/** Opens a session, asking again while the platform is not there; throws when it refuses, or stays away for half a minute. */
export async function openSession(client: GatewayClient): Promise<string> {
  let reply: Reply | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    reply = await client.post('/v1/sessions', {}).catch(() => undefined);
    if (reply?.status === 201) return String(reply.body['session_id']);
    if (reply !== undefined && reply.status < 500 && reply.status !== 429) break;
    await pause(ASK_AGAIN_MS);
  }
  throw new Error(`no session: ${reply?.status ?? 'no answer'} ${JSON.stringify(reply?.body)}`);
}
