import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Operation } from '../http/operation.js';
import { startGateway, testKeys, type TestGateway } from '../testing/test-gateway.js';
import { operations } from './operations.js';

const ID = '019b0000-0000-7000-8000-000000000000';
const example: Readonly<Record<string, string>> = { session_id: ID, execution_id: ID, step: 'receive', name: 'tenants', intent_type: 'content.ingest', code: 'auth.missing', grant_id: ID, key_id: 'nothing' };
const concrete = (path: string): string => path.replace(/[:{](\w+)\}?/g, (_, name: string) => example[name]!);

/** Routes that are no operations: service-host's, and the console's. */
const OTHERS = new Set(['GET /healthz', 'GET /readyz', 'GET /metrics', 'GET /', 'GET /console', 'GET /console/', 'GET /console/*', 'GET /console/index.html', 'GET /console/assets/app-1.js']);

/** Bodies of the operations that an empty one does not fit. */
const BODIES: Readonly<Record<string, object>> = {
  continueExecution: { step: 'parse' },
  resolveEffect: { happened: true },
  operateInBulk: { operation: 'pause', query: {} },
  evaluateAccess: { subject: { type: 'user', id: 'bob' }, action: { name: 'submit' }, resource: { type: 'capability', id: 'content.ingest' } },
  evaluateAccesses: { subject: { type: 'user', id: 'bob' }, action: { name: 'submit' }, evaluations: [{ resource: { type: 'capability', id: 'content.ingest' } }] },
  searchSubjects: { subject: { type: 'user' }, action: { name: 'submit' }, resource: { type: 'capability', id: 'content.ingest' } },
  searchResources: { subject: { type: 'user', id: 'bob' }, action: { name: 'submit' }, resource: { type: 'capability' } },
  searchActions: { subject: { type: 'user', id: 'bob' }, resource: { type: 'capability', id: 'content.ingest' } },
  explainPolicy: { intent_type: 'content.ingest' },
  createSchedule: { cron: '0 * * * *', as: 'nightly', intent: { intent_type: 'sample.run' } },
};

/** What shows only once Smart City has answered is tested where it does. */
const OWN_TESTS = new Set(['listReferences', 'readReference', 'resolveReference', 'walkLineage', 'traceValue', 'traceDerived', 'exportLineage', 'submitIntent', 'requestGrant', 'issueKey']);

describe('routes', () => {
  let gateway: TestGateway;
  let directory: string;
  let routes: string[];
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'symphainy-console-'));
    await mkdir(join(directory, 'assets'));
    await writeFile(join(directory, 'index.html'), '<!doctype html><title>Console</title>');
    await writeFile(join(directory, 'assets', 'app-1.js'), 'export {}');
    gateway = await startGateway({ keys: testKeys, env: { CONSOLE_DIR: directory } });
    routes = gateway.routes();
  });
  afterAll(async () => {
    await gateway.close();
    await rm(directory, { recursive: true });
  });

  it('every route of the server - is an operation, or known to be none', () => {
    const known = new Set([...operations.map(({ method, path }) => `${method} ${path}`), ...OTHERS]);
    expect(routes.filter((route) => !known.has(route))).toEqual([]);
    expect(operations.map(({ method, path }) => `${method} ${path}`).filter((route) => !routes.includes(route))).toEqual([]);
  });

  it('every route - asks for credentials, unless it says that it is public', async () => {
    const open = new Set([...operations.filter((o) => o.access === 'public').map((o) => `${o.method} ${o.path}`), ...OTHERS]);
    const guarded = await Promise.all(routes.filter((route) => !open.has(route)).map(async (route) => [route, (await callOf(route)).body['code']]));
    expect(guarded.filter(([, code]) => code !== 'auth.missing')).toEqual([]);
    expect(guarded.length).toBeGreaterThan(20);
    const unguarded = await Promise.all([...open].map(async (route) => [route, (await callOf(route)).status]));
    expect(unguarded.filter(([, status]) => status === 401)).toEqual([]);
  });

  const callOf = (route: string): ReturnType<TestGateway['call']> => {
    const [method, path] = route.split(' ') as [string, string];
    return gateway.call(method, concrete(path), { key: '' });
  };

  it('every operation - passes on what the Runtime answers', async () => {
    const plain = (o: Operation): boolean => o.access === 'caller' && o.form === undefined && !OWN_TESTS.has(o.id);
    const session = String((await gateway.call('POST', '/v1/sessions')).body['session_id']);
    const codes = await Promise.all(operations.filter(plain).map(async (o) => {
      const answer = await gateway.call(o.method, concrete(o.path).replace(`/sessions/${ID}`, `/sessions/${session}`), { ...(o.method === 'POST' ? { json: BODIES[o.id] ?? {} } : {}) });
      return [o.id, answer.status, answer.body['code']];
    }));
    expect(codes.filter(([, status, code]) => Number(status) >= 400 && !['execution.not_found', 'artifact.not_found', 'intent.unknown', 'grant.not_found', 'key.not_found'].includes(String(code)))).toEqual([]);
  });

  it('the console - has its files, its own places, and a policy of its own', async () => {
    const page = await gateway.call('GET', '/console/executions/42', { key: '' });
    expect([page.status, page.body['text'], page.headers.get('cache-control')]).toEqual([200, expect.stringContaining('Console'), 'no-cache']);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const script = await gateway.call('GET', '/console/assets/app-1.js', { key: '' });
    expect([script.status, script.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
    expect((await gateway.call('GET', '/console/assets/missing.js', { key: '' })).body['code']).toBe('request.not_found');
    expect((await gateway.call('GET', '/', { key: '' })).headers.get('location')).toBe('/console/');
  });

  it('the documents’ endpoints - each has its place among the routes', () => {
    const table = readFileSync(join(__dirname, '../../../../docs/reference/endpoints.md'), 'utf8');
    const rows = [...table.matchAll(/^\| `[^|]+` \|[^|]*\| `(GET|POST|DELETE) (\/v1\/[^`?]+)[^`]*` \|/gm)].map((row) => `${row[1]} ${row[2]!.replace(/\{(\w+)\}/g, ':$1')}`);
    expect(rows.length).toBeGreaterThan(12);
    expect(rows.filter((row) => !routes.includes(row))).toEqual([]);
  });

  it('an error code - can be looked up where a problem’s type leads', async () => {
    const refused = await gateway.call('GET', '/v1/me', { key: '' });
    expect((await gateway.call('GET', String(refused.body['type']), { key: '' })).body).toMatchObject({ code: 'auth.missing', status: 401, fix: expect.any(String) });
    expect((await gateway.call('GET', '/v1/errors/no.such', { key: '' })).body['code']).toBe('request.not_found');
  });

  it('origins - a page of a named one may call, and is told so before it does', async () => {
    const other = await startGateway({ keys: testKeys, env: { CORS_ORIGINS: 'https://app.example, https://b.example' } });
    const preflight = await other.call('OPTIONS', '/v1/intents', { key: '', headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' } });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin'), preflight.headers.get('access-control-allow-headers')]).toEqual([204, 'https://app.example', expect.stringContaining('authorization')]);
    expect((await other.call('GET', '/v1/me', { headers: { origin: 'https://evil.example' } })).headers.get('access-control-allow-origin')).toBeNull();
    await other.close();
  });
});
