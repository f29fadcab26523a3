import type { Client } from '@symphainy/client';
import type { CedarPolicy, Identity, PolicyTest, Tenant } from '@symphainy/contracts';
import { readList } from '../govern/read-list.js';
import type { Lists } from './changed-entries.js';

/** The lists that candidates change and rollbacks bring back. */
export async function readChangeable(platform: Client, hash?: string): Promise<Lists> {
  const [policies, policy_tests, tenants, identities] = await Promise.all([readList<CedarPolicy>(platform, 'policies', hash), readList<PolicyTest>(platform, 'policy_tests', hash), readList<Tenant>(platform, 'tenants', hash), readList<Identity>(platform, 'identities', hash)]);
  return { policies: policies.entries, policy_tests: policy_tests.entries, tenants: tenants.entries, identities: identities.entries };
}
