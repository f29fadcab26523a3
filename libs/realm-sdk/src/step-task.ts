import { failure, MAX_INLINE_BYTES, type Artifact, type ArtifactLineage, type AttemptRef, type DataSchema, type ExecutionContext, type ExternalTable, type ObjectRef, type ProducedArtifact, type TableQuery } from '@symphainy/contracts';
import { canonicalJson, type Json, type Logger } from '@symphainy/kernel';
import { writeItems, type ItemsOptions, type WrittenItems } from './item-files.js';

const PROGRESS_MAX_BYTES = 4096;

export type ByteSource = Uint8Array | AsyncIterable<Uint8Array>;

/** A reference that was hydrated: its description, and its content in the form one asks for. */
export interface ReadableArtifact {
  readonly artifact: Artifact;
  /** SHA-256 of all its bytes, where that is known before they are read: of an object in plain, not masked. */
  readonly hash?: string;
  json(): Promise<Json>;
  /** All of it, or the bytes from `start` up to, but without, `end`. */
  bytes(range?: ByteRange): Promise<Uint8Array>;
  stream(range?: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  /** Of a table outside that a connector reaches. */
  readonly table?: ReadableTable;
}

/** A table outside, read once through its connector. */
export interface ReadableTable extends ExternalTable {
  /** Rejects with `reference.changed` when its columns are others than were described, with `connector.*` for what the outside system says. */
  rows(query: TableQuery): Promise<TableRows>;
}

export interface TableRows {
  /** When the snapshot was taken: RFC 3339, by the outside system's clock. */
  readonly asOf: string;
  /** CSV without a heading, in the order of the table's key: each value quoted, NULL the unquoted `\N`, booleans `t` and `f`, dates and moments ISO 8601 (zoned ones in UTC). */
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** How a task reaches the Runtime; the realm host and the test bed each give one. */
export interface TaskAccess {
  read(reference: string): Promise<ReadableArtifact>;
  write(source: ByteSource, options: { readonly mediaType: string }): Promise<ObjectRef>;
  tool(name: string, request: { [key: string]: Json }): Promise<Json>;
  progress(progress: { [key: string]: Json }): void;
}

export interface ArtifactOptions {
  readonly summary?: { [key: string]: Json };
  readonly derived_from?: string[];
  readonly classification?: string;
  /** Where its values come from, told once: `{ members: [{ path: '/facts/*', source: '/source', reference }] }`. */
  readonly lineage?: ArtifactLineage;
  readonly schema?: DataSchema;
  readonly projection?: ProducedArtifact['projection'];
  /** It is a `contentEmbeddings` whose chunks the tenant's search finds. */
  readonly searchable?: true;
}

/** What some attempts know of themselves beside their inputs. */
export interface TaskAbout {
  readonly effectKey?: string;
  readonly completed?: { readonly output?: Json };
}

/** What a handler is given: the immutable context, its payload and inputs, and the Runtime's doors. It returns a result and causes no effect. */
export class StepTask<P> {
  constructor(
    readonly context: ExecutionContext,
    readonly payload: P,
    /** Outputs of the steps this one needs, by name. */
    readonly inputs: { readonly [step: string]: Json },
    readonly attempt: AttemptRef,
    /** Aborted when the attempt's result can no longer count. */
    readonly signal: AbortSignal,
    readonly logger: Logger,
    private readonly access: TaskAccess,
    private readonly about: TaskAbout = {},
  ) {}

  /** Of an effect: the key that the outside system is given, the same for every attempt, so that it can tell a repetition. Of its compensation: the key of what is undone. Throws elsewhere. */
  get effectKey(): string {
    if (this.about.effectKey === undefined) throw new Error(`${this.attempt.step} is no effect, so it has no key`);
    return this.about.effectKey;
  }

  /** Of a compensation: what the step returned when it completed. */
  get completed(): { readonly output?: Json } | undefined {
    return this.about.completed;
  }

  /** Hydrates a reference through the Runtime, which records it. Rejects with `reference.not_allowed` for what the payload and this execution do not name. */
  read(reference: string): Promise<ReadableArtifact> {
    return this.access.read(reference);
  }

  /** Writes bytes to the object store through a ticket for this attempt. */
  write(source: ByteSource, options: { readonly mediaType: string }): Promise<ObjectRef> {
    return this.access.write(source, options);
  }

  /** Calls a Runtime tool that the capability declares; the call is recorded. */
  tool(name: string, request: { [key: string]: Json } = {}): Promise<Json> {
    return this.access.tool(name, request);
  }

  /**
   * Tells watchers how far a long step is. Cheap; the newest value wins, and is recorded about once a second. Counts and names, no data: more than 4096 bytes of JSON throw
   * `step.result_invalid`, as one heartbeat carries it together with that of every other step under way.
   */
  progress(progress: { [key: string]: Json }): void {
    const bytes = Buffer.byteLength(JSON.stringify(progress));
    if (bytes > PROGRESS_MAX_BYTES) throw failure('step.result_invalid', { message: `the progress of ${this.attempt.step} holds ${bytes} bytes of JSON, and at most ${PROGRESS_MAX_BYTES} are told: tell how far it is, not what it read`, field: '/progress' });
    this.access.progress(progress);
  }

  /** A JSON artifact: inline when its canonical form is small, else an object. The same value always has the same hash. */
  async artifact(name: string, artifactType: string, value: Json, options: ArtifactOptions = {}): Promise<ProducedArtifact> {
    const described = { name, artifact_type: artifactType, media_type: 'application/json', ...options };
    const text = canonicalJson(value);
    if (text.length <= MAX_INLINE_BYTES && Buffer.byteLength(text) <= MAX_INLINE_BYTES) return { ...described, content: value };
    return { ...described, object: await this.write(new TextEncoder().encode(text), { mediaType: 'application/json' }) };
  }

  /**
   * Writes the items of a later map, however many, as one object. The step returns `source` as its output and `artifact` among
   * its artifacts: `const items = await task.items(rows()); return { output: items.source, artifacts: [items.artifact] };`
   */
  items(items: Iterable<Json> | AsyncIterable<Json>, options: ItemsOptions = {}): Promise<WrittenItems> {
    return writeItems(items, options, (source, about) => this.write(source, about), (name) => this.artifactId(name));
  }

  /** The id an artifact of this step will have. */
  artifactId(name: string, step: string = this.attempt.step): string {
    return `${this.context.execution_id}/${step}/${name}`;
  }
}
