/** The question that policy answers, as it is asked and as it is settled. */
import type { Caller, RegisteredCapability, Verdict } from '@symphainy/contracts';
import type { PolicyAction } from './cedar-schema.js';
import type { PolicyTarget, VariableAttribute } from './policy-analysis.js';

/** What policy reads of a capability. */
export type JudgedCapability = Pick<RegisteredCapability, 'name' | 'realm' | 'determinism'>;

/** What is asked of policy when an intent arrives. */
export interface PolicyRequest {
  readonly caller: Caller;
  readonly capability: JudgedCapability;
  readonly action: PolicyAction;
  /** The data the payload names: the references, and the classifications they carry together with any that the payload declares. */
  readonly data: { readonly classifications: readonly string[]; readonly references: readonly string[]; /** Of the runtime that accepts. */ readonly region?: string | undefined };
  /** What the intent declares to be for. */
  readonly purpose?: string | undefined;
  /** Whose session the intent runs in. */
  readonly session_user_id: string;
  /** Whether the executions that the payload names are all the caller's own. Default true: it names none. */
  readonly own_targets?: boolean;
  /** Whether executions are named, and who asked for them is certainly somebody else than the caller. Default: they are not all the caller's own. */
  readonly second_person?: boolean;
  /** Whether a grant that holds now covers what is asked. Default false. */
  readonly granted?: boolean;
}

/** A thing of an application's own, which policy is asked about from outside (AuthZEN). */
export interface AskedResource {
  readonly type: string;
  readonly id: string;
  /** As tags of the entity. */
  readonly properties: Readonly<Record<string, string>>;
  /** Of the action, as tags of `context.action`. */
  readonly actionProperties: Readonly<Record<string, string>>;
  /** Of the subject, as tags of the principal; what the bundle says of it goes before. */
  readonly subjectProperties: Readonly<Record<string, string>>;
}

/** Why a role refuses before any policy is asked (invariant 5), by role. */
export type Refusals = Partial<Record<Verdict['role'], string>>;

/** A request with everything that a decision may depend on settled. */
export interface RequestFacts {
  readonly target: PolicyTarget;
  /** Names tenant, action and capability with all its attributes. */
  readonly targetKey: string;
  readonly tenantKnown: boolean;
  readonly refusals: Refusals;
  readonly variable: Readonly<Record<VariableAttribute, string | boolean | readonly string[]>>;
  readonly request: PolicyRequest;
  readonly tenantStatus: string;
  /** The caller's attributes as the bundle has them. */
  readonly attributes: Readonly<Record<string, string>>;
  /** In the capability's place, when an application's own resource is asked about. */
  readonly resource?: AskedResource;
}
