import type { CedarPolicy, PolicyReading } from '@symphainy/contracts';
import { isPlatforms } from './changeable-lists.js';
import { parsePolicy } from './cedar-schema.js';
import { analysePolicy } from './policy-analysis.js';
import { policyInWords } from './policy-words.js';

/** What a policy says, to whom and about what. `governance.invalid` when its text is no policy. */
export function readPolicy(policy: CedarPolicy): PolicyReading {
  const json = parsePolicy(policy);
  const { effect, tenant, actions, reason } = analysePolicy(policy, '/text');
  return { ...policy, effect, actions: [...actions], words: policyInWords(json), standing: isPlatforms('policies', policy.id), ...(tenant === undefined ? {} : { tenant }), ...(reason === undefined ? {} : { reason }) };
}
