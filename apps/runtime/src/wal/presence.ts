import type { Connection } from '@symphainy/store-postgres';

/**
 * A writer's flush line holds an advisory lock for as long as it lives: the database lets go of it the moment the process dies, long
 * before the lease runs out. Its absence alone proves nothing (a line may break and come back): it only makes silence count sooner.
 */
export const holdPresence = (line: Connection, writer: string): Promise<unknown> => line.query('select pg_try_advisory_lock(hashtextextended($1, 0))', [`writer ${writer}`]);

/** SQL: nobody holds the presence of the row `w` of wal_writers. Read from the locks' view, so that looking takes no lock that a writer could miss. */
export const IS_ABSENT = `not exists (
  select 1 from pg_locks l
  where l.locktype = 'advisory' and l.objsubid = 1 and l.database = (select oid from pg_database where datname = current_database())
    and ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended('writer ' || w.writer::text, 0)
)`;

/** A database that has just started has nobody's lines yet: the living get this long to come back before absence counts. */
export const RETURN_MS = 1_500;
