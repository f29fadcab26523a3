import { failure, type Artifact, type DataReference, type ExternalLocation, type SubjectReply, type SubjectRequest } from '@symphainy/contracts';
import { asPlatformError, canonicalJson, sha256Stream } from '@symphainy/kernel';
import type { ObjectStore } from '@symphainy/ports';
import type { ArtifactFinder } from '../acceptance/acceptance.ports.js';
import type { RefusalLog } from '../acceptance/refusal-log.js';
import type { Connectors } from '../data-brain/connectors.js';
import { intactObject } from '../data-brain/intact-objects.js';
import type { QueryHandlers } from '../intake/intake.ports.js';
import type { PersonalData } from '../personal-data/personal-data.js';
import type { MadeByReader } from './made-by.js';
import { sourcesOf } from './graph-records.js';

export interface ReferenceParts {
  readonly artifacts: ArtifactFinder;
  readonly made: MadeByReader;
  readonly objects: ObjectStore;
  readonly personal: PersonalData;
  readonly refusals: RefusalLog;
  readonly connectors: Connectors;
  readonly queries: Pick<QueryHandlers, 'runtime.artifact.list'>;
}

/** References to data as their readers see them: who, what, where, whether it still is what was recorded. Never the data. */
export class References {
  constructor(private readonly parts: ReferenceParts) {}

  async read({ caller, reference }: SubjectRequest<'runtime.reference.read'>): Promise<DataReference> {
    return this.describe(caller.tenant_id, await this.artifact(caller.tenant_id, reference));
  }

  /** A page may hold fewer than `limit`, because what does not fit was left out of it. */
  async list({ caller, kind, projects, projection, session_id, limit, cursor }: SubjectRequest<'runtime.reference.list'>): Promise<SubjectReply<'runtime.reference.list'>> {
    const { artifacts, ...next } = await this.parts.queries['runtime.artifact.list']({ caller, limit, ...(session_id === undefined ? {} : { session_id }), ...(cursor === undefined ? {} : { cursor }) });
    const fits = (artifact: Omit<Artifact, 'content'>): boolean =>
      (kind === undefined || kindOf(artifact) === kind) && (projects === undefined || artifact.projection?.of.includes(projects) === true) && (projection === undefined || artifact.projection?.kind === projection);
    return { references: await Promise.all(artifacts.filter(fits).map((artifact) => this.describe(caller.tenant_id, artifact))), ...next };
  }

  /** Policy was asked before. Throws, and records, `object.missing`, `object.hash_mismatch`, `data.erased`; of what stays outside `reference.changed`, `connector.*`. */
  async resolve({ caller, reference, verify }: SubjectRequest<'runtime.reference.resolve'>): Promise<SubjectReply<'runtime.reference.resolve'>> {
    const artifact = await this.artifact(caller.tenant_id, reference);
    try {
      const verified = artifact.object === undefined ? (artifact.external === undefined ? 'content' as const : await this.outside(caller.tenant_id, artifact.external)) : await this.check(caller.tenant_id, artifact, verify);
      return { reference: await this.describe(caller.tenant_id, artifact), verified };
    } catch (error) {
      throw await this.parts.refusals.refuse(caller, `resolve ${reference}`, asPlatformError(error));
    }
  }

  /** Without a connector, or without a state that was described, all that can be said is that it is registered. */
  private async outside(tenantId: string, external: ExternalLocation): Promise<'described' | 'registered'> {
    const connector = this.parts.connectors.find(tenantId, external.binding);
    if (connector === undefined) return 'registered';
    await this.parts.connectors.ask('check', tenantId, connector, external);
    return external.version === undefined ? 'registered' : 'described';
  }

  private async check(tenantId: string, { object }: Artifact, verify: boolean): Promise<'hash' | 'size'> {
    const { objects, personal } = this.parts;
    if (object!.sealed !== undefined && (await personal.keys.destroyed(tenantId, object!.sealed.keys)).length > 0) throw failure('data.erased');
    await intactObject(objects, tenantId, object!);
    if (!verify) return 'size';
    const digest = sha256Stream();
    for await (const chunk of await objects.get(tenantId, object!.hash)) digest.update(chunk as Uint8Array);
    if (digest.digestHex() !== object!.hash) throw failure('object.hash_mismatch', { details: { hash: object!.hash } });
    return 'hash';
  }

  private async artifact(tenantId: string, reference: string): Promise<Artifact> {
    const found = await this.parts.artifacts.find(tenantId, reference);
    if (found === undefined) throw failure('artifact.not_found');
    return found.artifact;
  }

  private async describe(tenantId: string, artifact: Artifact | Omit<Artifact, 'content'>): Promise<DataReference> {
    const { artifact_id, artifact_type, media_type, content_hash, classification, external, schema, summary, projection, object } = artifact;
    const made = await this.parts.made.of(tenantId, artifact_id);
    if (made === undefined) throw failure('artifact.not_found');
    const size = object?.size ?? external?.size ?? ('content' in artifact && artifact.content !== undefined ? Buffer.byteLength(canonicalJson(artifact.content)) : undefined);
    const { execution_id, session_id, step, intent_type, user_id, handler_build, at } = made;
    const described = {
      reference_id: artifact_id, tenant_id: tenantId, owner: { user_id, realm: intent_type.slice(0, intent_type.indexOf('.')) }, kind: kindOf(artifact), artifact_type, media_type, content_hash,
      size, classification, external, schema, summary, projection,
      provenance: { execution_id, session_id, step, intent_type, user_id, handler_build, derived_from: sourcesOf(artifact), recorded_at: at },
    };
    return this.parts.personal.open({ tenantId, executionId: execution_id }, given(described) as DataReference, () => undefined);
  }
}

/** Without members that are undefined, within too. */
const given = (value: object): object => Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined).map(([name, member]) => [name, name === 'provenance' ? given(member as object) : member]));

const kindOf = ({ external, object }: Pick<Artifact, 'external' | 'object'>): DataReference['kind'] => (external !== undefined ? `external_${external.kind}` : object !== undefined ? 'object' : 'inline');
