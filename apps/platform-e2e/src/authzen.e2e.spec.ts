/** AuthZEN 1.0 as an application asks it: over HTTP, of a gateway and a runtime that hold the bundle. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Api } from './harness/api.js';
import { startBootstrappedStack, type TestPlatform } from './harness/platform.js';

interface Question {
  readonly subject: object;
  readonly action: object;
  readonly resource: object;
}

interface Vectors {
  readonly evaluation: readonly { readonly request: Question; readonly expected: boolean }[];
  readonly evaluations: readonly { readonly request: Question & { readonly evaluations: readonly object[] }; readonly expected: readonly { readonly decision: boolean }[] }[];
}

const person = (tenant_id: string, user_id: string, roles: readonly string[], attributes: object = {}): object => ({ tenant_id, user_id, kind: 'person', roles, attributes });

/** The people of the interop scenario "todo", whose ids its identity provider made. */
const TODO_PEOPLE = [
  ['0', 'rick@the-citadel.com', ['admin', 'evil_genius']],
  ['1', 'morty@the-citadel.com', ['editor']],
  ['2', 'summer@the-smiths.com', ['editor']],
  ['3', 'beth@the-smiths.com', ['viewer']],
  ['4', 'jerry@the-smiths.com', ['viewer']],
] as const;
const todoId = (n: string): string => Buffer.from(`\n$fd${n}614d3-c39a-4781-b7bd-8b96f5a5100d\x12\x05local`).toString('base64url');

const on = (id: string, actions: string, when: string): object => ({ id, role: 'security_guard', text: `permit(principal in Tenant::"acme", ${actions}, resource is Resource) when { ${when} };` });
const ownsTodo = 'resource.hasTag("ownerID") && principal.hasTag("email") && resource.getTag("ownerID") == principal.getTag("email")';
const archived = 'resource.hasTag("status") && resource.getTag("status") == "archived"';
const isRecord = 'resource.type == "record"';

const bootstrap = {
  tenants: [{ tenant_id: 'acme', name: 'Acme' }, { tenant_id: 'globex', name: 'Globex' }],
  identities: [
    person('acme', 'alice', ['decision_asker']),
    person('acme', 'bob', [], { role: 'admin' }),
    person('globex', 'gina', []),
    ...TODO_PEOPLE.map(([n, email, roles]) => person('acme', todoId(n), roles, { email })),
  ],
  policies: [
    { id: 'askers', role: 'security_guard', text: 'permit(principal, action == Action::"submit", resource == Capability::"runtime.evaluate_access") when { principal.roles.contains("decision_asker") };' },
    on('todo.read', 'action in [Action::"can_read_user", Action::"can_read_todos"]', '["user", "todo"].contains(resource.type)'),
    on('todo.create', 'action == Action::"can_create_todo"', 'principal.roles.containsAny(["admin", "editor"])'),
    on('todo.update', 'action == Action::"can_update_todo"', `principal.roles.contains("evil_genius") || (principal.roles.contains("editor") && ${ownsTodo})`),
    on('todo.delete', 'action == Action::"can_delete_todo"', `principal.roles.contains("admin") || (principal.roles.contains("editor") && ${ownsTodo})`),
    on('record.read', 'action == Action::"read"', `${isRecord} && ["alice", "bob"].contains(principal.id)`),
    on('record.write', 'action == Action::"write"', `${isRecord} && principal.id == "alice" && !(${archived})`),
    on('record.admin', 'action == Action::"write"', `${isRecord} && principal.hasTag("role") && principal.getTag("role") == "admin" && ${archived}`),
    on('record.delete', 'action == Action::"delete"', `${isRecord} && principal.id == "alice" && context.action.hasTag("soft") && context.action.getTag("soft") == "true"`),
  ],
};

const user = (id: string, properties?: object): object => ({ type: 'user', id, ...(properties && { properties }) });
const record = (id: string, status?: string): object => ({ type: 'record', id, ...(status && { properties: { status } }) });
const ask = (subject: object, name: string, resource: object, properties?: object): Question => ({ subject, action: { name, ...(properties && { properties }) }, resource });

/** The eight decisions of the certification scenario of the AuthZEN working group, sections 1.4 and 2.2. */
const scenario: readonly [Question, boolean][] = [
  [ask(user('alice'), 'read', record('record-1')), true],
  [ask(user('alice'), 'write', record('record-1')), true],
  [ask(user('bob'), 'read', record('record-1')), true],
  [ask(user('bob'), 'write', record('record-1')), false],
  [ask(user('alice'), 'write', record('record-2', 'archived')), false],
  [ask(user('bob', { role: 'admin' }), 'write', record('record-2', 'archived')), true],
  [ask(user('alice'), 'delete', record('record-1'), { soft: true }), true],
  [ask(user('alice'), 'delete', record('record-1'), { soft: false }), false],
];

describe('AuthZEN', () => {
  let platform: TestPlatform;
  let asker: Api;
  beforeAll(async () => {
    platform = await startBootstrappedStack(bootstrap);
    asker = platform.as('alice');
  }, 120_000);
  afterAll(() => platform.stop(), 60_000);

  const evaluate = async (question: object): Promise<boolean> => (await asker.post<{ decision: boolean }>('/access/v1/evaluation', question)).body.decision;
  const evaluateAll = async (batch: object): Promise<boolean[]> => (await asker.post<{ evaluations: { decision: boolean }[] }>('/access/v1/evaluations', batch)).body.evaluations.map(({ decision }) => decision);
  const search = (open: string, query: object): Promise<Answer<{ results: { id: string; type: string; name: string }[]; page: { next_token: string; count: number; total: number } }>> => asker.post(`/access/v1/search/${open}`, query);

  it('the certification scenario - a decision that is not the one it demands, alone or in a batch', async () => {
    expect(await Promise.all(scenario.map(([question]) => evaluate({ ...question, context: { ip: '192.168.1.1' }, future: {} })))).toEqual(scenario.map(([, decision]) => decision));
    expect(await evaluateAll({ evaluations: scenario.map(([question]) => question) })).toEqual(scenario.map(([, decision]) => decision));
  });

  it('a batch - takes from the top what it leaves out, answers a broken question beside the others, and stops where its semantic says', async () => {
    const top = { subject: user('bob'), resource: record('record-1') };
    const evaluations = ['read', 'write', 'read'].map((name) => ({ action: { name } }));
    const under = (evaluations_semantic: string): Promise<boolean[]> => evaluateAll({ ...top, evaluations, options: { evaluations_semantic } });
    expect(await Promise.all(['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'].map(under))).toEqual([[true, false, true], [true, false], [true]]);
    expect(await evaluateAll({ ...top, evaluations: [evaluations[0]!, {}] })).toEqual([true, false]);
    expect(await evaluateAll({ subject: user('alice'), action: { name: 'write' }, resource: { type: 'record' }, evaluations: [{ resource: { id: 'record-1', properties: { status: 'active' } } }, { resource: record('record-2', 'archived') }] })).toEqual([true, false]);
    expect(await Promise.all([{ ...top, action: { name: 'read' } }, { ...top, action: { name: 'read' }, evaluations: [] }].map(async (one) => (await asker.post('/access/v1/evaluations', one)).body['decision']))).toEqual([true, true]);
  });

  it('a search - finds, page by page, exactly those for which the evaluation says yes', async () => {
    const query = { subject: { type: 'user' }, action: { name: 'read' }, resource: record('record-1') };
    const found: string[] = [];
    for (let token = ''; ; ) {
      const { body: { results, page } } = await search('subject', { ...query, page: { limit: 1, token } });
      expect([page.count, page.total]).toEqual([1, 2]);
      found.push(...results.map(({ id }) => id));
      token = page.next_token;
      if (token === '') break;
      expect((await search('subject', { ...query, action: { name: 'write' }, page: { token } })).status).toBe(400);
    }
    const everybody = ['alice', 'bob', ...TODO_PEOPLE.map(([n]) => todoId(n)), 'nobody'];
    const permitted = await Promise.all(everybody.map(async (id) => ((await evaluate(ask(user(id), 'read', record('record-1')))) ? [id] : [])));
    expect(found).toEqual(permitted.flat().sort());
    const actions = await search('action', { subject: user('alice'), resource: record('record-1') });
    expect(actions.body.results.map(({ name }) => name)).toEqual(['read', 'write']);
    expect((await search('action', { subject: user('nobody'), resource: record('record-1') })).body.results).toEqual([]);
    expect((await search('subject', { ...query, subject: { type: 'spaceship' } })).body.results).toEqual([]);
    expect(await evaluate(ask(user('alice'), 'submit', { type: 'capability', id: 'governance.request_grant' }))).toBe(true);
    expect((await search('resource', { subject: user('alice'), action: { name: 'submit' }, resource: { type: 'capability' } })).body.results).toEqual([{ type: 'capability', id: 'governance.request_grant' }]);
  });

  it('who may not ask about others - is refused and asks about itself; a stranger is asked who it is', async () => {
    const [question] = scenario[0]!;
    const gina = platform.as('gina');
    expect([(await gina.post('/access/v1/evaluation', question)).status, (await gina.post('/access/v1/evaluation', { ...question, subject: user('gina') })).status, (await platform.anonymous().post('/access/v1/evaluation', question)).status]).toEqual([403, 200, 401]);
  });

  it('the metadata - names this decision point and each endpoint, which answers there', async () => {
    const { status, headers, body } = await platform.anonymous().get<Record<string, string>>('/.well-known/authzen-configuration');
    expect([status, headers.get('content-type'), body['policy_decision_point']]).toEqual([200, expect.stringContaining('application/json'), platform.url]);
    const { policy_decision_point: _, ...endpoints } = body;
    expect(Object.keys(endpoints).sort()).toEqual(['access_evaluation_endpoint', 'access_evaluations_endpoint', 'search_action_endpoint', 'search_resource_endpoint', 'search_subject_endpoint']);
    const statuses = await Promise.all(Object.values(endpoints).map(async (url) => (await asker.post(url.slice(platform.url.length), scenario[0]![0], { 'x-request-id': 'r-1' })).headers.get('x-request-id')));
    expect(new Set(statuses)).toEqual(new Set(['r-1']));
  });

  const corpus = process.env['CORPUS_DIR'];
  if (corpus !== undefined) it('the interop scenario "todo" (needs CORPUS_DIR) - one of its 40 single or 3 batched decisions that is not equal', async () => {
    const vectors = JSON.parse(readFileSync(join(corpus, 'governance', 'authzen', 'todo-decisions-1_0-02.json'), 'utf8')) as Vectors;
    expect(await Promise.all(vectors.evaluation.map(({ request }) => evaluate(request)))).toEqual(vectors.evaluation.map(({ expected }) => expected));
    expect(await Promise.all(vectors.evaluations.map(({ request }) => evaluateAll(request)))).toEqual(vectors.evaluations.map(({ expected }) => expected.map(({ decision }) => decision)));
    expect([vectors.evaluation.length, vectors.evaluations.length]).toEqual([40, 3]);
  });
});
