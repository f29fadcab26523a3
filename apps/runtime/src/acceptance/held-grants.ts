import type { Caller, GrantAction, RegisteredCapability } from '@symphainy/contracts';
import { coveringGrants, type CompiledBundle, type GrantTarget } from '@symphainy/governance';

/** The grants of a caller that cover what is asked; undefined when none does. Who holds none costs one look. */
export function heldGrants(bundle: CompiledBundle, caller: Caller, action: GrantAction | undefined, targets: readonly GrantTarget[] | 'all', at: string): { readonly grants: string[] } | undefined {
  const held = action === undefined ? undefined : bundle.grantsOf(caller.tenant_id, caller.user_id);
  if (held === undefined || action === undefined) return undefined;
  const grants = coveringGrants(held, action, targets, at).map((grant) => grant.grant_id);
  return grants.length === 0 ? undefined : { grants };
}

/** What leave an intent needs, by what its saga does: signals and approvals, or any other operation on executions; erasing a data subject. */
export function grantActionOf({ saga: { steps } }: RegisteredCapability): GrantAction | undefined {
  const step = steps[0];
  if (step?.kind !== 'operate') return undefined;
  if (step.operation === 'erase') return 'erase';
  return step.operation === 'signal' || step.operation === 'approve' ? 'signal' : 'operate';
}
