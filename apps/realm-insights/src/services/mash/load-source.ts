/** Brings a source's rows into the engine, each with its number, and tells where a row stands in what it came from. */
import { createWriteStream, readFileSync, rmSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { failure, type ContentCell, type SourceRegion } from '@symphainy/contracts';
import { PlatformError } from '@symphainy/kernel';
import type { SpooledSource } from '../../model/mash.work.js';
import { tabularDocument, type Table } from '../../model/table.schema.js';
import { engineType, MAX_DIGITS } from './column-type.js';
import { ROW_NUMBER, type SourceTable } from './cited-query.js';
import type { MashEngine } from './engine.js';
import { columnsOf, exact, type NamedType } from './exact-numbers.js';
import { externalTable } from './external-table.js';
import { csvLines, jsonLines } from './file-lines.js';
import { identifier, literal } from './sql-text.js';

export interface LoadedSource extends SourceTable {
  readonly reference: string;
  readonly content_hash: string;
  readonly rows: number;
  readonly types: readonly string[];
  /** Of a table outside: when its snapshot was taken. */
  readonly asOf?: string;
  /** Rows are known by their keys: neighbours have nothing in common there. */
  readonly keyed: boolean;
  readonly places: Placing;
}

/** Without the reference; one of another reference is that of what the source was made from. */
export type Place = Partial<SourceRegion>;

/** Where rows stand, by their numbers. `rows`: those that will be asked for, some perhaps twice; gathered only where they must be looked up. */
export type Placing = (rows: () => readonly number[]) => Promise<(row: number) => Place | undefined>;

/** Bounds of what the engine takes for one value. */
const MAX_OBJECT_BYTES = 16 * 1024 * 1024;
const MAX_LINE_BYTES = 1024 * 1024;

/** Throws `mash.source_invalid` for what is no table; the file is gone afterwards. */
export async function loadSource(engine: MashEngine, source: SpooledSource, index: number, tableOf: (document: ReturnType<typeof tabularDocument.parse>, wanted: string | undefined) => Table): Promise<LoadedSource> {
  const table = `__mash_data_${index}`;
  try {
    if (source.kind !== 'table' && statSync(source.file).size === 0) throw failure('mash.source_invalid', { message: 'it has no bytes' });
    const place = await load(engine, source, table, tableOf);
    const columns = await columnsOf(engine, table);
    const [[rows]] = (await engine.rows(`SELECT count(*) FROM ${table}`)) as [[string]];
    const { reference, content_hash } = source;
    return {
      name: source.name, reference, content_hash, table, rows: Number(rows), ...(source.external === undefined ? {} : { asOf: source.external.asOf }), columns: columns.map(({ name }) => name), types: columns.map(({ type }) => type),
      keyed: source.kind === 'table', places: place,
    };
  } catch (error) {
    throw unreadable(error, source, index);
  } finally {
    rmSync(source.file, { force: true });
  }
}

/** What the engine says of a file is the source's fault, but for the bounds. */
function unreadable(error: unknown, { name, kind }: SpooledSource, index: number): unknown {
  if (!(error instanceof PlatformError) || error.code === 'mash.too_costly') return error;
  const at = (place: string): string => `/sources/${index}/${place}`;
  if (error.code === 'insights.not_tabular') return failure('mash.source_invalid', { message: error.message, field: at('table'), fix: error.fix ?? 'name one of its tables' });
  return failure('mash.source_invalid', { message: `the source ${name} does not read as ${kind}: ${error.message}`, field: at('reference'), cause: error });
}

function load(engine: MashEngine, source: SpooledSource, table: string, tableOf: Parameters<typeof loadSource>[3]): Promise<Placing> {
  switch (source.kind) {
    case 'csv':
      return csv(engine, source, table);
    case 'json':
      return json(engine, source, table);
    case 'parquet':
      return numbered(engine, table, `read_parquet(${literal(source.file)})`, (row) => ({ record: row }));
    case 'document':
      return document(engine, source, table, tableOf);
    case 'dataset':
      return dataset(engine, source, table);
    case 'table':
      return externalTable(engine, source, table);
  }
}

/** A row's bytes are told where the file's lines were found to be the engine's rows. */
async function csv(engine: MashEngine, source: SpooledSource, table: string): Promise<Placing> {
  const delimiter = source.delimiter === undefined ? '' : `, delim = ${literal(source.delimiter)}`;
  const reading = (more: string): string => `read_csv(${literal(source.file)}, header = ${source.header ?? true}, sample_size = -1, parallel = false, max_line_size = ${MAX_LINE_BYTES}, buffer_size = ${4 * MAX_LINE_BYTES}${delimiter}${more})`;
  const heading = source.header === false ? 0 : 1;
  const rows = await exact(engine, table, { from: reading(''), texts: () => reading(', all_varchar = true'), typed: (types) => reading(`, types = {${types}}`) });
  const lines = csvLines(source.file, rows + heading);
  return placing((row) => ({ row: row + heading, ...lines?.at(row + heading - 1) }));
}

/** Values of several types in one column are text, each as it stands. */
async function json(engine: MashEngine, source: SpooledSource, table: string): Promise<Placing> {
  const reading = (more: string): string => `read_json(${literal(source.file)}, sample_size = -1, maximum_object_size = ${MAX_OBJECT_BYTES}${more})`;
  const as = (columns: readonly NamedType[], of: (column: NamedType) => string): string => reading(`, columns = {${columns.map((column) => `${identifier(column.name)}: ${literal(of(column))}`).join(', ')}}`);
  const rows = await exact(engine, table, { from: reading(''), texts: (columns) => as(columns, () => 'VARCHAR'), typed: (_, columns) => as(columns, ({ type }) => type) });
  for (const { name, type } of await columnsOf(engine, table)) if (type === 'JSON') await engine.run(`ALTER TABLE ${table} ALTER ${identifier(name)} TYPE VARCHAR USING ${identifier(name)} ->> '$'`);
  const lines = jsonLines(source.file, rows);
  return placing((row) => ({ pointer: `/${row - 1}`, ...lines?.at(row - 1) }));
}

async function numbered(engine: MashEngine, table: string, from: string, place: (row: number) => Place): Promise<Placing> {
  await engine.run(`CREATE TABLE ${table} AS SELECT *, row_number() OVER () AS ${ROW_NUMBER} FROM ${from}`);
  return placing(place);
}

const placing = (place: (row: number) => Place): Placing => () => Promise.resolve(place);

async function document(engine: MashEngine, source: SpooledSource, table: string, tableOf: Parameters<typeof loadSource>[3]): Promise<Placing> {
  const parsed = tabularDocument.safeParse(JSON.parse(readFileSync(source.file, 'utf8')));
  if (!parsed.success) throw failure('mash.source_invalid', { message: 'it is no content.document' });
  const chosen = tableOf(parsed.data, source.table);
  const file = `${source.file}.rows`;
  const names = distinctNames(chosen.columns.map(({ name }) => name));
  await pipeline(rowLines(chosen.rows, names.length), createWriteStream(file));
  await typed(engine, table, file, chosen.columns.map((column, at) => ({ name: `c${at}`, as: names[at]!, type: documentType(column.type, chosen.rows, at) })));
  rmSync(file, { force: true });
  const { box: _box, byte_start: _start, byte_end: _end, line: _line, ...whole } = chosen.source;
  return placing((row) => ({ ...whole, ...(chosen.row_sources?.[row - 1] ?? { row }) }));
}

function* rowLines(rows: readonly ContentCell[][], width: number): Generator<string> {
  for (const row of rows) {
    const cells: { [name: string]: ContentCell } = {};
    for (let at = 0; at < width; at++) cells[`c${at}`] = row[at] ?? null;
    yield `${JSON.stringify(cells)}\n`;
  }
}

/** JSON lines with the members `c0`, `c1`, …, as a table of the given columns. */
async function typed(engine: MashEngine, table: string, file: string, columns: readonly { readonly name: string; readonly as: string; readonly type: string }[]): Promise<void> {
  const given = columns.map(({ name, type }) => `${name}: ${literal(textual(type) ? 'VARCHAR' : type)}`).join(', ');
  const selected = columns.map(({ name, as, type }) => (textual(type) ? `CAST(${name} AS ${type})` : name) + ` AS ${identifier(as)}`).join(', ');
  await engine.run(`CREATE TABLE ${table} AS SELECT ${selected}, row_number() OVER () AS ${ROW_NUMBER} FROM read_json(${literal(file)}, format = 'newline_delimited', columns = {${given}}, maximum_object_size = ${MAX_OBJECT_BYTES})`);
}

/** Exact at any size only when read as text first. */
const textual = (type: string): boolean => type.startsWith('DECIMAL');

/** Two columns of one name, letter case aside, are told apart by a number. */
export function distinctNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name, at) => {
    const wanted = name.trim() === '' ? `column_${at + 1}` : name;
    let own = wanted;
    for (let more = 2; taken.has(own.toLowerCase()); more++) own = `${wanted}_${more}`;
    taken.add(own.toLowerCase());
    return own;
  });
}

/** A document's columns say what their cells are; a column whose cells do not all fit stays text. */
function documentType(type: string | undefined, rows: readonly ContentCell[][], at: number): string {
  const cells = rows.map((row) => row[at] ?? null).filter((cell) => cell !== null);
  switch (type) {
    case 'integer':
      return cells.every((cell) => typeof cell === 'number' && Number.isSafeInteger(cell)) ? 'BIGINT' : 'VARCHAR';
    case 'number':
      return cells.every((cell) => typeof cell === 'number') ? 'DOUBLE' : 'VARCHAR';
    case 'boolean':
      return cells.every((cell) => typeof cell === 'boolean') ? 'BOOLEAN' : 'VARCHAR';
    case 'date':
      return cells.every((cell) => typeof cell === 'string' && /^\d{4}-\d\d-\d\d$/.test(cell)) ? 'DATE' : 'VARCHAR';
    case 'datetime':
      return cells.every((cell) => typeof cell === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+$/.test(cell)) ? 'TIMESTAMP' : 'VARCHAR';
    case 'decimal':
      return decimalType(cells.map(String));
    default:
      return 'VARCHAR';
  }
}

function decimalType(texts: readonly string[]): string {
  let [before, after] = [1, 0];
  for (const text of texts) {
    const [, whole, point = ''] = /^-?(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
    if (whole === undefined) return 'VARCHAR';
    [before, after] = [Math.max(before, whole.length), Math.max(after, point.length)];
  }
  return before + after > MAX_DIGITS ? 'VARCHAR' : `DECIMAL(${before + after}, ${after})`;
}

/** The rows' bytes in the decoded file are kept beside the table, by the row's number. */
async function dataset(engine: MashEngine, source: SpooledSource, table: string): Promise<Placing> {
  const columns = source.columns ?? [];
  const names = distinctNames(['_record', '_segment', '_parent', ...columns.map(({ name }) => name)]).slice(3);
  const types = columns.map(engineType);
  const given = columns.map(({ name }, at) => `${identifier(name)}: ${literal(textual(types[at]!) ? 'VARCHAR' : types[at]!)}`);
  const selected = columns.map(({ name }, at) => `${textual(types[at]!) ? `CAST(${identifier(name)} AS ${types[at]!})` : identifier(name)} AS ${identifier(names[at]!)}`);
  const places = `${table}_place`;
  const read = `read_json(${literal(source.file)}, format = 'newline_delimited', maximum_object_size = ${MAX_OBJECT_BYTES}, columns = {_record: 'BIGINT', _offset: 'BIGINT', _length: 'BIGINT', _segment: 'VARCHAR', _parent: 'BIGINT'${given.map((one) => `, ${one}`).join('')}})`;
  await engine.run(`CREATE TABLE ${table} AS SELECT _record, _segment, _parent${selected.map((one) => `, ${one}`).join('')}, _record AS ${ROW_NUMBER} FROM ${read}`);
  await engine.run(`CREATE TABLE ${places} AS SELECT _record, _offset, _length FROM ${read}`);
  const { origin } = source;
  return async (rows) => {
    const wanted = [...new Set(rows())];
    const found = wanted.length === 0 ? [] : (await engine.rows(`SELECT _record, _offset, _length FROM ${places} WHERE _record IN (${wanted.join(', ')})`)).map((row) => row.map(Number) as [number, number, number]);
    const known = new Map(found.map(([record, offset, length]) => [record, { ...(origin ?? {}), record, byte_start: offset, byte_end: offset + length }]));
    return (row) => known.get(row);
  };
}
