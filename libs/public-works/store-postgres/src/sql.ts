/** How the platform speaks SQL: text and values in, rows out. The driver stays behind this file's types. */

/** A value as a parameter. Bytes travel as bytea; arrays as Postgres arrays; undefined is not a value. */
export type SqlValue = string | number | bigint | boolean | null | Uint8Array | Date | readonly SqlValue[];

export interface Statement {
  readonly text: string;
  readonly values?: readonly SqlValue[];
  /** A prepared statement's name: parsed and planned once per connection. */
  readonly name?: string;
}

/**
 * Rows come as plain objects: int8 as number (our counters stay below 2^53), timestamptz as RFC 3339 text with milliseconds in UTC,
 * bytea as Buffer, json as parsed.
 */
export interface Sql {
  query<R extends object>(text: string, values?: readonly SqlValue[]): Promise<R[]>;
  run<R extends object>(statement: Statement): Promise<{ readonly rows: R[]; readonly count: number }>;
}

/** One connection of its own, for what lives on a session: a flush line, an advisory lock. */
export interface Connection extends Sql {
  /** The server process that serves it. */
  readonly backend: number;
  /** Resolves when the connection has ended, for whatever reason. */
  readonly ended: Promise<void>;
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  /**
   * Commits do not wait for the disk: a crash of the server may undo the last of them, whole and in order, never what a later waiting commit followed on.
   * For what is made again from elsewhere.
   */
  readonly lazyCommits?: boolean;
}

/** A pool of connections to one database, as one role. */
export interface Database extends Sql {
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** A transaction that sees and writes this tenant's rows only: `app.tenant` is set for it, and row-level security reads it. */
  asTenant<T>(tenantId: string, work: (sql: Sql) => Promise<T>): Promise<T>;
  /** A connection outside the pool. */
  connect(options?: ConnectOptions): Promise<Connection>;
  close(): Promise<void>;
}

/** SQLSTATE of a database error, e.g. `23505`; undefined for anything else. */
export const sqlStateOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code) ? code : undefined;
};

/** How the driver and the system tell that nobody is there, beside SQLSTATEs. */
const GONE = /^(E(CONN|PIPE|HOST|NET|TIMEDOUT)|Connection terminated|Client has encountered a connection error|There was an error establishing an SSL connection|timeout exceeded when trying to connect)/;

/** Whether an error, of whatever origin, says that the database is away: for those who answer others, and must tell this from a fault of their own. */
export const isDatabaseAway = (error: unknown): boolean => {
  if (sqlStateOf(error) !== undefined) return isConnectionLoss(error);
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return GONE.test(String(code)) || GONE.test(String(message));
};

/**
 * Whether the statement failed because the line or the server went away (so its outcome may be unknown), rather than on its own account.
 * Class 08: connection; 57P01..05: the server ends sessions or starts up; 25006: it became a standby; 53300: no room for another session.
 */
export const isConnectionLoss = (error: unknown): boolean => {
  const state = sqlStateOf(error);
  return state === undefined ? error instanceof Error && error.name !== 'InvariantError' : state.startsWith('08') || state.startsWith('57P') || state === '25006' || state === '53300';
};
