/** What one may ask of recorded history: replays, and comparisons of what is run again. */
import { z } from 'zod';
import { executionView } from './execution.schema.js';
import { frame } from './wal.schema.js';
import { sha256Digest, stepName, timestamp, uuid } from './words.js';

/**
 * `events_only`: the records in order. `state_only`: the fold of the log, compared with what was live. `full`: deterministic steps are run again on their
 * recorded inputs, in a sandbox without effects, and compared by hash. The first two run nothing and write nothing.
 */
export const replayMode = z.enum(['events_only', 'state_only', 'full']);
export type ReplayMode = z.infer<typeof replayMode>;

/**
 * Why a step's recorded result cannot be compared with a new one: its capability does not claim to be deterministic; its kind has effects, reasons or waits, so its result is
 * taken from the record; another build answered than the recorded one; it used a tool before the answers of tools were recorded; what it read was erased; nobody ran it in time.
 */
export const notComparableReason = z.enum(['not_deterministic', 'taken_from_record', 'another_build', 'tool', 'erased', 'no_answer']);

/** One recorded result, held against what the same step gives now. */
export const stepComparison = z.object({
  step: stepName,
  attempt: z.number().int().min(1),
  /** Of a map: the chunk, whose tries `attempt` then counts. */
  chunk: z.number().int().min(0).optional(),
  kind: z.string(),
  comparison: z.enum(['equal', 'diverged', 'not_comparable']),
  reason: notComparableReason.optional(),
  /** JSON Pointer into the result (`/output/…`, `/artifacts/<name>/content_hash`, `/events/…`, `/state_changes/…`, `/outcome`, `/error/code`, `/chunk/…`, `/agent/…`), or `/references`, `/tools`: it asked for something else. The first difference. */
  field: z.string().optional(),
  /** Of the whole result: output, outcome, artifacts by content hash, events and state changes; of a chunk, its items; of an agent, what it reasoned with. */
  recorded_hash: sha256Digest.optional(),
  recomputed_hash: sha256Digest.optional(),
  recorded_build: z.string().optional(),
  recomputed_build: z.string().optional(),
});
export type StepComparison = z.infer<typeof stepComparison>;

/** What a stream holds of data subjects. */
export const personalTrace = {
  /** Ids of the subject keys that its personal values are sealed under; absent: there are none. */
  sealed_under: z.array(uuid).optional(),
  /** Those of them that were destroyed: the values they sealed are erased. Absent: none was. */
  erased: z.array(uuid).optional(),
};

export const replayReport = z.object({
  execution_id: uuid,
  mode: replayMode,
  /** events_only: the records in order, from `from_seq` on. */
  frames: z.array(frame).optional(),
  /** events_only: where to go on; absent at the stream's end. */
  next_seq: z.number().int().optional(),
  /** The fold of the log, and whether it equals the state that was live or last projected. */
  state: executionView.optional(),
  equal_to_live: z.boolean().optional(),
  /** full: each recorded result of a step, in the order of the log. */
  steps: z.array(stepComparison).optional(),
  /** full: some comparable result differs from the record. */
  diverged: z.boolean().optional(),
  ...personalTrace,
  /** In a session's page: why the execution cannot be read out of the archive; nothing else is told of it. */
  unreadable: z.string().optional(),
  /** The whole stream holds; for events_only, the frames shown do, and follow from the one before them. */
  chain_valid: z.boolean(),
});
export type ReplayReport = z.infer<typeof replayReport>;

/** A frame that belongs into a page and cannot be read out of the archive: the page goes on behind it. */
export const unreadableFrame = z.object({ stream_id: uuid, seq: z.number().int().min(0), code: z.string(), message: z.string() });
export type UnreadableFrame = z.infer<typeof unreadableFrame>;

/** A page of a session's replay. */
export const sessionReplayReport = z.object({
  session_id: uuid,
  mode: replayMode,
  /** events_only: frames of the session and of all its executions in one order, that in which they were read from their runtimes. */
  frames: z.array(frame).optional(),
  unreadable: z.array(unreadableFrame).optional(),
  /** The executions of this page, in the order in which they were created; none for events_only. */
  executions: z.array(replayReport),
  /** The session's own stream holds, and that of every execution of this page. */
  chain_valid: z.boolean(),
  next_cursor: z.string().optional(),
});
export type SessionReplayReport = z.infer<typeof sessionReplayReport>;

/** Whether a capability keeps its promise to be deterministic: each comparable step run twice more, the runs held against each other and against the record. */
export const determinismReport = z.object({
  execution_id: uuid,
  capability: z.string(),
  /** Every comparable step gave the same twice. */
  deterministic: z.boolean(),
  /** `recorded_*`: the first run; `recomputed_*`: the second. */
  steps: z.array(stepComparison),
  checked_at: timestamp,
});
export type DeterminismReport = z.infer<typeof determinismReport>;
