import { failure, type Intent } from '@symphainy/contracts';
import type { CompiledBundle } from '@symphainy/governance';
import type { PlatformError } from '@symphainy/kernel';
import { capabilityBar } from './capability-bars.js';
import type { NamedSubmission, PayloadContracts } from './payload-contracts.js';

/**
 * Why what a payload wants submitted later could not be accepted from anybody, as the bundle is now: no such service identity, no such capability, or a payload that does not
 * fit it. What policy will say is asked at each submission.
 */
export function submissionFault(bundle: CompiledBundle, contracts: PayloadContracts, intent: Intent, submissions: readonly NamedSubmission[]): PlatformError | undefined {
  const { tenant_id, created_at } = intent;
  for (const { field, as, intentType, payload } of submissions) {
    const identity = bundle.identity(tenant_id, as);
    if (identity?.kind !== 'service') return unfit(`${field}/as`, `must be a service identity of the tenant: ${as} is ${identity === undefined ? 'unknown' : 'a person'}`);
    if (identity.status === 'disabled') return unfit(`${field}/as`, `must be an active service identity: ${as} is disabled`);
    const capability = bundle.capability(intentType);
    if (capability === undefined) return unfit(`${field}/intent/intent_type`, `must be an intent that a capability serves: none serves ${intentType}`);
    const barred = capabilityBar(bundle, { tenant_id, created_at }, capability);
    if (barred !== undefined) return unfit(`${field}/intent/intent_type`, `cannot be submitted: ${barred.message}`);
    const checked = contracts.checkInput(capability, payload, created_at);
    const fault = 'error' in checked ? checked.error : submissionFault(bundle, contracts, intent, checked.submissions);
    if (fault !== undefined) return within(`${field}/intent`, fault);
  }
  return undefined;
}

const unfit = (field: string, message: string): PlatformError => failure('intent.payload_invalid', { field, message: `${field} ${message}` });

/** The same misfit, told where the outer payload has it. */
const within = (place: string, { field = '', message }: PlatformError): PlatformError => failure('intent.payload_invalid', { field: `${place}${field}`, message: `${place}${message}` });
