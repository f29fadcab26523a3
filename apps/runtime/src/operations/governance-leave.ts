import { failure, type Caller } from '@symphainy/contracts';
import { evaluatePolicy, type CompiledBundle, type JudgedCapability } from '@symphainy/governance';
import type { RefusalLog } from '../acceptance/refusal-log.js';

/** The tenant that governance itself runs in: its administrators read all of it. */
export const PLATFORM_TENANT = 'platform';

/** Who may read governance is policy's own question: it is asked as if the caller submitted this. */
const READING: JudgedCapability = { name: 'governance.read', realm: 'governance', determinism: 'deterministic' };

/** Throws, and records, `policy.denied` for whoever may not read governance. */
export async function demandReading(refusals: RefusalLog, current: CompiledBundle, caller: Caller): Promise<void> {
  const { decision, verdicts } = evaluatePolicy(current, { caller, capability: READING, action: 'submit', data: { classifications: [], references: [] }, session_user_id: caller.user_id });
  if (decision === 'permit') return;
  const reasons = verdicts.filter((verdict) => verdict.decision === 'deny').map((verdict) => `${verdict.role}: ${verdict.reason ?? 'no policy permits it'}`);
  throw await refusals.refuse(caller, READING.name, failure('policy.denied', { message: reasons.join('; ') }));
}
