import { frameBody, type Artifact, type PolicyDecision, type ValidationReport, type WalRecord } from '@symphainy/contracts';
import { chainProblems, evolveFrame, foldSession, GENESIS, hexOf, type ExecutionState, type FoldedFrame } from '@symphainy/execution';
import { hashOf, sha256Stream } from '@symphainy/kernel';
import { ObjectMissingError, type ObjectStore } from '@symphainy/ports';
import { storedSize } from '../personal-data/sealed-objects.js';
import type { StoredFrame } from '../acceptance/log.ports.js';

type Check = ValidationReport['checks'][number];

/** Problems told of one check; more are counted. */
const PROBLEMS_MAX = 100;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Problems of one check, however many: the first ones in words. */
class Problems {
  private readonly told: string[] = [];
  private count = 0;

  add(...problems: readonly string[]): void {
    this.count += problems.length;
    this.told.push(...problems.slice(0, Math.max(0, PROBLEMS_MAX - this.told.length)));
  }

  as(check: Check['check']): Check {
    const more = this.count - this.told.length;
    return { check, ok: this.count === 0, problems: more === 0 ? this.told : [...this.told, `and ${more} more`] };
  }
}

/**
 * Checks a stream's frames as they come, page by page: whatever its length, what is kept is the fold and the problems found. Every byte is distrusted: records are read by
 * their schema, and those of a frame that does not fit it are left out of the other checks.
 */
export class StreamValidation {
  private readonly chain = new Problems();
  private readonly grammar = new Problems();
  private readonly attribution = new Problems();
  private readonly artifacts = new Problems();
  private readonly policy = new PolicyTrail();
  private readonly keys = new Set<string>();
  private state: ExecutionState | undefined;
  private readonly session: FoldedFrame[] = [];
  private broken = false;
  private frames = 0;
  private records = 0;
  private previous = GENESIS;

  constructor(
    private readonly place: { readonly tenantId: string; readonly streamId: string; readonly kind: ValidationReport['kind'] },
    private readonly objects: ObjectStore,
  ) {}

  async take(page: readonly StoredFrame[]): Promise<void> {
    this.chain.add(...safely(() => chainProblems(page, this.previous, this.frames)));
    for (const frame of page) await this.takeFrame(frame);
    this.frames += page.length;
    this.previous = page.at(-1)?.hash ?? this.previous;
  }

  /** What follows cannot be read. */
  breakOff(why: string): void {
    this.chain.add(`after ${this.frames} frames: ${why}`);
  }

  /** `recordedHead`: the last seq that a reader beside the log had seen before; a stream that ends before it was cut. */
  report(recordedHead: number | undefined): ValidationReport {
    const { tenantId: _, streamId, kind } = this.place;
    const end = this.frames - 1;
    if (recordedHead !== undefined && recordedHead > end) this.chain.add(`the stream ends at frame ${end}, but frame ${recordedHead} was recorded`);
    if (kind === 'session' && !this.broken) this.fold(() => void foldSession(this.session));
    const policy = new Problems();
    if (kind === 'execution') policy.add(...this.policy.problems());
    const checks = [this.chain.as('chain'), this.grammar.as('grammar'), policy.as('policy'), this.attribution.as('attribution'), this.artifacts.as('artifacts')];
    return { stream_id: streamId, kind, valid: checks.every((check) => check.ok), frames: this.frames, records: this.records, head_hash: this.frames === 0 ? '' : hexOf(this.previous), checks, ...(this.keys.size === 0 ? {} : { sealed_under: [...this.keys] }) };
  }

  private async takeFrame(frame: StoredFrame): Promise<void> {
    const read = parse(frame);
    if (typeof read === 'string') {
      this.grammar.add(`frame ${frame.seq}: ${read}`);
      this.broken = true;
      return;
    }
    this.records += read.length;
    this.follow({ seq: frame.seq, hash: frame.hash, records: read });
    for (const record of read) {
      this.policy.note(record);
      if ('sealed_under' in record) for (const key of record.sealed_under ?? []) this.keys.add(key);
      this.attribution.add(...attributionProblems(record, this.place).map((problem) => `frame ${frame.seq}: ${problem}`));
      for (const artifact of artifactsOf(record)) this.artifacts.add(...(await artifactProblems(this.place.tenantId, artifact, this.objects)));
    }
  }

  /** After the first frame that does not fit, nothing behind it can be folded. */
  private follow(frame: FoldedFrame): void {
    if (this.broken) return;
    if (this.place.kind === 'session') this.session.push(frame);
    else this.fold(() => void (this.state = evolveFrame(this.state, frame)));
  }

  private fold(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.grammar.add(messageOf(error));
      this.broken = true;
    }
  }
}

function parse(frame: StoredFrame): WalRecord[] | string {
  try {
    const body = frameBody.safeParse(JSON.parse(Buffer.from(frame.body).toString()));
    if (body.success) return body.data.records;
    const issue = body.error.issues[0];
    return `/${(issue?.path ?? []).join('/')} ${issue?.message ?? 'does not fit'}`;
  } catch (error) {
    return messageOf(error);
  }
}

function safely(check: () => string[]): string[] {
  try {
    return check();
  } catch (error) {
    return [messageOf(error)];
  }
}

/** Nothing started without one permit of three verdicts, under the bundle that the capability was resolved from. */
class PolicyTrail {
  private decisions = 0;
  private decision: PolicyDecision | undefined;
  private bundleHash: string | undefined;
  private started = false;

  note(record: WalRecord): void {
    if (record.type === 'policy_evaluated') {
      this.decisions += 1;
      this.decision ??= record.decision;
    } else if (record.type === 'capability_resolved') this.bundleHash ??= record.bundle_hash;
    else if (record.type === 'saga_started' || record.type === 'step_started') this.started = true;
  }

  problems(): string[] {
    if (!this.started) return [];
    if (this.decision === undefined || this.decisions > 1) return [`${this.decisions} policy decisions where one belongs`];
    const problems: string[] = [];
    if (this.decision.decision !== 'permit') problems.push('the saga started although policy denied it');
    const roles = new Set(this.decision.verdicts.filter((verdict) => verdict.decision === 'permit').map((verdict) => verdict.role));
    if (roles.size !== 3) problems.push('the permit does not rest on three permitting verdicts');
    if (this.bundleHash !== this.decision.bundle_hash) problems.push('the capability was not resolved from the bundle that decided');
    return problems;
  }
}

/** Everything is somebody's: records name an actor, the intent its caller and tenant, operations who asked for them, results the build that made them. */
function attributionProblems(record: WalRecord, { tenantId, streamId }: { readonly tenantId: string; readonly streamId: string }): string[] {
  const problems: string[] = [];
  if (record.actor === '') problems.push(`${record.type} names no actor`);
  if (record.type === 'intent_received') {
    if (record.caller.tenant_id !== tenantId || record.intent.tenant_id !== tenantId) problems.push('the intent or its caller is of another tenant');
    if (record.intent.intent_id !== streamId) problems.push('the intent’s id is not the execution’s');
  }
  if (record.type === 'session_created' && (record.session.tenant_id !== tenantId || record.session.session_id !== streamId)) problems.push('the session is of another tenant or id');
  if ('by' in record && record.by.tenant_id !== tenantId) problems.push(`${record.type} was asked for by another tenant`);
  if ('handler_build' in record && record.handler_build === '') problems.push(`${record.step} does not name the build that ran`);
  return problems;
}

/** The artifacts that a record holds: a step's, and a map chunk's results and failures. */
function artifactsOf(record: WalRecord): readonly Artifact[] {
  if (record.type === 'step_completed') return record.artifacts;
  return record.type === 'chunk_completed' ? [record.results, record.failures].filter((artifact) => artifact !== undefined) : [];
}

/** Inline content hashes to what was recorded; objects are in the store, with the size and bytes recorded. */
async function artifactProblems(tenant: string, artifact: Artifact, objects: ObjectStore): Promise<string[]> {
  const problem = await artifactProblem(tenant, artifact, objects);
  return problem === undefined ? [] : [`${artifact.artifact_id}: ${problem}`];
}

async function artifactProblem(tenant: string, artifact: Artifact, objects: ObjectStore): Promise<string | undefined> {
  if (artifact.object === undefined) return hashOf(artifact.content ?? artifact.external ?? null) === artifact.content_hash ? undefined : 'its content does not hash to what was recorded';
  if (artifact.object.hash !== artifact.content_hash) return 'it names an object other than its hash';
  try {
    const digest = sha256Stream();
    let size = 0;
    for await (const chunk of (await objects.get(tenant, artifact.object.hash)) as AsyncIterable<Uint8Array>) {
      digest.update(chunk);
      size += chunk.length;
    }
    return size === storedSize(artifact.object) && digest.digestHex() === artifact.object.hash ? undefined : 'the object’s bytes are not those recorded';
  } catch (error) {
    if (error instanceof ObjectMissingError) return 'its object is missing';
    throw error;
  }
}
