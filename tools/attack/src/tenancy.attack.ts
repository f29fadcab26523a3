import type { Attack, Attempt } from './attempt.js';
import { type ApiDocument, isId, isSearch, type Route, routesOf } from './api-document.js';
import type { HttpAnswer, HttpCaller } from './http-caller.js';
import type { Prey, Target } from './target.js';

/** An id of acme's, and one of the same kind that names nothing: the two must be answered alike. */
interface Pair {
  readonly kind: string;
  readonly real: Readonly<Record<string, string>>;
  readonly absent: Readonly<Record<string, string>>;
}

const NOTHING = '019b0000-0000-7000-8000-0000000000aa';

/** Every kind of id the prey has, under every name a route may ask for it. */
function pairsOf({ sessionId, executionId, reference }: Prey): Pair[] {
  const [execution, step, name] = reference.split('/') as [string, string, string];
  const uuids: [string, string][] = [['session', sessionId], ['execution', executionId], ['upload', execution]];
  return [
    ...uuids.map(([kind, id]) => ({ kind, real: { '*': id }, absent: { '*': NOTHING } })),
    { kind: 'artifact', real: { execution_id: execution, step, name, reference, source: reference, '*': reference }, absent: { execution_id: NOTHING, step, name, reference: `${NOTHING}/${step}/${name}`, source: `${NOTHING}/${step}/${name}`, '*': `${NOTHING}/${step}/${name}` } },
  ];
}

const valueOf = (ids: Readonly<Record<string, string>>, name: string): string => ids[name] ?? (isId(name) || isSearch(name) ? ids['*']! : 'x');

/** Routes × foreign ids × roles, from the document that the gateway serves: a route that is added is attacked without anybody saying so. */
export const tenancyAttack: Attack = {
  name: 'foreign tenants',
  guard: 'tenancy',
  async run(target) {
    const document = (await target.as('gina').call('GET', '/v1/openapi.json')).body as unknown as ApiDocument;
    const routes = routesOf(document);
    const plain = routes.filter((route) => !takesIds(route));
    const callers = [target.as('gina'), target.as('admin'), target.anonymous()];
    // First: afterwards gina's own part of the log holds the ids that she tried.
    const attempts: Attempt[] = [...(await sideways(target, plain)), ...(await cached(target, routes))];
    for (const caller of callers) attempts.push(...(await byCaller(target, caller, routes.filter(takesIds))));
    return target.choice.thorough ? [...attempts, await timing(target)] : attempts;
  },
};

const takesIds = ({ inPath, inQuery, body }: Route): boolean => inPath.length + inQuery.length > 0 || body !== undefined;

async function byCaller(target: Target, caller: HttpCaller, routes: readonly Route[]): Promise<Attempt[]> {
  const reader = caller.name === 'gina' ? caller : target.as('admin');
  const before = await target.trail.countSeenBy(reader);
  const tried: { readonly name: string; readonly got: string | undefined; readonly refusals: number }[] = [];
  const combinations = routes.flatMap((route) => pairsOf(target.prey).map((pair) => ({ route, pair })));
  for (const { route, pair } of target.choice.of(combinations, 25)) tried.push(await tryRoute(target, caller, route, pair));
  const refusals = tried.reduce((sum, { refusals: n }) => sum + n, 0);
  let found = false;
  const recorded = async (): Promise<boolean> => (found ||= (await target.trail.countSeenBy(reader)) - before >= refusals);
  return tried.map(({ name, got }) => ({ name, got, recorded }));
}

async function tryRoute(target: Target, caller: HttpCaller, route: Route, pair: Pair): Promise<{ name: string; got: string | undefined; refusals: number }> {
  const [real, absent] = [await send(caller, route, pair.real), await send(caller, route, pair.absent)];
  const name = `${caller.name}: ${route.method} ${route.path} with a foreign ${pair.kind}`;
  return { name, got: leak(target, real) ?? difference(real, absent, pair), refusals: [real, absent].filter(isRecordedRefusal).length };
}

function send(caller: HttpCaller, route: Route, ids: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(valueOf(ids, name)));
  const query = route.inQuery.map((name) => `${name}=${encodeURIComponent(valueOf(ids, name))}`).join('&');
  const body = route.body === undefined ? undefined : (filled(route.body, ids) as object);
  return caller.call(route.method, query === '' ? path : `${path}?${query}`, route.method === 'GET' ? undefined : route.form ? formOf(body) : body, headers);
}

/** A form with a small file in it. */
function formOf(body: object | undefined): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(body ?? {})) if (name !== 'file') form.set(name, String(value));
  form.set('file', new Blob(['a,b\n1,2\n'], { type: 'text/csv' }), 'attack.csv');
  return form;
}

/** Names that a caller gives to what he makes: fresh each time, for a second thing of one name is refused. */
const GIVEN = new Set(['key_id', 'intent_id', 'tenant_id']);
let given = 0;

/** Every id in a body becomes the one that is tried. */
function filled(value: unknown, ids: Readonly<Record<string, string>>): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, name === 'key_id' ? `made-${given++}` : typeof inner === 'string' && isId(name) && !GIVEN.has(name) ? valueOf(ids, name) : filled(inner, ids)]));
}

const leak = ({ canary }: Target, { text }: HttpAnswer): string | undefined => (text.includes(canary) ? 'acme’s data' : undefined);

/** Status, code, members and words must be the same but for the ids themselves, and for what is new with each answer. */
function difference(real: HttpAnswer, absent: HttpAnswer, pair: Pair): string | undefined {
  const [a, b] = [fingerprint(real, pair.real), fingerprint(absent, pair.absent)];
  return a === b ? undefined : `different answers: ${a.slice(0, 160)} / ${b.slice(0, 160)}`;
}

function fingerprint({ status, text }: HttpAnswer, ids: Readonly<Record<string, string>>): string {
  const own = Object.entries(ids).filter(([, id]) => id.length > 8).map(([, id]) => id).sort((a, b) => b.length - a.length);
  const masked = own.reduce((masking, id) => masking.replaceAll(id, '<id>').replaceAll(encodeURIComponent(id), '<id>'), text);
  return `${status} ${masked.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>').replace(/[0-9a-f]{64}/g, '<hash>').replace(/sk_[\w-]+/g, '<key>').replace(/\d+/g, '#')}`;
}

/** What an auditor must find: everything that was turned away but passing unavailability. */
const isRecordedRefusal = ({ status }: HttpAnswer): boolean => status >= 400 && status < 500 && status !== 409 && status !== 429;

/** Lists, search, cursors and a forged tenant: what they show and what they say. `plain`: every route that names no id, asked as it is. */
async function sideways(target: Target, plain: readonly Route[]): Promise<Attempt[]> {
  const [alice, gina] = [target.as('alice'), target.as('gina')];
  const page = await alice.call('GET', '/v1/executions?limit=1');
  const cursor = encodeURIComponent(String(page.body['next_cursor'] ?? ''));
  const words = [target.canary.slice(0, 6), target.canary, target.prey.executionId].map(encodeURIComponent);
  const searches = words.flatMap((word) => [`/v1/state?prefix=${word}`, `/v1/registry?text=${word}`]);
  const paths = [`/v1/executions?limit=100&cursor=${cursor}`, '/v1/wal?record_type=intent_received', ...searches, ...plain.filter(({ method }) => method === 'GET').map(({ path }) => path)];
  // what a search was asked for may come back with its refusal
  const shown = (text: string, path: string): boolean => [target.canary, target.prey.sessionId, target.prey.executionId, '"acme"'].filter((secret) => !path.includes(secret)).some((secret) => text.includes(secret));
  const reads = await Promise.all(paths.map(async (path): Promise<Attempt> => {
    const { text } = await gina.call('GET', path);
    return { name: `gina: GET ${path.replace(/cursor=.*/, 'cursor=<acme’s>')} shows nothing of acme’s`, got: shown(text, path) ? text.slice(0, 200) : undefined, recorded: () => true };
  }));
  const before = await target.trail.countSeenBy(gina);
  const own = String((await gina.call('POST', '/v1/sessions', {})).body['session_id']);
  const claimed = await gina.call('POST', '/v1/intents', { session_id: own, tenant_id: 'acme', intent_type: 'content.ingest', payload: { source: target.prey.reference } });
  return [...reads, { name: 'gina: an intent in acme’s name', got: claimed.status < 400 ? claimed.text.slice(0, 200) : undefined, recorded: async () => (await target.trail.countSeenBy(gina)) > before }];
}

/** Caches: what acme has just asked for, with acme's own validators, is asked for by somebody else at once. */
async function cached(target: Target, routes: readonly Route[]): Promise<Attempt[]> {
  const [alice, gina] = [target.as('alice'), target.as('gina')];
  const reads = routes.filter(({ method, inPath }) => method === 'GET' && inPath.length > 0);
  const attempts: Attempt[] = [];
  for (const { route, pair } of target.choice.of(reads.flatMap((each) => pairsOf(target.prey).map((ids) => ({ route: each, pair: ids }))), 12)) {
    const warm = await send(alice, route, pair.real);
    const { headers } = warm;
    const validators = { ...(headers.get('etag') === null ? {} : { 'if-none-match': headers.get('etag')! }), ...(headers.get('last-modified') === null ? {} : { 'if-modified-since': headers.get('last-modified')! }) };
    const cold = await send(gina, route, pair.real, validators);
    const got = leak(target, cold) ?? (cold.status === 304 ? 'that acme’s copy is fresh' : undefined) ?? (/public|s-maxage/.test(headers.get('cache-control') ?? '') ? 'leave to keep a copy' : undefined);
    attempts.push({ name: `gina: GET ${route.path} with a foreign ${pair.kind}, just after acme asked for it`, got, recorded: () => true });
  }
  return attempts;
}

const SAMPLES = 120;

/** Does a foreign id take longer than one that is nobody's? Interleaved; the noise is what two halves of the same kind differ by. */
async function timing(target: Target): Promise<Attempt> {
  const gina = target.as('gina');
  const took = { foreign: [] as number[], absent: [] as number[] };
  for (let i = 0; i < SAMPLES; i++) {
    for (const [kind, id] of i % 2 === 0 ? ([['foreign', target.prey.executionId], ['absent', NOTHING]] as const) : ([['absent', NOTHING], ['foreign', target.prey.executionId]] as const)) {
      const start = performance.now();
      await gina.call('GET', `/v1/executions/${id}`);
      took[kind].push(performance.now() - start);
    }
  }
  const gap = Math.abs(median(took.foreign) - median(took.absent));
  const noise = Math.max(spread(took.absent), spread(took.foreign)) / Math.sqrt(SAMPLES);
  return { name: `the time a foreign id takes: ${gap.toFixed(3)} ms from that of nobody’s, noise ${noise.toFixed(3)} ms (${SAMPLES} each)`, got: gap > 6 * noise + 0.05 ? `a gap of ${gap.toFixed(3)} ms` : undefined, recorded: () => true };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
/** Median absolute deviation, scaled as a standard deviation. */
const spread = (values: readonly number[]): number => 1.4826 * median(values.map((value) => Math.abs(value - median(values))));
