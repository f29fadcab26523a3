import { frameBody, type Artifact, type ValidationReport, type WalRecord } from '@symphainy/contracts';
import { chainProblems, foldFrames, foldSession, type FoldedFrame } from '@symphainy/execution';
import { hashOf, sha256Stream } from '@symphainy/kernel';
import { ObjectMissingError, type ObjectStore } from '@symphainy/ports';
import type { StoredFrame } from '../acceptance/log.ports.js';

/** What validation looks at: a stream's frames, and the records that could be read of them. */
export interface CheckedStream {
  readonly frames: readonly StoredFrame[];
  readonly records: readonly { readonly seq: number; readonly record: WalRecord }[];
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Reads every frame by its schema. Frames that do not fit are problems of the grammar; their records are left out. */
export function readStrictly(frames: readonly StoredFrame[]): { stream: CheckedStream; problems: string[] } {
  const problems: string[] = [];
  const records: { seq: number; record: WalRecord }[] = [];
  const folded: FoldedFrame[] = [];
  for (const frame of frames) {
    const read = parse(frame);
    if (typeof read === 'string') problems.push(`frame ${frame.seq}: ${read}`);
    else {
      records.push(...read.map((record) => ({ seq: frame.seq, record })));
      folded.push({ seq: frame.seq, hash: frame.hash, records: read });
    }
  }
  if (problems.length === 0) problems.push(...foldProblems(frames[0]?.kind, folded));
  return { stream: { frames, records }, problems };
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

function foldProblems(kind: string | undefined, frames: readonly FoldedFrame[]): string[] {
  try {
    if (kind === 'session') foldSession(frames);
    else if (kind === 'execution') foldFrames(frames);
    return [];
  } catch (error) {
    return [messageOf(error)];
  }
}

/** `recordedHead`: the last seq that a reader beside the log has seen; a stream that ends before it was cut. */
export function checkChain(frames: readonly StoredFrame[], recordedHead: number | undefined): string[] {
  const problems = safely(() => chainProblems(frames));
  const end = frames.at(-1)?.seq ?? -1;
  return recordedHead !== undefined && recordedHead > end ? [...problems, `the stream ends at frame ${end}, but frame ${recordedHead} was recorded`] : problems;
}

function safely(check: () => string[]): string[] {
  try {
    return check();
  } catch (error) {
    return [messageOf(error)];
  }
}

/** Nothing started without one permit of three verdicts, under the bundle that the capability was resolved from. */
export function checkPolicy({ records }: CheckedStream): string[] {
  const all = records.map(({ record }) => record);
  const decisions = all.filter((record) => record.type === 'policy_evaluated').map((record) => record.decision);
  const resolved = all.find((record) => record.type === 'capability_resolved');
  if (!all.some((record) => record.type === 'saga_started' || record.type === 'step_started')) return [];
  const [decision] = decisions;
  if (decision === undefined || decisions.length > 1) return [`${decisions.length} policy decisions where one belongs`];
  const problems: string[] = [];
  if (decision.decision !== 'permit') problems.push('the saga started although policy denied it');
  const roles = new Set(decision.verdicts.filter((verdict) => verdict.decision === 'permit').map((verdict) => verdict.role));
  if (roles.size !== 3) problems.push('the permit does not rest on three permitting verdicts');
  if (resolved?.bundle_hash !== decision.bundle_hash) problems.push('the capability was not resolved from the bundle that decided');
  return problems;
}

/** Everything is somebody's: records name an actor, the intent its caller and tenant, results the build that made them. */
export function checkAttribution({ frames, records }: CheckedStream): string[] {
  const tenant = frames[0]?.tenantId;
  const stream = frames[0]?.streamId;
  return records.flatMap(({ seq, record }) => {
    const problems: string[] = [];
    if (record.actor === '') problems.push(`${record.type} names no actor`);
    if (record.type === 'intent_received') {
      if (record.caller.tenant_id !== tenant || record.intent.tenant_id !== tenant) problems.push('the intent or its caller is of another tenant');
      if (record.intent.intent_id !== stream) problems.push('the intent’s id is not the execution’s');
    }
    if (record.type === 'session_created' && (record.session.tenant_id !== tenant || record.session.session_id !== stream)) problems.push('the session is of another tenant or id');
    if (record.type === 'step_completed' && record.handler_build === '') problems.push(`${record.step} does not name the build that ran`);
    return problems.map((problem) => `frame ${seq}: ${problem}`);
  });
}

/** Inline content hashes to what was recorded; objects are in the store, with the size and bytes recorded. */
export async function checkArtifacts({ frames, records }: CheckedStream, objects: ObjectStore): Promise<string[]> {
  const tenant = frames[0]?.tenantId ?? '';
  const problems: string[] = [];
  for (const { record } of records) {
    if (record.type !== 'step_completed') continue;
    for (const artifact of record.artifacts) {
      const problem = await artifactProblem(tenant, artifact, objects);
      if (problem !== undefined) problems.push(`${artifact.artifact_id}: ${problem}`);
    }
  }
  return problems;
}

async function artifactProblem(tenant: string, artifact: Artifact, objects: ObjectStore): Promise<string | undefined> {
  if (artifact.object === undefined) return hashOf(artifact.content ?? null) === artifact.content_hash ? undefined : 'its content does not hash to what was recorded';
  if (artifact.object.hash !== artifact.content_hash) return 'it names an object other than its hash';
  try {
    const digest = sha256Stream();
    let size = 0;
    for await (const chunk of (await objects.get(tenant, artifact.object.hash)) as AsyncIterable<Uint8Array>) {
      digest.update(chunk);
      size += chunk.length;
    }
    return size === artifact.object.size && digest.digestHex() === artifact.object.hash ? undefined : 'the object’s bytes are not those recorded';
  } catch (error) {
    if (error instanceof ObjectMissingError) return 'its object is missing';
    throw error;
  }
}

export const checked = (check: ValidationReport['checks'][number]['check'], problems: string[]): ValidationReport['checks'][number] => ({ check, ok: problems.length === 0, problems });
