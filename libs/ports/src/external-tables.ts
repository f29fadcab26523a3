/** A column of a table outside. `native`: its type in the system's own words. */
export interface ExternalColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'decimal' | 'number' | 'boolean' | 'date' | 'datetime';
  readonly native: string;
  readonly nullable: boolean;
  /** Of decimals that have bounds: digits in all, and those after the point. */
  readonly digits?: number;
  readonly scale?: number;
  /** Of moments: they are in UTC; else they name no zone. */
  readonly zoned?: boolean;
}

export interface ExternalTable {
  readonly columns: readonly ExternalColumn[];
  /** The primary key's columns in its order; empty: it has none. */
  readonly key: readonly string[];
}

/** Rows whose column compares so with any of the values; `in` is `eq` with more than one. */
export interface RowFilter {
  readonly column: string;
  readonly op: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';
  /** Canonical texts. Of `eq` one or more, else exactly one. */
  readonly values: readonly string[];
}

export interface TableRead {
  readonly columns: readonly string[];
  /** All must hold. */
  readonly filters: readonly RowFilter[];
}

/**
 * Rows of one moment, as CSV (RFC 4180, UTF-8, no heading) in the order of the key: every value quoted, NULL the unquoted `\N`, booleans `t` and `f`, dates and moments ISO 8601.
 * The iteration rejects when the system breaks off, and returning from it early lets go of the system.
 */
export interface ExternalRows {
  /** When the snapshot was taken, by the system's clock: RFC 3339. */
  readonly asOf: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Tables of one outside system, read only. */
export interface ExternalTables {
  /** `name`: `schema.table`. `columns`: those that may be seen; default all. Rejects with ExternalSystemError `missing` for a table or column that there is not. */
  describe(name: string, columns?: readonly string[]): Promise<ExternalTable>;
  /** `agree` is given the table as it is in the snapshot that is read, and throws when it is not what was expected: nothing is read then. */
  rows(name: string, columns: readonly string[] | undefined, read: TableRead, agree: (table: ExternalTable) => void): Promise<ExternalRows>;
}

/** What an outside system said, or did not. The message tells no credential and no data. */
export class ExternalSystemError extends Error {
  override readonly name = 'ExternalSystemError';

  constructor(
    /** `unreachable` may pass; `credentials`: it does not let this connector in, or lets it do too much; `missing`: it has no such thing; `refused`: it does not do what was asked. */
    readonly reason: 'unreachable' | 'credentials' | 'missing' | 'refused',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A row's values as canonical text, or null, by column. */
export type RowValues = { readonly [column: string]: string | null };

/** One row of a table: what it is found by, what it must be before, and what it is to be. `null`: there is no such row. */
export interface RowChange {
  readonly key: RowValues;
  readonly before: RowValues | null;
  /** Only the columns that are set; the others stay, or get their default. */
  readonly after: RowValues | null;
}

/** What became of a row: whole, as far as the connector may see it. */
export interface WrittenRow {
  readonly key: RowValues;
  readonly before: RowValues | null;
  readonly after: RowValues | null;
}

export interface WriteReceipt {
  /** When, by the outside system's clock: RFC 3339. */
  readonly at: string;
  readonly rows: readonly WrittenRow[];
}

/** Rows of one outside system, changed together, each write exactly once. */
export interface ExternalWrites {
  /** The rows as they are, in the order of the keys; null for one that there is not. Rejects like `ExternalTables`. */
  look(name: string, columns: readonly string[], keys: readonly RowValues[]): Promise<(RowValues | null)[]>;
  /**
   * All changes or none, and once for `writeKey`: asked again, it answers what it answered before. Rejects with ExternalConflictError when a row is not as it must be before, with
   * ExternalSystemError when the system surely did nothing, and with UnknownWriteError when that is open: then it may be asked again under the same key.
   */
  write(writeKey: string, name: string, columns: readonly string[], changes: readonly RowChange[]): Promise<WriteReceipt>;
}

/** A row is not as it was. `index`: of the change, from 0. */
export class ExternalConflictError extends Error {
  override readonly name = 'ExternalConflictError';

  constructor(readonly index: number) {
    super(`row ${index} is not as it was`);
  }
}

/** The connection was lost when the write may have been done. */
export class UnknownWriteError extends Error {
  override readonly name = 'UnknownWriteError';
}
