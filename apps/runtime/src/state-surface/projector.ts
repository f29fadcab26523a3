import type { Artifact, StateChange, WalRecord } from '@symphainy/contracts';
import { summaryOf, withoutContent, type ExecutionState } from '@symphainy/execution';
import { canonicalJson, inTurns, type Logger } from '@symphainy/kernel';
import type { HotState } from '@symphainy/ports';
import type { Sql } from '@symphainy/store-postgres';
import type { FollowerWork } from '../wal/follower.js';
import { recordsIn } from '../wal/stored-frame.js';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { streamKey } from '../acceptance/stream-key.js';
import { reach } from '../fail-points/fail-points.js';
import { checkpointRow } from './checkpoints.js';
import { hotEntry } from './hot-view.js';
import {
  artifactRows, checkpointRows, executionRows, frameIndexRows, metricRows, sessionRows, stateRows, UNSEEN,
  type ArtifactRow, type CheckpointRow, type ExecutionRow, type FrameIndexRow, type SessionRow, type StateRow,
} from './projection-rows.js';
import { masksOf } from './record-types.js';
import { writeRows } from './rows.js';
import { StreamFolds, type DecodedFrame } from './stream-folds.js';
import { TenantFigures } from './tenant-figures.js';

/** What a batch of frames comes to. */
interface Batch {
  readonly executions: Map<string, { state: ExecutionState; fromSeq: number; lastAt: string }>;
  readonly sessions: Map<string, SessionRow>;
  artifacts: ArtifactRow[];
  /** Steps that run again: what they had made is no artifact any more. */
  readonly forgotten: { readonly tenantId: string; readonly executionId: string; readonly steps: readonly string[] }[];
  readonly changes: Map<string, StateRow>;
  readonly index: FrameIndexRow[];
}

/** Frames that are folded, or views that are written, before executions get a turn of the event loop: a batch at once would hold them up for milliseconds. */
const AT_ONCE = 16;

/** Follows the log into the query tables and hot state: a constant number of statements per batch, whatever its size. */
export class Projector implements FollowerWork {
  readonly name = 'surface';
  /** Longer than most executions live, so that most are written once; whoever asks for a list hurries the follower. */
  readonly gatherMs = 100;
  readonly remakeable = true;
  private readonly folds: StreamFolds;
  private readonly figures = new TenantFigures();

  constructor(
    private readonly hot: HotState,
    logger: Logger,
  ) {
    this.folds = new StreamFolds(logger);
  }

  async begin(sql: Sql): Promise<void> {
    this.folds.clear();
    this.figures.load(await sql.query('select tenant_id, metric, value from runtime.tenant_metrics'));
  }

  async apply(frames: readonly StoredFrame[], sql: Sql): Promise<void> {
    const batch: Batch = { executions: new Map(), sessions: new Map(), artifacts: [], forgotten: [], changes: new Map(), index: [] };
    for (const run of runsOf(frames)) {
      await this.folds.recall(sql, run.firsts);
      await inTurns(run.frames, AT_ONCE, (some) => some.forEach((frame) => this.project({ frame, records: recordsIn(frame) }, batch)));
    }
    this.folds.dropEnded(batch.executions.values());
    await Promise.all([this.write(sql, batch), this.writeHot([...batch.executions.values()])]);
  }

  /** No slice waits for the one before: a hot state that does not answer costs a batch one time limit, however large it is. */
  private async writeHot(executions: readonly { readonly state: ExecutionState }[]): Promise<void> {
    const writes: Promise<void>[] = [];
    await inTurns(executions, AT_ONCE, (some) => writes.push(this.hot.setMany(some.map(({ state }) => hotEntry(state)))));
    await Promise.all(writes);
  }

  private async write(sql: Sql, batch: Batch): Promise<void> {
    await writeRows(sql, executionRows, [...batch.executions.values()].map(executionRow));
    await writeRows(sql, sessionRows, [...batch.sessions.values()]);
    for (const one of batch.forgotten) await dropArtifacts(sql, one);
    await writeRows(sql, artifactRows, batch.artifacts);
    await writeRows(sql, stateRows, [...batch.changes.values()]);
    await writeRows(sql, frameIndexRows, batch.index);
    await this.keepFolds(sql, [...batch.executions.values()].flatMap(({ state, fromSeq }) => checkpointRow(state, fromSeq) ?? []));
    await writeRows(sql, metricRows, this.figures.takeChanged());
  }

  private async keepFolds(sql: Sql, rows: readonly CheckpointRow[]): Promise<void> {
    if (rows.length === 0) return;
    reach('fold.keep', 'before');
    await writeRows(sql, checkpointRows, rows);
    reach('fold.keep', 'after');
  }

  private project(one: DecodedFrame, batch: Batch): void {
    const { frame, records } = one;
    const state = frame.kind === 'execution' ? this.folds.advance(one) : undefined;
    this.figures.countFrame(frame, records);
    batch.index.push({ tenant_id: frame.tenantId, stream_id: frame.streamId, seq: frame.seq, at: frame.at, intent_type: state?.intent.intent_type ?? null, record_types: masksOf(records) });
    if (frame.kind === 'session') projectSession(one, batch);
    if (state === undefined) return;
    const key = streamKey(frame);
    const known = batch.executions.get(key);
    if (known === undefined || known.state.head.seq <= frame.seq) batch.executions.set(key, { state, fromSeq: known?.fromSeq ?? frame.seq, lastAt: frame.at });
    for (const record of records) this.projectRecord(frame, state, record, batch);
  }

  private projectRecord(frame: StoredFrame, state: ExecutionState, record: WalRecord, batch: Batch): void {
    this.figures.countRecord(state, record);
    for (const artifact of artifactsIn(record)) {
      const place = { tenant_id: frame.tenantId, execution_id: frame.streamId, session_id: state.intent.session_id };
      batch.artifacts.push({ ...place, artifact_type: artifact.artifact_type, artifact: JSON.stringify(withoutContent(artifact)) });
    }
    if (record.type === 'reopened') forget(frame, record.forget ?? [], batch);
    if (record.type !== 'step_completed') return;
    for (const change of record.state_changes) keepNewest(batch.changes, stateRow(frame, change));
  }
}

function forget({ tenantId, streamId: executionId }: StoredFrame, steps: readonly string[], batch: Batch): void {
  if (steps.length === 0) return;
  batch.artifacts = batch.artifacts.filter((row) => row.tenant_id !== tenantId || row.execution_id !== executionId || !isOf(row, steps));
  batch.forgotten.push({ tenantId, executionId, steps });
}

async function dropArtifacts(sql: Sql, { tenantId, executionId, steps }: Batch['forgotten'][number]): Promise<void> {
  const rows = await sql.query<{ position: number; artifact: string }>('select position, artifact from runtime.artifacts where tenant_id = $1 and execution_id = $2', [tenantId, executionId]);
  const gone = rows.filter((row) => isOf(row, steps)).map((row) => row.position);
  await sql.query('delete from runtime.artifacts where tenant_id = $1 and position = any($2::bigint[])', [tenantId, gone]);
}

const isOf = ({ artifact }: { readonly artifact: string }, steps: readonly string[]): boolean => steps.includes((JSON.parse(artifact) as Artifact).step);

/** What a step, or a chunk of one, made. */
function artifactsIn(record: WalRecord): readonly Artifact[] {
  if (record.type === 'step_completed') return record.artifacts;
  return record.type === 'chunk_completed' ? [record.results, record.failures].filter((artifact) => artifact !== undefined) : NONE;
}

const NONE: readonly Artifact[] = [];

interface Run {
  readonly frames: StoredFrame[];
  /** The first frame of each execution in it. */
  readonly firsts: StoredFrame[];
}

/** A batch in runs in which every execution goes on frame by frame: one, unless an execution moved between runtimes whose frames are read in another order. */
function runsOf(frames: readonly StoredFrame[]): Run[] {
  let run: Run = { frames: [], firsts: [] };
  const runs = [run];
  const heads = new Map<string, number>();
  for (const frame of frames) {
    const key = streamKey(frame);
    const head = heads.get(key);
    if (head !== undefined && frame.seq !== head + 1) {
      runs.push((run = { frames: [], firsts: [] }));
      heads.clear();
    }
    if (frame.kind === 'execution') {
      if (!heads.has(key)) run.firsts.push(frame);
      heads.set(key, frame.seq);
    }
    run.frames.push(frame);
  }
  return runs;
}

/** Closing tells nothing of the session but its time, and may be read before its creation, by another runtime: whatever comes second adds to what stands. */
function projectSession({ frame, records }: DecodedFrame, batch: Batch): void {
  const key = streamKey(frame);
  for (const record of records) {
    const before = batch.sessions.get(key);
    const place = { tenant_id: frame.tenantId, session_id: frame.streamId, head_seq: Math.max(before?.head_seq ?? 0, frame.seq) };
    if (record.type === 'session_created') {
      const { user_id, created_at, context } = record.session;
      batch.sessions.set(key, { ...place, user_id, created_at, closed_at: before?.closed_at ?? null, context: canonicalJson(context) });
    } else if (record.type === 'session_closed') {
      batch.sessions.set(key, { ...(before ?? { user_id: UNSEEN, created_at: record.at, context: '{}' }), ...place, closed_at: record.at });
    }
  }
}

const stateRow = (frame: StoredFrame, { key, value }: StateChange): StateRow => ({
  tenant_id: frame.tenantId, key, value: value === null ? null : canonicalJson(value), execution_id: frame.streamId, seq: frame.seq, updated_at: frame.at,
});

/** One row per key: a statement cannot write a row twice. */
function keepNewest(changes: Map<string, StateRow>, row: StateRow): void {
  const key = `${row.tenant_id}/${row.key}`;
  const known = changes.get(key);
  const order = (r: StateRow): string => `${r.updated_at} ${r.execution_id} ${String(r.seq).padStart(10, '0')}`;
  if (known === undefined || order(known) <= order(row)) changes.set(key, row);
}

function executionRow({ state, lastAt }: { state: ExecutionState; lastAt: string }): ExecutionRow {
  const summary = summaryOf(state);
  return {
    tenant_id: summary.tenant_id, execution_id: summary.execution_id, session_id: summary.session_id, user_id: summary.user_id, intent_type: summary.intent_type,
    correlation_id: state.correlationId, status: summary.status, created_at: summary.created_at, ended_at: summary.ended_at ?? null, steps_completed: summary.steps_completed,
    artifact_count: summary.artifact_count, record_count: summary.record_count, error_code: summary.error_code ?? null, head_seq: state.head.seq, head_hash: state.head.hash, last_at: lastAt,
  };
}
