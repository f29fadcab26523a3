import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Client } from '@symphainy/client';
import { startLocalStack, type LocalStack } from '@symphainy/launcher';
import { benchPolicy, governedBundle, type PolicyFigures } from './policy-bench.js';
import { benchRoot } from './run-bench.js';
import { measureLatency, measureThroughput, type Execute } from './workload.js';

export interface GovernanceFigures extends PolicyFigures {
  readonly runtimes: number;
  /** From the request for a change of policy to the answer that every runtime decides by it: its own decision, record and projection included. */
  readonly in_force_p50_ms: number;
  readonly in_force_max_ms: number;
  readonly changes: number;
  /** AuthZEN questions over HTTP: one a request, by so many connections; and a hundred a request. */
  readonly authzen_evaluations_per_s: number;
  readonly authzen_p50_ms: number;
  readonly authzen_p99_ms: number;
  readonly authzen_batched_evaluations_per_s: number;
  readonly connections: number;
}

const DECISIONS = 100_000;
const RUNTIMES = 2;
const CHANGES = 20;
const CONNECTIONS = 16;
const EVALUATIONS = 6_000;
const BATCHES = 100;
const BATCH = 100;
const ALONE = 300;
const FORBID = { id: 'bench-forbids', role: 'security_guard', text: 'forbid(principal == User::"acme/alice", action == Action::"submit", resource == Capability::"content.ingest");' };
const QUESTION = { subject: { type: 'user', id: 'alice' }, action: { name: 'submit' }, resource: { type: 'capability', id: 'content.ingest' } };

/** Policy alone in this process; then pushes and questions over HTTP, on real processes that hold as many policies and tenants. */
export async function benchGovernance(say: (text: string) => void): Promise<GovernanceFigures> {
  const policy = benchPolicy(DECISIONS);
  const dataDir = await mkdtemp(join(tmpdir(), 'symphainy-bench-'));
  const bootstrapFile = join(dataDir, 'bootstrap.json');
  const { tenants, identities, policies, capabilities } = governedBundle(['acme', 'globex']);
  const admin = { id: 'admins-govern', role: 'security_guard', text: 'permit(principal in Tenant::"platform", action == Action::"submit", resource in Realm::"governance") when { principal.roles.contains("governance_admin") };' };
  const people = [{ tenant_id: 'acme', user_id: 'alice', kind: 'person', roles: ['builder'] }, { tenant_id: 'platform', user_id: 'admin', kind: 'person', roles: ['governance_admin'] }];
  await writeFile(bootstrapFile, JSON.stringify({ tenants: tenants.map(({ tenant_id, name }) => ({ tenant_id, name })), identities: [...identities, ...people], policies: [...policies, admin], capabilities }));
  const stack = await startLocalStack({ root: benchRoot, dataDir, only: ['smart-city', 'runtime', 'experience-gateway'], runtimes: RUNTIMES, bootstrapFile, onLine: () => undefined });
  try {
    return { ...policy, ...(await measurePushes(stack, say)), ...(await measureQuestions(stack, say)) };
  } finally {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const clientOf = (stack: LocalStack, user: 'alice' | 'admin'): Client => connect({ baseUrl: stack.gatewayUrl, credentials: stack.keyOf(user) });

/** Puts and removes a policy that forbids alice; after each answer her very next question must be decided by it. */
async function measurePushes(stack: LocalStack, say: (text: string) => void): Promise<Pick<GovernanceFigures, 'runtimes' | 'changes' | 'in_force_p50_ms' | 'in_force_max_ms'>> {
  const [admin, alice] = [clientOf(stack, 'admin'), clientOf(stack, 'alice')];
  const times: number[] = [];
  for (let n = 0; n < CHANGES; n++) {
    const forbids = n % 2 === 0;
    const from = performance.now();
    const { in_force } = forbids ? await admin.governance.change('put_policy', FORBID) : await admin.governance.change('remove_policy', { id: FORBID.id });
    times.push(performance.now() - from);
    if (!in_force) throw new Error('a change was not in force at every runtime in time');
    for (let asked = 0; asked < RUNTIMES * 2; asked++) {
      const { decision } = await alice.policies.explain({ intent_type: 'content.ingest' });
      if ((decision.decision === 'permit') === forbids) throw new Error('a runtime decides by what was before the change');
    }
  }
  times.sort((a, b) => a - b);
  const figures = { runtimes: RUNTIMES, changes: CHANGES, in_force_p50_ms: round(times[Math.floor(times.length / 2)]!), in_force_max_ms: round(times.at(-1)!) };
  say(`${CHANGES} changes of policy, each in force at ${RUNTIMES} runtimes: p50 ${figures.in_force_p50_ms} ms, slowest ${figures.in_force_max_ms} ms`);
  return figures;
}

async function measureQuestions(stack: LocalStack, say: (text: string) => void): Promise<Pick<GovernanceFigures, 'authzen_evaluations_per_s' | 'authzen_p50_ms' | 'authzen_p99_ms' | 'authzen_batched_evaluations_per_s' | 'connections'>> {
  const ask = (path: string, question: object): Execute => async () => {
    const response = await fetch(`${stack.gatewayUrl}/access/v1/${path}`, { method: 'POST', headers: { authorization: `Bearer ${stack.keyOf('alice')}`, 'content-type': 'application/json' }, body: JSON.stringify(question) });
    const text = await response.text();
    if (!response.ok || !text.includes('"decision":true')) throw new Error(`a question was not answered with yes: ${response.status} ${text.slice(0, 300)}`);
  };
  const one = ask('evaluation', QUESTION);
  const many = ask('evaluations', { ...QUESTION, evaluations: Array.from({ length: BATCH }, () => ({})) });
  await measureThroughput(one, EVALUATIONS / 4, CONNECTIONS);
  const single = await measureThroughput(one, EVALUATIONS, CONNECTIONS);
  const alone = await measureLatency(one, ALONE);
  const batched = await measureThroughput(many, BATCHES, CONNECTIONS);
  const figures = { connections: CONNECTIONS, authzen_evaluations_per_s: Math.round(single.perSecond), authzen_p50_ms: round(alone.p50Ms), authzen_p99_ms: round(alone.p99Ms), authzen_batched_evaluations_per_s: Math.round(batched.perSecond * BATCH) };
  say(`AuthZEN over HTTP: ${figures.authzen_evaluations_per_s} evaluations/s, ${figures.authzen_batched_evaluations_per_s} in batches of ${BATCH}`);
  return figures;
}

const round = (value: number): number => Math.round(value * 100) / 100;
