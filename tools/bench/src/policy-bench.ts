import { governanceBundle, registeredCapability, sagaDefinition, type CedarPolicy, type GovernanceBundle, type RegisteredCapability } from '@symphainy/contracts';
import { compileBundle, evaluatePolicy, type PolicyRequest } from '@symphainy/governance';
import { hashOf } from '@symphainy/kernel';

export interface PolicyFigures {
  readonly policies: number;
  readonly tenants: number;
  readonly decisions: number;
  /** Of decisions that are remembered: the steady state. */
  readonly memoised_p50_us: number;
  readonly memoised_p99_us: number;
  /** Of decisions that nobody asked before, their slice parsed already. */
  readonly unmemoised_p50_us: number;
  readonly unmemoised_p99_us: number;
  /** Of the very first decision of a tenant: its slice is cut and parsed for it. */
  readonly first_p50_us: number;
}

const TENANTS = 100;
const POLICIES = 1_000;
const CAPABILITIES = ['content.ingest', 'content.index', 'insights.profile', 'journey.plan'].map(capabilityOf);
const USERS = 20;

/** With one step: policy looks at no saga. */
function capabilityOf(name: string): RegisteredCapability {
  const saga = sagaDefinition.parse({ name, steps: [{ kind: 'task', name: 'work' }] });
  return registeredCapability.parse({ name, realm: name.slice(0, name.indexOf('.')), handler: name, version: '1.0.0', input_contract: {}, output_contract: {}, determinism: 'deterministic', saga, saga_hash: hashOf(saga) });
}

/** Ten policies a tenant: three that are for all of its intents, one for each role; the rest for single capabilities. */
function policiesOf(tenant: string): CedarPolicy[] {
  const scope = `principal in Tenant::"${tenant}", action == Action::"submit"`;
  const of = (id: string, role: CedarPolicy['role'], text: string): CedarPolicy => ({ id: `${tenant}.${id}`, role, text });
  return [
    of('work', 'security_guard', `permit(${scope}, resource) when { principal.roles.contains("builder") && context.own_session };`),
    of('active', 'city_manager', `permit(${scope}, resource) when { principal.tenant.status == "active" };`),
    of('data', 'data_steward', `permit(${scope}, resource) when { ["public", "internal"].containsAll(context.classifications) };`),
    ...CAPABILITIES.map(({ name }) => of(`not-${name}`, 'security_guard', `forbid(${scope}, resource == Capability::"${name}") when { principal.roles.contains("auditor") };`)),
    ...[0, 1, 2].map((n) => of(`person-${n}`, 'security_guard', `forbid(${scope}, resource) when { principal.id == "banned-${n}" };`)),
  ];
}

/** A thousand policies of a hundred tenants, `named` ones first among them. */
export function governedBundle(named: readonly string[] = []): GovernanceBundle {
  const tenants = Array.from({ length: TENANTS }, (_, n) => named[n] ?? `tenant-${n}`);
  return governanceBundle.parse({
    version: 1, created_at: '2026-01-01T00:00:00.000Z', capabilities: CAPABILITIES,
    tenants: tenants.map((tenant_id) => ({ tenant_id, name: tenant_id, status: 'active' })),
    identities: tenants.flatMap((tenant_id) => Array.from({ length: USERS }, (_, n) => ({ tenant_id, user_id: `user-${n}`, kind: 'person', roles: ['builder'] }))),
    policies: tenants.flatMap(policiesOf).slice(0, POLICIES),
  });
}

const request = (n: number, salt = ''): PolicyRequest => {
  const user_id = `user-${Math.floor(n / TENANTS) % USERS}${salt}`;
  return { caller: { tenant_id: `tenant-${n % TENANTS}`, user_id, roles: ['builder'], auth: 'jwt' }, capability: CAPABILITIES[Math.floor(n / 7) % CAPABILITIES.length]!, action: 'submit', data: { classifications: [], references: [] }, session_user_id: user_id };
};

/** Times `evaluatePolicy` as acceptance calls it, in this process. */
export function benchPolicy(decisions: number): PolicyFigures {
  const compiled = compileBundle(governedBundle(), 'a'.repeat(64));
  const first = Array.from({ length: TENANTS }, (_, n) => timed(() => evaluatePolicy(compiled, request(n))));
  for (let n = 0; n < decisions; n++) evaluatePolicy(compiled, request(n));
  const memoised = Array.from({ length: decisions }, (_, n) => timed(() => evaluatePolicy(compiled, request(n))));
  const unmemoised = Array.from({ length: Math.min(decisions, 10_000) }, (_, n) => timed(() => evaluatePolicy(compiled, request(n, `-${n}`))));
  return {
    policies: compiled.bundle.policies.length, tenants: TENANTS, decisions,
    memoised_p50_us: at(memoised, 0.5), memoised_p99_us: at(memoised, 0.99), unmemoised_p50_us: at(unmemoised, 0.5), unmemoised_p99_us: at(unmemoised, 0.99), first_p50_us: at(first, 0.5),
  };
}

function timed(work: () => { readonly decision: string }): number {
  const from = performance.now();
  const { decision } = work();
  const took = (performance.now() - from) * 1000;
  if (decision !== 'permit') throw new Error('the benchmark’s requests are all permitted');
  return took;
}

const at = (all: readonly number[], quantile: number): number => Number(all.toSorted((a, b) => a - b)[Math.floor(all.length * quantile)]!.toFixed(2));
