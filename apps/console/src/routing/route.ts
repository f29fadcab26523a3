/**
 * Addresses inside the console. They live in the URL's hash, so the files work under any folder and nothing has to be rewritten by a server.
 */
import type { ExecutionStatus } from '@symphainy/contracts';
import { formatDataRoute, isDataRoute, parseDataRoute, type DataRoute } from './data-route.js';
import { formatGovernRoute, isGovernRoute, parseGovernRoute, type GovernRoute } from './govern-route.js';
import { decodePart, queryOf } from './query.js';

export type Route =
  | GovernRoute
  | DataRoute
  | { readonly page: 'executions'; readonly status?: ExecutionStatus; readonly intentType?: string; readonly scope?: 'session' }
  | { readonly page: 'execution'; readonly executionId: string }
  | { readonly page: 'artifact'; readonly executionId: string; readonly step: string; readonly name: string }
  | { readonly page: 'attention' }
  | { readonly page: 'schedules' }
  | { readonly page: 'submit'; readonly intentType?: string; readonly source?: string }
  | { readonly page: 'unknown'; readonly path: string };

const STATUSES: readonly ExecutionStatus[] = ['running', 'paused', 'compensating', 'stuck', 'completed', 'failed', 'cancelled', 'terminated', 'rejected'];

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const params = new URLSearchParams(query);
  const parts = path.split('/').filter((part) => part !== '').map(decodePart);
  const [first, executionId, artifacts, step, name] = parts;
  if (first === undefined) return executionsRoute(params);
  if ((first === 'attention' || first === 'schedules') && parts.length === 1) return { page: first };
  if (first === 'new' && parts.length === 1) return submitRoute(params);
  if (first === 'executions' && executionId !== undefined) {
    if (parts.length === 2) return { page: 'execution', executionId };
    if (artifacts === 'artifacts' && step !== undefined && name !== undefined && parts.length === 5) return { page: 'artifact', executionId, step, name };
  }
  return parseDataRoute(parts, params) ?? parseGovernRoute(parts, params) ?? { page: 'unknown', path };
}

export function formatRoute(route: Route): string {
  if (isGovernRoute(route)) return formatGovernRoute(route);
  if (isDataRoute(route)) return formatDataRoute(route);
  switch (route.page) {
    case 'executions':
      return `#/${queryOf({ status: route.status, intent: route.intentType, scope: route.scope })}`;
    case 'execution':
      return `#/executions/${encodeURIComponent(route.executionId)}`;
    case 'artifact':
      return `#/executions/${[route.executionId, 'artifacts', route.step, route.name].map(encodeURIComponent).join('/')}`;
    case 'submit':
      return `#/new${queryOf({ intent: route.intentType, source: route.source })}`;
    case 'attention':
    case 'schedules':
      return `#/${route.page}`;
    case 'unknown':
      return `#/${route.path}`;
  }
}

/** The page that shows an artifact, from its id `<execution_id>/<step>/<name>`; undefined when the id is not of that form. */
export function artifactRoute(artifactId: string): Route | undefined {
  const [executionId, step, name, ...rest] = artifactId.split('/');
  if (!executionId || !step || !name || rest.length > 0) return undefined;
  return { page: 'artifact', executionId, step, name };
}

function executionsRoute(params: URLSearchParams): Route {
  const status = STATUSES.find((known) => known === params.get('status'));
  const intentType = params.get('intent') ?? undefined;
  return { page: 'executions', ...(status && { status }), ...(intentType && { intentType }), ...(params.get('scope') === 'session' && { scope: 'session' as const }) };
}

function submitRoute(params: URLSearchParams): Route {
  const intentType = params.get('intent') ?? undefined;
  const source = params.get('source') ?? undefined;
  return { page: 'submit', ...(intentType && { intentType }), ...(source && { source }) };
}

/** The list of executions, with its filters. */
export type ExecutionsRoute = Extract<Route, { page: 'executions' }>;
