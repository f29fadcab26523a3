import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Client } from '@symphainy/client';
import { startLocalStack, type LocalStack } from '@symphainy/launcher';
import { z } from 'zod';
import { benchPolicy, governedBundle, type PolicyFigures } from './policy-bench.js';
import { benchRoot } from './run-bench.js';
import { measureLatency, measureThroughput, type Execute } from './workload.js';

export interface GovernanceFigures extends PolicyFigures {
  readonly runtimes: number;
  /** From the moment that Smart City has a new bundle and pushes it until every runtime decides by it, as the services' logs tell. */
  readonly push_p50_ms: number;
  readonly push_max_ms: number;
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
  const pushes = new Pushes();
  const stack = await startLocalStack({ root: benchRoot, dataDir, only: ['smart-city', 'runtime', 'experience-gateway'], runtimes: RUNTIMES, bootstrapFile, onLine: (_, line) => pushes.hear(line) });
  try {
    return { ...policy, ...(await measureChanges(stack, pushes, say)), ...(await measureQuestions(stack, say)) };
  } finally {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const clientOf = (stack: LocalStack, user: 'alice' | 'admin'): Client => connect({ baseUrl: stack.gatewayUrl, credentials: stack.keyOf(user) });

const IN_FORCE = z.object({ time: z.iso.datetime(), service: z.enum(['smart-city', 'runtime']), version: z.number().int(), msg: z.literal('a governance bundle is in force') });

/** When each version of the bundle was pushed, and when runtimes began to decide by it: both say so in their logs. */
class Pushes {
  private readonly pushed = new Map<number, number>();
  private readonly taken = new Map<number, number[]>();

  hear(line: string): void {
    if (!line.includes(IN_FORCE.shape.msg.value)) return;
    const { time, service, version } = IN_FORCE.parse(JSON.parse(line));
    if (service === 'smart-city') this.pushed.set(version, Date.parse(time));
    else this.taken.set(version, [...(this.taken.get(version) ?? []), Date.parse(time)]);
  }

  /** Milliseconds until the last runtime decided by it, of each version after the first, which runtimes ask for as they start; shortest first. */
  times(): number[] {
    const spans = [...this.pushed].filter(([version]) => version > 1).map(([version, at]) => {
      const taken = this.taken.get(version) ?? [];
      if (taken.length !== RUNTIMES) throw new Error(`${taken.length} of ${RUNTIMES} runtimes told that bundle ${version} is in force`);
      return Math.max(...taken) - at;
    });
    return spans.sort((a, b) => a - b);
  }
}

/** Puts and removes a policy that forbids alice; after each answer her very next question must be decided by it. */
async function measureChanges(stack: LocalStack, pushes: Pushes, say: (text: string) => void): Promise<Pick<GovernanceFigures, 'runtimes' | 'changes' | 'push_p50_ms' | 'push_max_ms' | 'in_force_p50_ms' | 'in_force_max_ms'>> {
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
  const spans = pushes.times();
  const figures = { runtimes: RUNTIMES, changes: CHANGES, push_p50_ms: middle(spans), push_max_ms: round(spans.at(-1)!), in_force_p50_ms: middle(times), in_force_max_ms: round(times.at(-1)!) };
  say(`${CHANGES} changes of policy, each in force at ${RUNTIMES} runtimes: from the push p50 ${figures.push_p50_ms} ms, slowest ${figures.push_max_ms} ms; from the request p50 ${figures.in_force_p50_ms} ms, slowest ${figures.in_force_max_ms} ms`);
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
const middle = (sorted: readonly number[]): number => round(sorted[Math.floor(sorted.length / 2)]!);
