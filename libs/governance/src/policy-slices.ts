import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Verdict } from '@symphainy/contracts';
import { sha256Hex } from '@symphainy/kernel';
import { variableAttributes, type AnalysedPolicy, type Attribute, type VariableAttribute } from './policy-analysis.js';
import type { RequestFacts } from './policy-request.js';

/** The order in which verdicts stand in a decision. */
export const verdictRoles = ['security_guard', 'city_manager', 'data_steward'] as const satisfies readonly Verdict['role'][];

/** Policies of one role that can matter for one target. */
export interface PolicySlice {
  /** Names the content: slices with the same policies have the same id. */
  readonly id: string;
  readonly policies: Readonly<Record<string, string>>;
  readonly reasons: ReadonlyMap<string, string>;
  readonly empty: boolean;
}

/** The policies of all roles for one target as one set: asked once where one answer tells all verdicts. */
export interface JointSlice {
  readonly id: string;
  readonly policies: Readonly<Record<string, PolicyJson>>;
  readonly empty: boolean;
  readonly roleOf: ReadonlyMap<string, Verdict['role']>;
  /** What any of them can look at. */
  readonly reads: ReadonlySet<Attribute>;
}

export interface TargetSlices {
  /** In the order of `verdictRoles`. */
  readonly byRole: readonly PolicySlice[];
  readonly joint: JointSlice;
  /** Under which a decision may be remembered: the target, and every attribute these policies read. */
  memoKey(facts: RequestFacts): string;
}

/** The policies of a bundle, cut down per (tenant, action, capability). Slices are made when first asked for, and kept. */
export class PolicySlices {
  /** Each role's whole set, nothing left out. */
  readonly everything: readonly PolicySlice[];
  private readonly byTenant: ReadonlyMap<string | undefined, readonly AnalysedPolicy[]>;
  private readonly made = new Map<string, TargetSlices>();

  constructor(policies: readonly AnalysedPolicy[]) {
    this.everything = sliceByRole(policies);
    this.byTenant = Map.groupBy(policies, (p) => p.tenant);
  }

  of(facts: RequestFacts): TargetSlices {
    // A tenant that is not in the bundle is refused by every role before any policy is asked; its name is a caller's, and must not fill the map.
    const key = facts.tenantKnown ? facts.targetKey : '';
    const slices = this.made.get(key) ?? targetSlices(key, facts.tenantKnown ? this.matching(facts) : []);
    this.made.set(key, slices);
    return slices;
  }

  /** Of a target that anybody may name: made for this question, and not kept. */
  once(facts: RequestFacts): readonly PolicySlice[] {
    return sliceByRole(facts.tenantKnown ? this.matching(facts) : []);
  }

  /** The actions that the policies of a tenant name in their scopes. */
  actionsOf(tenantId: string): readonly string[] {
    return [...new Set(this.candidates(tenantId).flatMap((p) => p.actions))].sort();
  }

  /** The ids of an application's resources of a type that the policies of a tenant name in their scopes: all that are known of them here. */
  resourcesOf(tenantId: string, type: string): readonly string[] {
    const named = this.candidates(tenantId).flatMap(({ application }) => (application?.startsWith(`${type}/`) === true ? [application.slice(type.length + 1)] : []));
    return [...new Set(named)].sort();
  }

  private candidates(tenantId: string): AnalysedPolicy[] {
    return [...(this.byTenant.get(undefined) ?? []), ...(this.byTenant.get(tenantId) ?? [])];
  }

  private matching(facts: RequestFacts): AnalysedPolicy[] {
    return this.candidates(facts.target.tenant).filter((p) => p.matches(facts.target));
  }
}

function targetSlices(targetKey: string, policies: readonly AnalysedPolicy[]): TargetSlices {
  const joint = jointSlice(policies);
  const reads = variableAttributes.filter((attribute) => joint.reads.has(attribute));
  return { byRole: sliceByRole(policies), joint, memoKey: (facts) => memoKey(targetKey, facts, reads) };
}

/** Of what the policies say, in whatever order they come. */
const contentId = (policies: readonly AnalysedPolicy[]): string => sha256Hex(JSON.stringify(policies.map((p) => [p.policy.id, p.textHash]).sort()));

const jointSlice = (policies: readonly AnalysedPolicy[]): JointSlice => ({
  id: `joint ${contentId(policies)}`,
  policies: Object.fromEntries(policies.map((p) => [p.policy.id, p.rest])),
  empty: policies.length === 0,
  roleOf: new Map(policies.map(({ policy }) => [policy.id, policy.role])),
  reads: new Set(policies.flatMap((p) => [...p.reads])),
});

/** JSON keeps the parts apart, whatever characters a caller's values hold. */
const memoKey = (targetKey: string, facts: RequestFacts, reads: readonly VariableAttribute[]): string =>
  targetKey + JSON.stringify([facts.refusals, reads.map((attribute) => facts.variable[attribute])]);

const sliceByRole = (policies: readonly AnalysedPolicy[]): PolicySlice[] => verdictRoles.map((role) => slice(policies.filter((p) => p.policy.role === role)));

function slice(policies: readonly AnalysedPolicy[]): PolicySlice {
  const sorted = policies.toSorted((a, b) => (a.policy.id < b.policy.id ? -1 : 1));
  return {
    id: contentId(policies),
    policies: Object.fromEntries(sorted.map((p) => [p.policy.id, p.policy.text])),
    reasons: new Map(sorted.flatMap((p) => (p.reason === undefined ? [] : [[p.policy.id, p.reason] as const]))),
    empty: sorted.length === 0,
  };
}
