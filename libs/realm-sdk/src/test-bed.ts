import { createHash } from 'node:crypto';
import { type Artifact, type DomainEvent, type ExecutionContext, failure, type ObjectRef, type StateChange, type StepResult } from '@symphainy/contracts';
import { canonicalJson, fromWireError, type Json, sha256Hex, silentLogger, systemClock } from '@symphainy/kernel';
import type { RealmDefinition } from './realm-definition.js';
import { runStep } from './step-runner.js';
import type { ByteSource, ReadableArtifact, TaskAccess } from './step-task.js';

/** What one can give a bed: artifacts by id (bytes or JSON values), answers of tools, and results of child intents. */
export interface TestBedOptions {
  readonly references?: Readonly<Record<string, Uint8Array | Json>>;
  /** Descriptions for references, where a test cares (file names, types). */
  readonly described?: Readonly<Record<string, Partial<Artifact>>>;
  readonly tools?: Readonly<Record<string, (request: { [key: string]: Json }) => Json>>;
  readonly children?: Readonly<Record<string, (payload: Json) => Json>>;
}

export interface TestRun {
  readonly output: Json | undefined;
  readonly outputs: Readonly<Record<string, Json>>;
  readonly artifacts: readonly Artifact[];
  readonly events: readonly DomainEvent[];
  readonly state_changes: readonly StateChange[];
  /** Content of an artifact by name. */
  content(name: string): Json;
  bytes(name: string): Uint8Array;
}

const EXECUTION = '019b0000-0000-7000-8000-00000000beed';

const contextOf = (intentType: string, payload: { [key: string]: Json }): ExecutionContext => ({
  execution_id: EXECUTION,
  intent: { intent_id: EXECUTION, intent_type: intentType, realm: intentType.split('.')[0]!, session_id: EXECUTION, tenant_id: 'acme', payload, metadata: {}, created_at: '2026-01-01T00:00:00.000Z' },
  session: { session_id: EXECUTION, tenant_id: 'acme', user_id: 'alice' },
  tenant_id: 'acme',
  user_id: 'alice',
  policy_context: { decision: 'permit', bundle_hash: '0'.repeat(64), bundle_version: 1, verdicts: (['security_guard', 'city_manager', 'data_steward'] as const).map((role) => ({ role, decision: 'permit' as const, policies: ['test'] })) },
  correlation_id: 'test',
  created_at: '2026-01-01T00:00:00.000Z',
});

/**
 * Runs a realm's capabilities in memory, step after step, without a Runtime: for tests of what handlers return. No policy, no log, no
 * retries; a step's error rejects as the PlatformError it is.
 */
export function testBed(realm: RealmDefinition, options: TestBedOptions = {}): { run(intentType: string, payload: { [key: string]: Json }): Promise<TestRun> } {
  return { run: (intentType, payload) => new BedRun(realm, options, intentType, payload).run() };
}

class BedRun {
  private readonly objects = new Map<string, Uint8Array>();
  private readonly artifacts: Artifact[] = [];
  private readonly outputs: Record<string, Json> = {};
  private readonly events: DomainEvent[] = [];
  private readonly changes: StateChange[] = [];

  constructor(
    private readonly realm: RealmDefinition,
    private readonly options: TestBedOptions,
    private readonly intentType: string,
    private readonly payload: { [key: string]: Json },
  ) {}

  async run(): Promise<TestRun> {
    const definition = this.realm.capabilities.get(this.intentType);
    if (definition === undefined) throw new Error(`the realm has no capability ${this.intentType}`);
    const { steps } = definition.describe(this.realm.realm).saga;
    let previous: string | undefined;
    for (const step of steps) {
      if (step.kind === 'child') this.outputs[step.name] = this.runChild(step.intent_type, step.payload_from === undefined ? this.payload : this.outputs[step.payload_from]!);
      else if (step.kind === 'task') await this.runTask(step.name, step.needs ?? (previous === undefined ? [] : [previous]));
      previous = step.name;
    }
    return {
      output: this.outputs[previous!],
      outputs: this.outputs,
      artifacts: this.artifacts,
      events: this.events,
      state_changes: this.changes,
      content: (name) => JSON.parse(Buffer.from(this.bytesOf(this.artifactNamed(name))).toString('utf8')) as Json,
      bytes: (name) => this.bytesOf(this.artifactNamed(name)),
    };
  }

  private runChild(intentType: string, payload: Json): Json {
    const answer = this.options.children?.[intentType];
    if (answer === undefined) throw new Error(`the test gives no child result for ${intentType}`);
    return answer(payload);
  }

  private async runTask(step: string, needs: readonly string[]): Promise<void> {
    const dispatch = {
      attempt: { tenant_id: 'acme', execution_id: EXECUTION, step, attempt: 1, epoch: 1 },
      capability: this.intentType,
      token: 'test',
      context: contextOf(this.intentType, this.payload),
      inputs: Object.fromEntries(needs.filter((n) => n in this.outputs).map((n) => [n, this.outputs[n]!])),
      deadline: '2100-01-01T00:00:00.000Z',
    };
    const outcome = await runStep({ realm: this.realm, build: 'test', clock: systemClock, logger: silentLogger }, dispatch, this.access(), new AbortController().signal);
    if (outcome.error !== undefined) throw fromWireError(outcome.error);
    this.keep(step, outcome.result!);
  }

  private keep(step: string, result: StepResult): void {
    if (result.output !== undefined) this.outputs[step] = result.output;
    this.events.push(...result.events);
    this.changes.push(...result.state_changes);
    for (const made of result.artifacts) {
      this.artifacts.push({ ...made, artifact_id: `${EXECUTION}/${step}/${made.name}`, execution_id: EXECUTION, step, content_hash: made.object?.hash ?? sha256Hex(canonicalJson(made.content ?? null)) });
    }
  }

  private access(): TaskAccess {
    return {
      read: (reference) => Promise.resolve(this.read(reference)),
      write: async (source, { mediaType }) => this.write(await gather(source), mediaType),
      tool: (name, request) => {
        const answer = this.options.tools?.[name];
        return answer === undefined ? Promise.reject(failure('tool.not_allowed', { message: `the test gives no tool ${name}` })) : Promise.resolve(answer(request));
      },
      progress: () => undefined,
    };
  }

  private write(bytes: Uint8Array, mediaType: string): ObjectRef {
    const hash = createHash('sha256').update(bytes).digest('hex');
    this.objects.set(hash, bytes);
    return { hash, size: bytes.length, media_type: mediaType };
  }

  private read(reference: string): ReadableArtifact {
    const own = this.artifacts.find((a) => a.artifact_id === reference);
    if (own !== undefined) return readableOf(own, this.bytesOf(own));
    const given = this.options.references?.[reference];
    if (given === undefined) throw failure('reference.not_allowed', { message: `the test gives no reference ${reference}` });
    const bytes = given instanceof Uint8Array ? given : new TextEncoder().encode(canonicalJson(given));
    return readableOf(this.describeGiven(reference, given instanceof Uint8Array, bytes), bytes);
  }

  private describeGiven(reference: string, binary: boolean, bytes: Uint8Array): Artifact {
    const [execution, step, name] = reference.split('/') as [string, string, string];
    const mediaType = binary ? 'application/octet-stream' : 'application/json';
    return {
      artifact_id: reference, execution_id: execution, step, name, artifact_type: binary ? 'runtime.file' : 'test.value', media_type: mediaType,
      object: { hash: sha256Hex(bytes), size: bytes.length, media_type: mediaType }, content_hash: sha256Hex(bytes), ...this.options.described?.[reference],
    };
  }

  private artifactNamed(name: string): Artifact {
    const found = this.artifacts.find((a) => a.name === name);
    if (found === undefined) throw new Error(`no artifact is named ${name}; there are ${this.artifacts.map((a) => a.name).join(', ')}`);
    return found;
  }

  private bytesOf(artifact: Artifact): Uint8Array {
    return artifact.object === undefined ? new TextEncoder().encode(canonicalJson(artifact.content ?? null)) : this.objects.get(artifact.object.hash)!;
  }
}

async function gather(source: ByteSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const readableOf = (artifact: Artifact, bytes: Uint8Array): ReadableArtifact => ({
  artifact,
  bytes: () => Promise.resolve(bytes),
  json: () => Promise.resolve(JSON.parse(Buffer.from(bytes).toString('utf8')) as Json),
  stream: () => Promise.resolve((async function* () { yield await Promise.resolve(bytes); })()),
});
