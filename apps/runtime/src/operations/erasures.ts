import { erasurePayload, failure, type Artifact, type Caller, type ErasureReport } from '@symphainy/contracts';
import { hashOf, type Clock, type Json } from '@symphainy/kernel';
import type { ObjectStore } from '@symphainy/ports';
import { dataRulesOf } from '@symphainy/governance';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import type { WalReader } from '../acceptance/log.ports.js';
import { foldStream } from '../acceptance/stream-fold.js';
import type { LiveExecution } from '../engine/live-execution.js';
import type { StepOk } from '../engine/reports.js';
import type { QueryHandlers } from '../intake/intake.ports.js';
import { mixedFileSubject, withoutRecords } from '../personal-data/mixed-files.js';
import type { PersonalData } from '../personal-data/personal-data.js';
import { KEY_FRESH_MS } from '../personal-data/subject-keys.js';

export interface ErasureParts {
  readonly personal: PersonalData;
  readonly objects: ObjectStore;
  readonly queries: Pick<QueryHandlers, 'runtime.artifact.list'>;
  readonly clock: Clock;
  readonly bundles: BundleHolder;
  readonly reader: WalReader;
}

const FILE = 'runtime.file';
const PAGE = 500;
const MAX_OBJECT_BYTES = 8 * 1024 ** 3;

/**
 * Erases a data subject: what its key sealed is unreadable from then on, wherever it is stored. Files that hold records of several subjects are written anew without the
 * subject's, and their old keys destroyed. Asked again, it goes on where it was.
 */
export class Erasures {
  constructor(private readonly parts: ErasureParts) {}

  /** The step's result. Throws `data.held`. */
  async erase({ state }: LiveExecution, step: string): Promise<StepOk> {
    const { personal, clock } = this.parts;
    const { tenant_id } = state.intent;
    const payload = erasurePayload.parse(state.intent.payload);
    await personal.prepared(tenant_id);
    const subject = personal.keys.pseudonym(tenant_id, payload.subject);
    const held = await this.heldBecause(tenant_id, subject);
    if (held !== undefined) throw failure('data.held', { message: `a legal hold keeps this subject’s data: ${held}`, field: '/payload/subject' });
    const artifacts: Artifact[] = [];
    const rewritten: ErasureReport['rewritten'] = [];
    for await (const file of this.mixedFiles(state.caller)) {
      const replacement = await this.rewrite(tenant_id, file, subject, { executionId: state.executionId, step, name: `file-${artifacts.length + 1}` });
      if (replacement === undefined) continue;
      artifacts.push(replacement.artifact);
      rewritten.push({ old: file.artifact_id, new: replacement.artifact.artifact_id, removed: replacement.removed });
    }
    const keyId = await personal.keys.destroy(tenant_id, subject, state.executionId);
    for (const { old } of rewritten) await personal.keys.destroy(tenant_id, mixedFileSubject(old), state.executionId);
    // from then on no runtime works with the key
    await new Promise<void>((resolve) => void clock.after(KEY_FRESH_MS, resolve));
    const output: ErasureReport = { subject, ...(keyId === undefined ? {} : { key_id: keyId }), rewritten };
    const sealedUnder = [...new Set(artifacts.flatMap((artifact) => artifact.object?.sealed?.keys ?? []))];
    return { handler_build: 'runtime', duration_ms: 0, output: output as unknown as Json, output_hash: hashOf(output), artifacts, events: [], state_changes: [], ...(sealedUnder.length === 0 ? {} : { sealed_under: sealedUnder }) };
  }

  /** Wraps the tenant's keys under the secret in use. The step's result. */
  async rewrap({ state }: LiveExecution): Promise<StepOk> {
    const output = { ...(await this.parts.personal.keys.rewrap(state.intent.tenant_id)) };
    return { handler_build: 'runtime', duration_ms: 0, output, output_hash: hashOf(output), artifacts: [], events: [], state_changes: [] };
  }

  /** A hold on the subject, or on an execution that holds data of it. */
  private async heldBecause(tenantId: string, subject: string): Promise<string | undefined> {
    const { bundles, reader, personal } = this.parts;
    const { bundle } = bundles.require();
    const own = dataRulesOf(bundle, tenantId).heldBecause({ subject });
    const keyId = own === undefined ? await personal.keys.find(tenantId, subject) : undefined;
    if (keyId === undefined) return own;
    for (const { tenant_id, hold_id, execution_id, reference, reason } of bundle.data_holds ?? []) {
      const held = execution_id ?? reference?.slice(0, reference.indexOf('/'));
      if (tenant_id !== tenantId || held === undefined) continue;
      if ((await foldStream(reader, tenantId, held))?.state.sealedUnder?.includes(keyId) === true) return `${hold_id}: ${reason}`;
    }
    return undefined;
  }

  /** Files of the tenant whose records are of several subjects, and that can still be read. */
  private async *mixedFiles(caller: Caller): AsyncGenerator<Omit<Artifact, 'content'>> {
    let cursor: string | undefined;
    do {
      const page = await this.parts.queries['runtime.artifact.list']({ caller, artifact_type: FILE, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
      for (const artifact of page.artifacts) {
        const sealed = artifact.object?.sealed;
        if (sealed?.subject_column !== undefined && (await this.parts.personal.keys.destroyed(caller.tenant_id, sealed.keys)).length === 0) yield artifact;
      }
      cursor = page.next_cursor;
    } while (cursor !== undefined);
  }

  /** The file without the subject's records, as a new artifact; undefined: it holds none. */
  private async rewrite(tenantId: string, { object, ...described }: Omit<Artifact, 'content'>, subject: string, place: { executionId: string; step: string; name: string }): Promise<{ artifact: Artifact; removed: number } | undefined> {
    const column = object?.sealed?.subject_column;
    if (object === undefined || column === undefined) return undefined;
    const { personal, objects } = this.parts;
    const isSubjects = (name: string): boolean => personal.keys.pseudonym(tenantId, name) === subject;
    const counting = withoutRecords(await personal.objects.read(objects, tenantId, object), column, isSubjects);
    for await (const _ of counting.bytes) void _;
    if (counting.removed() === 0) return undefined;
    const artifactId = `${place.executionId}/${place.step}/${place.name}`;
    const key = await personal.keys.claim(tenantId, mixedFileSubject(artifactId));
    const writing = withoutRecords(await personal.objects.read(objects, tenantId, object), column, isSubjects);
    const stored = await personal.objects.put(objects, tenantId, [key], writing.bytes, MAX_OBJECT_BYTES);
    const { summary: _summary, ...kept } = described;
    const artifact: Artifact = {
      ...kept, ...{ name: place.name, artifact_id: artifactId, execution_id: place.executionId, step: place.step, content_hash: stored.hash }, derived_from: [described.artifact_id],
      object: { ...stored, media_type: object.media_type, sealed: { ...stored.sealed!, subject_column: column } },
    };
    return { artifact, removed: counting.removed() };
  }
}
