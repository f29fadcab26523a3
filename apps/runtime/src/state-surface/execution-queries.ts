import { isEnded, words, type ExecutionResult, type ExecutionSummary, type ExecutionView, type SubjectReply, type SubjectRequest } from '@symphainy/contracts';
import { decodeBody, resultOf } from '@symphainy/execution';
import { z } from 'zod';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { wireFrame } from '../wal/stored-frame.js';
import { fitting, pageOf, placeOf } from './cursor.js';
import type { ExecutionReads } from './execution-reads.js';
import type { Settled } from './settled.js';

/** A row of `executions`, as lists read it. */
interface SummaryRow extends Omit<ExecutionSummary, 'ended_at' | 'execution_time_ms' | 'artifact_count' | 'record_count' | 'error_code'> {
  readonly ended_at: string | null;
  readonly artifact_count: number;
  readonly record_count: number;
  readonly error_code: string | null;
}

const COLUMNS = 'tenant_id, execution_id, session_id, user_id, intent_type, status, created_at, ended_at, steps_completed, artifact_count, record_count, error_code';
const place = z.tuple([words.timestamp, z.uuid()]);

export class ExecutionQueries {
  constructor(
    private readonly settled: Settled,
    private readonly reads: ExecutionReads,
  ) {}

  async read({ caller, execution_id }: SubjectRequest<'runtime.execution.read'>): Promise<ExecutionView> {
    return (await this.reads.view(caller.tenant_id, execution_id)).view;
  }

  async result({ caller, execution_id }: SubjectRequest<'runtime.execution.result'>): Promise<ExecutionResult> {
    return resultOf(await this.reads.fold(caller.tenant_id, execution_id));
  }

  /** Newest first. */
  async list({ caller, session_id, intent_type, status, limit, cursor }: SubjectRequest<'runtime.execution.list'>): Promise<SubjectReply<'runtime.execution.list'>> {
    const [at, id] = placeOf(cursor, place) ?? [null, null];
    await this.settled.settle();
    const rows = await this.settled.database.asTenant(caller.tenant_id, (sql) =>
      sql.query<SummaryRow>(
        `select ${COLUMNS} from runtime.executions
         where tenant_id = $1 and ($2::uuid is null or session_id = $2) and ($3::text is null or intent_type = $3) and ($4::text is null or status = $4)
           and ($5::timestamptz is null or (created_at, execution_id) < ($5, $6::uuid))
         order by created_at desc, execution_id desc limit $7`,
        [caller.tenant_id, session_id ?? null, intent_type ?? null, status ?? null, at, id, limit + 1],
      ),
    );
    const { items, next } = pageOf(rows, limit, summaryOfRow, (row) => [row.created_at, row.execution_id]);
    return { executions: items, ...next };
  }

  async frames({ caller, execution_id, from_seq, limit }: SubjectRequest<'runtime.execution.frames'>): Promise<SubjectReply<'runtime.execution.frames'>> {
    // The view first: frames read after it hold every frame that it speaks of. The other way round, an end could be told without its frames.
    const view = await this.reads.view(caller.tenant_id, execution_id);
    const found = await this.reads.frames(caller.tenant_id, execution_id, from_seq, limit);
    const frames = found.slice(0, fitting(found, limit));
    const cut = frames.length < found.length;
    return { session_id: view.view.session_id, frames: frames.map(wireFrame), ended: !cut && endedWith(view.view, frames), ...(cut ? { more: true } : {}) };
  }
}

const TERMINAL: ReadonlySet<string> = new Set(['execution_completed', 'execution_failed', 'execution_cancelled', 'execution_terminated', 'intent_rejected']);
const REOPENING: ReadonlySet<string> = new Set(['reopened', 'compensation_requested']);

/** The page may have been read a moment after the view: what came in between may have ended the execution, or brought it back. */
function endedWith({ status, head }: ExecutionView, frames: readonly StoredFrame[]): boolean {
  let ended = isEnded(status);
  for (const frame of frames) {
    if (frame.seq <= head.seq) continue;
    for (const { type } of decodeBody(frame.body)) ended = TERMINAL.has(type) || (ended && !REOPENING.has(type));
  }
  return ended;
}

export const summaryOfRow = (row: SummaryRow): ExecutionSummary => {
  const { ended_at, error_code, ...rest } = row;
  return {
    ...rest,
    ...(ended_at === null ? {} : { ended_at, execution_time_ms: Date.parse(ended_at) - Date.parse(row.created_at) }),
    ...(error_code === null ? {} : { error_code }),
  };
};
