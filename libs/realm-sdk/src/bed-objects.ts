/** What a run in a test bed reads and writes: given references, its own artifacts, objects in memory. */
import { createHash } from 'node:crypto';
import { failure, type Artifact, type ObjectRef, type StepResult } from '@symphainy/contracts';
import { canonicalJson, sha256Hex, type Json } from '@symphainy/kernel';
import type { ByteRange, ByteSource, ReadableArtifact, TaskAccess } from './step-task.js';

export interface BedData {
  readonly references?: Readonly<Record<string, Uint8Array | Json>> | undefined;
  /** Descriptions for references, where a test cares (file names, types). */
  readonly described?: Readonly<Record<string, Partial<Artifact>>> | undefined;
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
    const given = this.data.references?.[reference];
    if (given === undefined) throw failure('reference.not_allowed', { message: `the test gives no reference ${reference}` });
    const bytes = given instanceof Uint8Array ? given : new TextEncoder().encode(canonicalJson(given));
    return readableOf(this.describeGiven(reference, given instanceof Uint8Array, bytes), bytes);
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
    bytes: (range) => Promise.resolve(part(range)),
    json: () => Promise.resolve(JSON.parse(Buffer.from(whole).toString('utf8')) as Json),
    stream: (range) => Promise.resolve((async function* () { yield await Promise.resolve(part(range)); })()),
  };
}
