import { failure, words, type ReplayReport, type SessionReplayReport, type SubjectRequest } from '@symphainy/contracts';
import { chainProblems, decodeBody, evolveFrame, GENESIS, hexOf, summaryOf, viewOf, type ExecutionState } from '@symphainy/execution';
import { canonicalJson } from '@symphainy/kernel';
import type { HotState } from '@symphainy/ports';
import { z } from 'zod';
import type { WalReader } from '../acceptance/log.ports.js';
import { streamPages } from '../acceptance/stream-fold.js';
import { isUnreadable } from '../acceptance/unreadable-stream.js';
import { wireFrame } from '../wal/stored-frame.js';
import { fitting, pageOf, placeOf } from './cursor.js';
import { readHot } from './hot-view.js';
import type { Settled } from './settled.js';
import type { WalQueries } from './wal-queries.js';

interface ProjectedRow {
  readonly status: string;
  readonly ended_at: string | null;
  readonly steps_completed: number;
  readonly artifact_count: number;
  readonly record_count: number;
  readonly error_code: string | null;
  readonly head_seq: number;
  readonly head_hash: Uint8Array;
}

interface PlacedExecution {
  readonly execution_id: string;
  readonly created_at: string;
}

type Replayed = Omit<SubjectRequest<'runtime.execution.replay'>, 'limit' | 'from_seq'> & { readonly from_seq?: number; readonly limit?: number };

const FRAMES_SHOWN = 200;
const place = z.tuple([words.timestamp, z.uuid()]);

/**
 * Replays of recorded executions and sessions, out of the log alone: this file holds a reader of the log, the projections as the role that may only read, and a look at hot
 * state; no bus, no writer, no object store. So nothing is run and nothing is written.
 */
export class Replays {
  constructor(private readonly parts: Settled & { readonly reader: WalReader; readonly hot: HotState; readonly wal: WalQueries }) {}

  replay({ caller, execution_id, mode, from_seq = 0, limit = FRAMES_SHOWN }: Replayed): Promise<ReplayReport> {
    return mode === 'events_only' ? this.events(caller.tenant_id, execution_id, from_seq, limit) : this.state(caller.tenant_id, execution_id);
  }

  /** A page of a session. For events_only the frames of all its streams in one order; else its executions, oldest first. */
  async session({ caller, session_id, mode, limit, cursor }: SubjectRequest<'runtime.session.replay'>): Promise<SessionReplayReport> {
    const [first] = await this.parts.reader.readStream(caller.tenant_id, session_id, 0, 1);
    if (first?.kind !== 'session') throw failure('session.not_found');
    const holds = await this.chainHolds(caller.tenant_id, session_id);
    if (mode === 'events_only') {
      const page = await this.parts.wal.query({ caller, session_id, limit, ...(cursor === undefined ? {} : { cursor }) });
      return { session_id, mode, ...page, executions: [], chain_valid: holds };
    }
    const { items, next } = await this.executionsOf(caller.tenant_id, session_id, limit, cursor);
    const executions: ReplayReport[] = [];
    for (const id of items) executions.push(await this.stateOrLoss(caller.tenant_id, id));
    return { session_id, mode, executions, chain_valid: holds && executions.every((report) => report.chain_valid), ...next };
  }

  /** In a session's page one execution that the archive cannot give is told as that, and the others are replayed. */
  private async stateOrLoss(tenantId: string, executionId: string): Promise<ReplayReport> {
    try {
      return await this.state(tenantId, executionId);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return { execution_id: executionId, mode: 'state_only', chain_valid: false, unreadable: error.message };
    }
  }

  private async events(tenantId: string, executionId: string, fromSeq: number, limit: number): Promise<ReplayReport> {
    const before = fromSeq === 0 ? undefined : (await this.parts.reader.readStream(tenantId, executionId, fromSeq - 1, 1))[0];
    const frames = await this.parts.reader.readStream(tenantId, executionId, fromSeq, limit + 1);
    // behind its end an execution has no frames, and is there all the same
    const one = before ?? frames[0] ?? (await this.parts.reader.readStream(tenantId, executionId, 0, 1))[0];
    if (one?.kind !== 'execution') throw failure('execution.not_found');
    const shown = frames.slice(0, fitting(frames, limit));
    const more = frames.length > shown.length ? { next_seq: fromSeq + shown.length } : {};
    return { execution_id: executionId, mode: 'events_only', frames: shown.map(wireFrame), ...more, chain_valid: chainProblems(shown, before?.hash ?? GENESIS, fromSeq).length === 0 };
  }

  /** The fold of every frame from the first on, whatever was kept of it, and whether what was kept beside the log while the execution ran says the same. */
  private async state(tenantId: string, executionId: string): Promise<ReplayReport> {
    let state: ExecutionState | undefined;
    let holds = true;
    for await (const page of streamPages(this.parts.reader, tenantId, executionId)) {
      if (page[0]?.kind !== 'execution') break;
      holds &&= chainProblems(page, state?.head.hash ?? GENESIS, page[0].seq).length === 0;
      for (const frame of page) state = evolveFrame(state, { seq: frame.seq, hash: frame.hash, records: decodeBody(frame.body) });
    }
    if (state === undefined) throw failure('execution.not_found');
    return { execution_id: executionId, mode: 'state_only', chain_valid: holds, state: viewOf(state), ...(state.sealedUnder === undefined ? {} : { sealed_under: [...state.sealedUnder] }), ...(await this.againstLive(tenantId, state)) };
  }

  private async againstLive(tenantId: string, state: ExecutionState): Promise<Pick<ReplayReport, 'equal_to_live'>> {
    await this.parts.settle();
    const [projected, hot] = await Promise.all([this.projected(tenantId, state), readHot(this.parts.hot, tenantId, state.executionId)]);
    // The execution may have gone on since its frames were read: only what is of the same frame can be compared.
    const comparisons = [
      ...(projected?.head_seq === state.head.seq ? [projectionEquals(projected, state)] : []),
      ...(hot?.seq === state.head.seq ? [canonicalJson(hot.hot.view) === canonicalJson(viewOf(state))] : []),
    ];
    return comparisons.length === 0 ? {} : { equal_to_live: !comparisons.includes(false) };
  }

  private async projected(tenantId: string, state: ExecutionState): Promise<ProjectedRow | undefined> {
    const [row] = await this.parts.database.asTenant(tenantId, (sql) =>
      sql.query<ProjectedRow>('select status, ended_at, steps_completed, artifact_count, record_count, error_code, head_seq, head_hash from runtime.executions where tenant_id = $1 and execution_id = $2', [tenantId, state.executionId]),
    );
    return row;
  }

  private async chainHolds(tenantId: string, streamId: string): Promise<boolean> {
    let previous = GENESIS;
    for await (const page of streamPages(this.parts.reader, tenantId, streamId)) {
      if (chainProblems(page, previous, page[0]!.seq).length > 0) return false;
      previous = page[page.length - 1]!.hash;
    }
    return true;
  }

  private async executionsOf(tenantId: string, sessionId: string, limit: number, cursor: string | undefined): Promise<{ items: string[]; next: { next_cursor?: string } }> {
    const [at, id] = placeOf(cursor, place) ?? [null, null];
    await this.parts.settle();
    const rows = await this.parts.database.asTenant(tenantId, (sql) =>
      sql.query<PlacedExecution>(
        `select execution_id, created_at from runtime.executions
         where tenant_id = $1 and session_id = $2 and ($3::timestamptz is null or (created_at, execution_id) > ($3, $4::uuid)) order by created_at, execution_id limit $5`,
        [tenantId, sessionId, at, id, limit + 1],
      ),
    );
    return pageOf(rows, limit, (row) => row.execution_id, (row) => [row.created_at, row.execution_id]);
  }
}

function projectionEquals(row: ProjectedRow, state: ExecutionState): boolean {
  const summary = summaryOf(state);
  const folded = [summary.status, summary.ended_at ?? null, summary.steps_completed, summary.artifact_count, summary.record_count, summary.error_code ?? null, hexOf(state.head.hash)];
  return canonicalJson(folded) === canonicalJson([row.status, row.ended_at, row.steps_completed, row.artifact_count, row.record_count, row.error_code, hexOf(row.head_hash)]);
}
