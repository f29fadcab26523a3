import type { Artifact, Json } from '@symphainy/contracts';
import { dataRulesOf } from '@symphainy/governance';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import { accessTo, seenValue } from './masking.js';

/** A value at a place of an artifact, as it is shown. */
export type ShownValue = (pointer: string, value: Json) => Json;

/** What lineage shows of an artifact's values: what the boundaries in force let somebody see who reads what a realm made, and declares no purpose. */
export const lineageView =
  (bundles: Pick<BundleHolder, 'current'>, region: string | undefined) =>
  (tenantId: string, artifact: Artifact, realm: string): ShownValue => {
    const bundle = bundles.current?.bundle;
    const rules = bundle === undefined ? undefined : dataRulesOf(bundle, tenantId);
    const access = accessTo(rules?.seenFrom({ realm, region }), rules?.classOf(artifact.artifact_id, artifact.classification), artifact);
    return (pointer, value) => seenValue(access, pointer, value);
  };
