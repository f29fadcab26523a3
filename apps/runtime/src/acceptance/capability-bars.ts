import { failure, type Intent, type RegisteredCapability } from '@symphainy/contracts';
import type { CompiledBundle } from '@symphainy/governance';
import type { PlatformError } from '@symphainy/kernel';

/** Why the capability is not to be had for this intent, whatever policy says: it is retired, or its saga is not what the tenant may run. */
export function capabilityBar(bundle: CompiledBundle, intent: Pick<Intent, 'tenant_id' | 'created_at'>, capability: RegisteredCapability): PlatformError | undefined {
  const notice = bundle.notice(capability.name);
  if (notice?.retires_at !== undefined && notice.retires_at <= intent.created_at) {
    const { retires_at, replacement, reason } = notice;
    return failure('intent.retired', {
      message: `${capability.name} is retired since ${retires_at}${reason === undefined ? '' : `: ${reason}`}`,
      field: '/intent_type',
      details: { retires_at, ...(replacement === undefined ? {} : { replacement }) },
    });
  }
  const problem = bundle.sagaProblem(intent.tenant_id, capability);
  if (problem === undefined) return undefined;
  return failure('saga.not_allowed', { message: `the rule ${problem.rule_id} does not allow the saga of ${capability.name}: ${problem.message}`, field: '/intent_type', details: { rule_id: problem.rule_id, place: problem.field } });
}
