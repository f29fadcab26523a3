/** A change of governance in words. Pure. */
import type { Json } from '@symphainy/contracts';

/** A change of the bundle that somebody asked for. */
export interface RecordedChange {
  /** Absent: it was declared at a start, by code or by the bootstrap file. */
  readonly executionId?: string;
  readonly action: string;
  readonly by: string;
  readonly at: string;
  readonly reason?: string;
  /** What it was about, as its payload names it. */
  readonly about?: string;
}

const verbs: Readonly<Record<string, string>> = {
  promote_bundle: 'promoted', rollback_bundle: 'rolled back to', stage_bundle: 'staged', discard_candidate: 'discarded', put_policy: 'put the policy', remove_policy: 'removed the policy',
  create_tenant: 'created the tenant', update_tenant: 'changed the tenant', suspend_tenant: 'suspended the tenant', resume_tenant: 'resumed the tenant', close_tenant: 'closed the tenant', register_identity: 'registered', register_capabilities: 'registered', register_agent: 'registered the agent', register_domain: 'registered the domain', register_solution: 'registered the Solution', put_schema: 'put the schema', put_vocabulary: 'put the vocabulary', place_hold: 'placed the hold', lift_hold: 'lifted the hold', reclassify: 'set the class of', deprecate_capability: 'deprecated', reinstate_capability: 'reinstated', declaration: 'declared at a start',
  set_saga_rule: 'bounded sagas by', set_traffic: 'set the traffic of', put_boundary: 'put the data boundary', put_data_contract: 'agreed on', remove_data_contract: 'ended the contract on', define_class: 'defined the class', set_objective: 'set the objective', set_escalation_rule: 'set the escalation rule', request_grant: 'asked for the grant', approve_grant: 'approved the grant', refuse_grant: 'refused the grant', revoke_grant: 'revoked the grant',
};

export const verbOf = (action: string): string => verbs[action] ?? action.replaceAll('_', ' ');

/** What a payload is about, in the words of who asked. */
export function aboutOf(payload: { readonly [key: string]: Json }): Pick<RecordedChange, 'reason' | 'about'> {
  const named = payload['candidate_id'] ?? payload['id'] ?? (payload['user_id'] === undefined ? undefined : `${String(payload['tenant_id'])}/${String(payload['user_id'])}`) ?? payload['tenant_id'] ?? (payload['version'] === undefined ? undefined : `v${String(payload['version'])}`);
  const reason = payload['reason'];
  return { ...(typeof named === 'string' && { about: named }), ...(typeof reason === 'string' && { reason }) };
}
