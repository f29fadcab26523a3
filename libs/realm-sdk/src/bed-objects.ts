/** What a run in a test bed reads and writes: given references, its own artifacts, objects in memory. */
import { createHash } from 'node:crypto';
import { failure, type Artifact, type ExternalTable, type ObjectRef, type StepResult, type TableQuery } from '@symphainy/contracts';
import { canonicalJson, hashOf, sha256Hex, type Json } from '@symphainy/kernel';
import { knownHash } from './runtime-access.js';
import type { ByteRange, ByteSource, ReadableArtifact, TaskAccess } from './step-task.js';

export interface BedData {
  readonly references?: Readonly<Record<string, Uint8Array | Json>> | undefined;
  /** Descriptions for references, where a test cares (file names, types). */
  readonly described?: Readonly<Record<string, Partial<Artifact>>> | undefined;
  /** Tables outside, by reference: what is told of each, and all of its rows as CSV (see `TableRows`), whatever is asked for. */
  readonly tables?: Readonly<Record<string, ExternalTable & { readonly asOf: string; csv(query: TableQuery): string }>> | undefined;
  readonly tools?: Readonly<Record<string, (request: { [key: string]: Json }) => Json>> | undefined;
}

export class BedObjects {
  readonly artifacts: Artifact[] = [];
  private readonly objects = new Map<string, Uint8Array>();

  constructor(
    private readonly data: BedData,
    private readonly executionId: string,
  ) {}

  keep(step: string, made: StepResult['artifacts']): void {
    for (const one of made) {
      const id = `${this.executionId}/${step}/${one.name}`;
      this.artifacts.push({ ...one, artifact_id: id, execution_id: this.executionId, step, content_hash: one.object?.hash ?? sha256Hex(canonicalJson(one.content ?? null)) });
    }
  }

  access(): TaskAccess {
    return {
      read: (reference) => Promise.resolve(this.read(reference)),
      write: async (source, { mediaType }) => this.write(await gather(source), mediaType),
      tool: (name, request) => {
        const answer = this.data.tools?.[name];
        return answer === undefined ? Promise.reject(failure('tool.not_allowed', { message: `the test gives no tool ${name}` })) : Promise.resolve(answer(request));
      },
      progress: () => undefined,
    };
  }

  artifactNamed(name: string): Artifact {
    const found = this.artifacts.find((a) => a.name === name);
    if (found === undefined) throw new Error(`no artifact is named ${name}; there are ${this.artifacts.map((a) => a.name).join(', ')}`);
    return found;
  }

  bytesOf(artifact: Artifact): Uint8Array {
    return artifact.object === undefined ? new TextEncoder().encode(canonicalJson(artifact.content ?? null)) : this.objects.get(artifact.object.hash)!;
  }

  private write(bytes: Uint8Array, mediaType: string): ObjectRef {
    const hash = createHash('sha256').update(bytes).digest('hex');
    this.objects.set(hash, bytes);
    return { hash, size: bytes.length, media_type: mediaType };
  }

  private read(reference: string): ReadableArtifact {
    const own = this.artifacts.find((a) => a.artifact_id === reference);
    if (own !== undefined) return readableOf(own, this.bytesOf(own));
    const table = this.data.tables?.[reference];
    if (table !== undefined) return this.tableOf(reference, table);
    const given = this.data.references?.[reference];
    if (given === undefined) throw failure('reference.not_allowed', { message: `the test gives no reference ${reference}` });
    const bytes = given instanceof Uint8Array ? given : new TextEncoder().encode(canonicalJson(given));
    return readableOf(this.describeGiven(reference, given instanceof Uint8Array, bytes), bytes);
  }

  private tableOf(reference: string, { columns, key, asOf, csv }: NonNullable<BedData['tables']>[string]): ReadableArtifact {
    const external = { kind: 'table' as const, binding: 'test', name: 'public.test' };
    const [execution, step, name] = reference.split('/') as [string, string, string];
    const none = (): Promise<never> => Promise.reject(failure('reference.external'));
    return {
      artifact: { artifact_id: reference, execution_id: execution, step, name, artifact_type: 'solution.external_table', media_type: 'application/x-table', external, content_hash: hashOf(external) },
      json: none, bytes: none, stream: none,
      table: { columns, key, rows: (query) => Promise.resolve({ asOf, bytes: (async function* () { yield await Promise.resolve(Buffer.from(csv(query))); })() }) },
    };
  }

  private describeGiven(reference: string, binary: boolean, bytes: Uint8Array): Artifact {
    const [execution, step, name] = reference.split('/') as [string, string, string];
    const mediaType = binary ? 'application/octet-stream' : 'application/json';
    return {
      artifact_id: reference, execution_id: execution, step, name, artifact_type: binary ? 'runtime.file' : 'test.value', media_type: mediaType,
      object: { hash: sha256Hex(bytes), size: bytes.length, media_type: mediaType }, content_hash: sha256Hex(bytes), ...this.data.described?.[reference],
    };
  }
}

async function gather(source: ByteSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function readableOf(artifact: Artifact, whole: Uint8Array): ReadableArtifact {
  const part = (range: ByteRange | undefined): Uint8Array => (range === undefined ? whole : whole.subarray(range.start, range.end));
  return {
    artifact,
    ...knownHash(artifact),
    bytes: (range) => Promise.resolve(part(range)),
    json: () => Promise.resolve(JSON.parse(Buffer.from(whole).toString('utf8')) as Json),
    stream: (range) => Promise.resolve((async function* () { yield await Promise.resolve(part(range)); })()),
  };
}
