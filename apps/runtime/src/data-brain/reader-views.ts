/** What boundaries let somebody see who reads over the API what a realm made, and declares no purpose. Whether he may read it at all, policy has said before. */
import { failure, type Artifact, type Json, type ObjectRef, type SubjectReply } from '@symphainy/contracts';
import { dataRulesOf } from '@symphainy/governance';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import type { MaskedView } from './file-forms.js';
import { accessTo, maskedViewOf, seenArtifact, seenValue, type ArtifactAccess } from './masking.js';

/** A value at a place of an artifact, as it is shown. */
export type ShownValue = (pointer: string, value: Json) => Json;

export class ReaderViews {
  constructor(
    private readonly bundles: Pick<BundleHolder, 'current'>,
    private readonly region: string | undefined,
    /** Where a masked view of a file is read. */
    private readonly viewUrl: (tenantId: string, executionId: string, object: ObjectRef, view: MaskedView) => string,
  ) {}

  /** Throws `data.withheld` for a file of which nothing could be shown masked. */
  artifact(tenantId: string, read: SubjectReply<'runtime.artifact.read'>, realm: string): SubjectReply<'runtime.artifact.read'> {
    const access = this.access(tenantId, read, realm);
    if (access === 'plain') return read;
    if (access === 'withheld') throw failure('data.withheld', { details: { reference: read.artifact_id } });
    const { content_key: _opensAll, ...artifact } = read;
    const { object, execution_id } = artifact;
    const view = maskedViewOf(access);
    if (object === undefined || view === undefined) return seenArtifact(artifact, access);
    // the file's own name is no part of what is masked: it stands in the intent that brought it
    const name = artifact.summary?.['filename'];
    return { ...seenArtifact(artifact, access), masked_url: this.viewUrl(tenantId, execution_id, object, view), ...(typeof name === 'string' ? { masked_name: name } : {}) };
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
