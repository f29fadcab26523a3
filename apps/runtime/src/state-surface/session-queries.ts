import { endedStatus, failure, words, type Session, type SubjectReply, type SubjectRequest } from '@symphainy/contracts';
import { decodeBody, foldSession } from '@symphainy/execution';
import type { Json } from '@symphainy/kernel';
import type { Sql } from '@symphainy/store-postgres';
import { z } from 'zod';
import type { WalReader } from '../acceptance/log.ports.js';
import { pageOf, placeOf } from './cursor.js';
import type { Settled } from './settled.js';

interface SessionRowRead {
  readonly tenant_id: string;
  readonly session_id: string;
  readonly user_id: string;
  readonly created_at: string;
  readonly closed_at: string | null;
  readonly context: string;
}

const place = z.tuple([words.timestamp, z.uuid()]);

export class SessionQueries {
  constructor(
    private readonly settled: Settled,
    private readonly reader: WalReader,
  ) {}

  async read({ caller, session_id }: SubjectRequest<'runtime.session.read'>): Promise<Session> {
    const frames = await this.reader.readStream(caller.tenant_id, session_id);
    const state = frames[0]?.kind === 'session' ? foldSession(frames.map((frame) => ({ seq: frame.seq, hash: frame.hash, records: decodeBody(frame.body) }))) : undefined;
    if (state === undefined) throw failure('session.not_found');
    await this.settled.settle();
    const active = await this.settled.database.asTenant(caller.tenant_id, (sql) => activeOf(sql, caller.tenant_id, [session_id]));
    const { head: _, ...session } = state;
    return { ...session, active_sagas: active.get(session_id) ?? [] };
  }

  /** Newest first. */
  async list({ caller, limit, cursor }: SubjectRequest<'runtime.session.list'>): Promise<SubjectReply<'runtime.session.list'>> {
    const [at, id] = placeOf(cursor, place) ?? [null, null];
    await this.settled.settle();
    return this.settled.database.asTenant(caller.tenant_id, async (sql) => {
      const rows = await sql.query<SessionRowRead>(
        `select tenant_id, session_id, user_id, created_at, closed_at, context from runtime.sessions
         where tenant_id = $1 and ($2::timestamptz is null or (created_at, session_id) < ($2, $3::uuid)) order by created_at desc, session_id desc limit $4`,
        [caller.tenant_id, at, id, limit + 1],
      );
      const active = await activeOf(sql, caller.tenant_id, rows.map((row) => row.session_id));
      const { items, next } = pageOf(rows, limit, (row) => sessionOf(row, active.get(row.session_id) ?? []), (row) => [row.created_at, row.session_id]);
      return { sessions: items, ...next };
    });
  }
}

/** Executions that have not ended, by session. */
async function activeOf(sql: Sql, tenantId: string, sessionIds: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await sql.query<{ session_id: string; active: string[] }>(
    `select session_id, array_agg(execution_id::text order by created_at, execution_id) as active from runtime.executions where tenant_id = $1 and session_id = any($2::uuid[]) and not (status = any($3::text[])) group by session_id`,
    [tenantId, sessionIds, endedStatus.options],
  );
  return new Map(rows.map((row) => [row.session_id, row.active]));
}

const sessionOf = ({ closed_at, context, ...rest }: SessionRowRead, active_sagas: string[]): Session => ({
  ...rest,
  ...(closed_at === null ? {} : { closed_at }),
  context: JSON.parse(context) as { [key: string]: Json },
  active_sagas,
});
