import { failure, type Caller } from '@symphainy/contracts';
import { evaluatePolicy, type CompiledBundle, type PolicyRequest } from '@symphainy/governance';
import type { PlatformError } from '@symphainy/kernel';

/** Records the refusal, and gives the error to throw. */
export type Refuse = (caller: Caller, what: string, error: PlatformError) => Promise<PlatformError>;

/** Who may ask about policy is policy's own question: it is asked as if the caller submitted `runtime.<what>`, which no capability serves. */
export async function demandLeave(refuse: Refuse, current: CompiledBundle, caller: Caller, what: 'redecide_policy' | 'evaluate_access'): Promise<void> {
  const capability: PolicyRequest['capability'] = { name: `runtime.${what}`, realm: 'runtime', determinism: 'deterministic' };
  const { decision, verdicts } = evaluatePolicy(current, { caller, capability, action: 'submit', data: { classifications: [], references: [] }, session_user_id: caller.user_id });
  if (decision === 'permit') return;
  const reasons = verdicts.filter((verdict) => verdict.decision === 'deny').map((verdict) => `${verdict.role}: ${verdict.reason ?? 'no policy permits it'}`);
  throw await refuse(caller, capability.name, failure('policy.denied', { message: reasons.join('; ') }));
}
