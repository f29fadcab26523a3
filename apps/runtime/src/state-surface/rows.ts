import type { Sql, SqlValue } from '@symphainy/store-postgres';

/** A table as a batch writes it: column names with their types, and what to do about rows that are there. */
export interface RowTarget<R> {
  readonly table: string;
  readonly columns: { readonly [K in keyof R & string]: string };
  /** From `on conflict` on; empty: a row that is there is an error. */
  readonly conflict: string;
}

/** Writes any number of rows in one statement: an array per column. */
export async function writeRows<R extends { readonly [K in keyof R]: SqlValue }>(sql: Sql, target: RowTarget<R>, rows: readonly R[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.keys(target.columns) as (keyof R & string)[];
  const arrays = columns.map((column, index) => `$${index + 1}::${target.columns[column]}[]`);
  await sql.run({
    name: `write-${target.table}`,
    text: `insert into runtime.${target.table} (${columns.join(', ')}) select * from unnest(${arrays.join(', ')}) ${target.conflict}`,
    values: columns.map((column) => arrayOf(rows.map((row) => row[column]), target.columns[column])),
  });
}

/** Types whose values have no character that an array's text would have to quote. */
const PLAIN = new Set(['uuid', 'int', 'bigint', 'timestamptz']);

const arrayOf = (values: SqlValue[], type: string): SqlValue => (PLAIN.has(type) ? `{${values.map((value) => value ?? 'NULL').join(',')}}` : values);
