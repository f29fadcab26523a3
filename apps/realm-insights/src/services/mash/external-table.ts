/** Rows of a table outside, as its connector gives them, in the engine: each value in its own type, each row by its key. */
import { statSync } from 'node:fs';
import type { ExternalColumn } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import type { SpooledSource } from '../../model/mash.work.js';
import { engineType, MAX_DIGITS } from './column-type.js';
import { ROW_NUMBER } from './cited-query.js';
import type { MashEngine } from './engine.js';
import type { Placing } from './load-source.js';
import { identifier, literal } from './sql-text.js';

/** Of one row: the engine keeps a buffer of several. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

export async function externalTable(engine: MashEngine, { file, external }: SpooledSource, table: string): Promise<Placing> {
  const { columns, key, asOf } = external!;
  const selected = columns.map((column, at) => `CAST(c${at} AS ${engineType(column)}) AS ${identifier(column.name)}`).join(', ');
  await engine.run(`CREATE TABLE ${table} AS SELECT ${selected}, row_number() OVER () AS ${ROW_NUMBER} FROM ${rowsOf(file, columns.length)}`);
  for (const column of columns.filter((one) => one.type === 'decimal' && engineType(one) === 'VARCHAR')) await measured(engine, table, column.name);
  if (key.length === 0) return () => Promise.resolve(() => ({ as_of: asOf }));
  const exact = key.map((name) => columns.find((column) => column.name === name)!);
  return async (rows) => {
    const wanted = [...new Set(rows())];
    const found = wanted.length === 0 ? [] : await engine.rows(`SELECT ${ROW_NUMBER}, ${key.map((name) => `${identifier(name)}::VARCHAR`).join(', ')} FROM ${table} WHERE ${ROW_NUMBER} IN (${wanted.join(', ')})`);
    const known = new Map(found.map(([row, ...values]) => [Number(row), { row_key: Object.fromEntries(exact.map(({ name, type }, at) => [name, keyValue(values[at], type)])), as_of: asOf }]));
    return (row) => known.get(row);
  };
}

/** A file without a row is no CSV to the engine. */
function rowsOf(file: string, columns: number): string {
  const names = Array.from({ length: columns }, (_, at) => `c${at}`);
  if (statSync(file).size === 0) return `(SELECT ${names.map((name) => `NULL::VARCHAR AS ${name}`).join(', ')} WHERE false)`;
  const dialect = `auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', nullstr = '\\N', allow_quoted_nulls = false, parallel = false, max_line_size = ${MAX_LINE_BYTES}, buffer_size = ${4 * MAX_LINE_BYTES}`;
  return `read_csv(${literal(file)}, ${dialect}, columns = {${names.map((name) => `${name}: 'VARCHAR'`).join(', ')}})`;
}

/** A decimal without bounds gets those of its values; where one is none, or they do not fit together, all stay text. */
async function measured(engine: MashEngine, table: string, name: string): Promise<void> {
  const column = identifier(name);
  const [[whole, point, plain]] = (await engine.rows(`SELECT max(length(regexp_extract(${column}, '^-?(\\d+)', 1))), max(length(regexp_extract(${column}, '\\.(\\d+)$', 1))), bool_and(regexp_full_match(${column}, '-?\\d+(\\.\\d+)?')) FROM ${table}`)) as [[string | null, string | null, boolean | null]];
  const [before, after] = [Number(whole), Number(point)];
  if (plain === true && before + after <= MAX_DIGITS) await engine.run(`ALTER TABLE ${table} ALTER COLUMN ${column} TYPE DECIMAL(${before + after}, ${after})`);
}

function keyValue(value: unknown, type: ExternalColumn['type']): Json {
  if (type === 'integer' && Number.isSafeInteger(Number(value))) return Number(value);
  return typeof value === 'string' ? value : String(value);
}
