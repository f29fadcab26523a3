import type { BundleHolder } from './acceptance/bundle-holder.js';
import type { RefusalLog } from './acceptance/refusal-log.js';
import type { CommandHandlers } from './intake/intake.ports.js';
import { BundleFeed } from './operations/bundle-feed.js';
import { GovernanceInForce } from './operations/governance-in-force.js';
import { GovernanceReads } from './operations/governance-reads.js';
import { PolicyTrials } from './operations/policy-trials.js';
import { RegistrySearch } from './operations/registry-search.js';
import type { RuntimeCoreParts } from './runtime-core.js';

/** How bundles come here, and what is asked and tried of them. */
export interface RuntimeGovernance {
  readonly feed: BundleFeed;
  readonly handlers: Pick<CommandHandlers, 'runtime.governance.read' | 'runtime.governance.await' | 'runtime.policy.list' | 'runtime.policy.try' | 'runtime.capability.list' | 'runtime.registry.search'>;
}

/** Who offers bundles. */
const SMART_CITY = { tenant_id: 'platform', user_id: 'smart-city' };

/** Puts together what serves governance, beside the engine and without it. */
export function openGovernance(parts: RuntimeCoreParts, { bundles, refusals }: { readonly bundles: BundleHolder; readonly refusals: RefusalLog }): RuntimeGovernance {
  const { archive, build, channels, clock, leases, logger, reader, service, writer } = parts;
  const inForce = new GovernanceInForce({ reader, leases, bundles, clock });
  const reads = new GovernanceReads({ bundles, archive, refusals });
  const trials = new PolicyTrials({ bundles, refusals });
  const registry = new RegistrySearch({ bundles, channels, logger });
  return {
    feed: new BundleFeed({ bundles, heard: (notice) => inForce.heard(notice), refuse: (offered, refusal) => refusals.refuse(SMART_CITY, `governance bundle ${offered.bundle.version} ${offered.hash}`, refusal), channels, clock, logger, service, instance: writer.id, build }),
    handlers: {
      'runtime.governance.read': (request) => reads.read(request),
      'runtime.governance.await': (request) => inForce.await(request),
      'runtime.policy.list': (request) => reads.policies(request),
      'runtime.policy.try': (request) => trials.try(request),
      'runtime.capability.list': () => registry.capabilities(),
      'runtime.registry.search': (request) => registry.search(request),
    },
  };
}
