import { contentDataset, failure, type Artifact, type ContentDataset } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { ObjectMissingError, type ObjectStore } from '@symphainy/ports';
import { LRUCache } from 'lru-cache';
import type { PersonalData } from '../personal-data/personal-data.js';

/** Reading a place means parsing what it stands in: larger content is not looked into. */
const MOST_BYTES = 24 * 1024 * 1024;
const KEPT_BYTES = 64 * 1024 * 1024;

/** Content of recorded artifacts in plain, for looking at places in it. Policy was asked before. */
export class ArtifactContents {
  private readonly parsed = new LRUCache<string, { readonly content: Json }>({ maxSize: KEPT_BYTES, max: 200 });

  constructor(private readonly parts: { readonly objects: ObjectStore; readonly personal: PersonalData }) {}

  /** JSON, or the lines of JSON lines. Throws `content.too_costly`, `object.missing`, `object.hash_mismatch`, `data.erased`, and `lineage.place_not_found` for what is no JSON. */
  async json(tenantId: string, artifact: Artifact): Promise<Json> {
    const { content, object, external } = artifact;
    if (content !== undefined) return this.parts.personal.open({ tenantId, executionId: artifact.execution_id }, content);
    if (object === undefined) return external as unknown as Json;
    const key = `${tenantId}/${object.hash}`;
    // what is somebody's is not kept: its key may be destroyed meanwhile
    const kept = object.sealed === undefined ? this.parsed.get(key) : undefined;
    if (kept !== undefined) return kept.content;
    if (object.size > MOST_BYTES) throw failure('content.too_costly', { message: `${artifact.artifact_id} is too large to be looked into (${object.size} bytes)` });
    const parsed = parse(await this.text(tenantId, artifact), object.media_type, artifact.artifact_id);
    if (object.sealed === undefined) this.parsed.set(key, { content: parsed }, { size: Math.max(1, object.size) });
    return parsed;
  }

  async dataset(tenantId: string, artifact: Artifact): Promise<ContentDataset> {
    return contentDataset.parse(await this.json(tenantId, artifact));
  }

  private async text(tenantId: string, { object }: Artifact): Promise<string> {
    const { objects, personal } = this.parts;
    const { hash, size } = object!;
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of await personal.objects.read(objects, tenantId, object!)) chunks.push(chunk);
    } catch (error) {
      if (error instanceof ObjectMissingError) throw failure('object.missing', { details: { hash }, cause: error });
      throw error;
    }
    const bytes = Buffer.concat(chunks);
    if (bytes.length !== size) throw failure('object.hash_mismatch', { details: { hash } });
    return bytes.toString('utf8');
  }
}

function parse(text: string, mediaType: string, id: string): Json {
  try {
    if (mediaType.startsWith('application/x-ndjson')) return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Json);
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw failure('lineage.place_not_found', { message: `${id} is ${mediaType}: places in it are named by page, line or bytes, not by pointer`, cause });
  }
}
