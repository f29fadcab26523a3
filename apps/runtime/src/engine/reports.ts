/** What became of work, and the records that say so. */
import { failure, type StepOutcome, type WalRecord } from '@symphainy/contracts';
import { chunkCompletedRecord, chunkFailedRecord, compensationFailedRecord, effectLost, stepNamed, type ExecutionState, type RunDecision } from '@symphainy/execution';
import { canonicalJson, sha256Hex, toWireError, verify, type PlatformError, type WireError } from '@symphainy/kernel';
import { chunkOf, isEffect, type Compensate, type RealmWork, type RunChunk } from './work.js';

type Body<T extends WalRecord['type']> = Omit<Extract<WalRecord, { type: T }>, 'type' | 'at' | 'actor' | 'step' | 'attempt'>;

/** A step's result, as it will be recorded (without time and actor). */
export type StepOk = Body<'step_completed'>;

/** The result of a step's attempt. */
export type StepReport =
  | {
      readonly ok: StepOk;
      readonly actor: string;
      /** Canonical texts of objects inside `ok` that were made already. */
      readonly texts?: ReadonlyMap<object, string>;
      /** Of an agent: what it reasoned with. */
      readonly agent?: Body<'agent_output'>;
    }
  | { readonly error: WireError; readonly handlerBuild?: string; readonly actor: string };

/** What a realm made of a chunk. */
export type ChunkReport = { readonly chunk: NonNullable<StepOutcome['chunk']>; readonly ok: StepOk; readonly actor: string };
export type WorkReport = StepReport | ChunkReport;

export interface ReportInputs {
  /** Milliseconds since the epoch, and the same as RFC 3339. */
  readonly now: number;
  readonly at: string;
  /** 0 ≤ jitter < 1, for a retry that is due later. */
  readonly jitter: () => number;
}

/** What is wrong with an answer, as its attempt's error. An effect that answered has happened, so of one it is only known that nothing is known. */
export const misfitOf = (work: RealmWork, error: PlatformError): PlatformError => (isEffect(work) ? failure('effect.unknown', { message: error.message, cause: error }) : error);

/** The records of one answer, in the order they stand in its frame. */
export function recordsOf(state: ExecutionState, work: RealmWork, report: WorkReport, inputs: ReportInputs): WalRecord[] {
  if ('error' in report) return failed(state, work, report, inputs);
  if ('chunk' in report) return work.do === 'run_chunk' ? [chunkCompleted(state, work, report, inputs)] : [];
  if (work.do === 'compensate') return compensated(work, report.ok, { at: inputs.at, actor: report.actor });
  return completed(work, report, { at: inputs.at, actor: report.actor, step: work.step.name, attempt: work.attempt });
}

function completed(work: Exclude<RealmWork, Compensate>, report: Extract<StepReport, { ok: unknown }>, place: { at: string; actor: string; step: string; attempt: number }): WalRecord[] {
  const { ok, agent } = report;
  const done: WalRecord = { type: 'step_completed', ...place, ...ok };
  if (work.do !== 'run') return [done];
  if (work.phase === 'preview') return [previewed(ok, place)];
  if (work.effectKey !== undefined) return [{ type: 'effect_completed', ...place, key: work.effectKey, receipt: ok.output ?? null }, done];
  return agent === undefined ? [done] : [{ type: 'agent_output', ...place, ...agent }, done];
}

function previewed({ output = null }: StepOk, place: { at: string; actor: string; step: string; attempt: number }): WalRecord {
  return { type: 'effect_previewed', ...place, preview: output, preview_hash: sha256Hex(canonicalJson(output)) };
}

function compensated(work: Compensate, { handler_build, duration_ms, output }: StepOk, stamp: { at: string; actor: string }): WalRecord[] {
  const place = { ...stamp, step: work.step.name, attempt: work.attempt };
  if (work.chunk !== undefined) return [{ type: 'chunk_compensated', ...place, chunk: work.chunk.chunk }];
  return [{ type: 'compensation_completed', ...place, handler_build, duration_ms, ...(output === undefined ? {} : { output }) }];
}

function failed(state: ExecutionState, work: RealmWork, { error, handlerBuild, actor }: Extract<StepReport, { error: unknown }>, inputs: ReportInputs): WalRecord[] {
  const place = { at: inputs.at, actor, step: work.step.name, attempt: work.attempt };
  if (work.do === 'run_chunk') return [chunkFailedRecord(state, work, { error, actor }, inputs)];
  if (work.do === 'compensate') return [compensationFailedRecord(state, work, { error, actor }, inputs)];
  if (isEffect(work) && error.code === 'effect.unknown') return [lost(state, work, error, place)];
  return [{ type: 'step_failed', ...place, error, ...(handlerBuild === undefined ? {} : { handler_build: handlerBuild }) }];
}

/** Nobody can say whether it happened. */
function lost(state: ExecutionState, { step: definition }: RunDecision, { message, details }: WireError, stamp: { at: string; actor: string }): WalRecord {
  const step = stepNamed(state, definition.name);
  verify(definition.kind === 'effect' && step !== undefined, 'an effect that was sent is a step of its execution');
  return effectLost(state, definition, step, stamp, toWireError(failure('step.timeout', { message, ...(details === undefined ? {} : { details: { ...details } }) })));
}

function chunkCompleted(state: ExecutionState, work: RunChunk, { chunk, ok, actor }: ChunkReport, inputs: ReportInputs): WalRecord {
  const artifactOf = (type: string): StepOk['artifacts'][number] | undefined => ok.artifacts.find((artifact) => artifact.artifact_type === type);
  const results = artifactOf('runtime.map_results');
  const failures = artifactOf('runtime.map_failures');
  const about = { actor, handler_build: ok.handler_build, duration_ms: ok.duration_ms, ...(results === undefined ? {} : { results }), ...(failures === undefined ? {} : { failures }) };
  return chunkCompletedRecord(state, work, { ...chunk, ...about }, inputs);
}

/** Whether an answer tells of the items it was asked for, and of no others. */
export function accountsFor(work: RealmWork, { succeeded, failed: misses }: NonNullable<StepOutcome['chunk']>): boolean {
  const asked = chunkOf(work);
  if (asked === undefined) return false;
  const wanted = asked.indices === undefined ? undefined : new Set(asked.indices);
  const isAsked = (index: number): boolean => (wanted === undefined ? index >= asked.from && index < asked.to : wanted.has(index));
  const distinct = new Set(misses.map(({ index }) => index)).size === misses.length;
  return distinct && misses.every(({ index }) => isAsked(index)) && succeeded + misses.length === (wanted?.size ?? asked.to - asked.from);
}
