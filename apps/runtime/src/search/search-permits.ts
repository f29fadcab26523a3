import { dataRulesOf, evaluatePolicy, type CompiledBundle } from '@symphainy/governance';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import { heldGrants } from '../acceptance/held-grants.js';
import { accessTo } from '../data-brain/masking.js';
import type { ToolContext } from '../data-brain/tools.js';
import { isoTime, type Clock } from '@symphainy/kernel';
import type { SearchedDocument } from './search-index.js';

export interface PermitParts {
  readonly bundles: Pick<BundleHolder, 'require' | 'underHash' | 'current'>;
  readonly clock: Clock;
}

/** Whether the caller may read a document. */
export type Permit = (document: SearchedDocument) => boolean;
/** What a caller may read, for one question. */
export type Permits = (context: ToolContext) => Promise<Permit>;

/** As any reading of content is decided (action `hydrate`), by the bundle that the execution was accepted under; then by the execution's frozen boundary, where what is masked, in part or whole, cannot be found either. */
export function hydratePermits({ bundles, clock }: PermitParts): Permits {
  return async ({ caller, boundary, bundleHash }) => {
    const bundle = bundleHash === undefined ? bundles.require() : await bundles.underHash(bundleHash);
    const rules = dataRulesOf((bundles.current ?? bundle).bundle, caller.tenant_id);
    const at = isoTime(clock.now());
    return (document) => {
      const { artifact_id, artifact_type, execution_id, session_id, intent_type, user_id } = document;
      const classification = rules.classOf(artifact_id, document.classification ?? undefined);
      if (accessTo(boundary, classification, { artifact_type }) !== 'plain') return false;
      const own_targets = user_id === caller.user_id;
      const granted = heldGrants(bundle, caller, 'hydrate', [{ executionId: execution_id, intentType: intent_type, sessionId: session_id, metadata: {} }], at) !== undefined;
      const data = { classifications: classification === undefined ? [] : [classification], references: [artifact_id] };
      return evaluatePolicy(bundle, { caller, capability: judgedAs(bundle, document), action: 'hydrate', data, session_user_id: user_id, own_targets, granted }).decision === 'permit';
    };
  };
}

/** What no capability serves any more is judged by its name. */
function judgedAs(bundle: CompiledBundle, { intent_type, realm }: SearchedDocument) {
  const capability = bundle.capability(intent_type);
  return { name: intent_type, realm: capability?.realm ?? realm, determinism: capability?.determinism ?? ('expert' as const) };
}
