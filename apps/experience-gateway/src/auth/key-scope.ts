import { failure, type ApiKeyScope } from '@symphainy/contracts';
import type { Operation } from '../http/operation.js';
import type { Authenticated } from './authenticated.js';

/** What a key that is scoped to intents needs beside submitting them: a session. */
const WITH_INTENTS: ReadonlySet<string> = new Set(['createSession', 'closeSession', 'submitIntent', 'submitGovernance']);

type Route = Pick<Operation, 'id' | 'method' | 'safe'>;

/** Throws `auth.scope` when the key may not be used on this route. */
export function demandRoute({ scope, caller }: Authenticated, route: Route): void {
  if (scope !== undefined && !opens(scope, route)) throw failure('auth.scope', { message: `the key of ${caller.user_id} may not be used for ${route.id}` });
}

/** Throws `auth.scope` when the key may not submit this intent. */
export function demandIntent({ scope }: Authenticated, intentType: string): void {
  const intents = scope?.intents;
  if (intents === undefined || intents.includes(intentType) || intents.includes(`${intentType.slice(0, intentType.indexOf('.'))}.*`)) return;
  throw failure('auth.scope', { message: `the key may not submit ${intentType}`, field: '/intent_type' });
}

function opens({ actions, intents, routes }: ApiKeyScope, { id, method, safe }: Route): boolean {
  if (routes !== undefined && !routes.includes(id)) return false;
  const reads = method === 'GET' || safe === true;
  if (actions !== undefined && !actions.includes(reads ? 'read' : 'write')) return false;
  return reads || intents === undefined || WITH_INTENTS.has(id) || routes !== undefined;
}
