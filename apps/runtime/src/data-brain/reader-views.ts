/** What boundaries let somebody see who reads over the API what a realm made, and declares no purpose. Whether he may read it at all, policy has said before. */
import { failure, type Artifact, type Json } from '@symphainy/contracts';
import { dataRulesOf } from '@symphainy/governance';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import { accessTo, seenArtifact, seenValue, type ArtifactAccess } from './masking.js';

/** A value at a place of an artifact, as it is shown. */
export type ShownValue = (pointer: string, value: Json) => Json;

export class ReaderViews {
  constructor(
    private readonly bundles: Pick<BundleHolder, 'current'>,
    private readonly region: string | undefined,
  ) {}

  /** Throws `data.withheld` for a file of a class that is masked. */
  artifact<A extends Artifact>(tenantId: string, artifact: A, realm: string): A {
    const access = this.access(tenantId, artifact, realm);
    if (access === 'withheld') throw failure('data.withheld', { details: { reference: artifact.artifact_id } });
    return { ...artifact, ...seenArtifact(artifact, access) };
  }

  values(tenantId: string, artifact: Artifact, realm: string): ShownValue {
    const access = this.access(tenantId, artifact, realm);
    return (pointer, value) => seenValue(access, pointer, value);
  }

  private access(tenantId: string, artifact: Artifact, realm: string): ArtifactAccess {
    const bundle = this.bundles.current?.bundle;
    if (bundle === undefined) return 'plain';
    const rules = dataRulesOf(bundle, tenantId);
    return accessTo(rules.seenFrom({ realm, region: this.region }), rules.classOf(artifact.artifact_id, artifact.classification), artifact);
  }
}
