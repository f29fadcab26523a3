/** One mash from its spooled sources to its rows in a file: load, lock, check, rewrite, run, write. */
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DuckDBListVector, type DuckDBDataChunk, type DuckDBVector } from '@duckdb/node-api';
import { failure, type ColumnType, type SourceRegion } from '@symphainy/contracts';
import { canonicalJson, type Json } from '@symphainy/kernel';
import type { MashAnswer, MashColumn, MashWork, SourceNeeds } from '../../model/mash.work.js';
import { CITATIONS, citeQuery, fillSlots, type CitedQuery } from './cited-query.js';
import { MashEngine, type EngineLimits } from './engine.js';
import { loadSource, type LoadedSource } from './load-source.js';
import { lineageOf } from './mash-lineage.js';
import { checkQuery, theQuery } from './query-check.js';
import { needsOf } from './source-needs.js';
import { cellOf, citationsOf, columnTypeOf, isWideInteger, selected } from './result-rows.js';
import { identifier, literal } from './sql-text.js';

type QueryWork = Extract<MashWork, { task: 'query' }>;
type TableOf = Parameters<typeof loadSource>[3];
type Progress = (done: { readonly [part: string]: Json }) => void;

const RESULT = '__mash_result';
const PREVIEW_ROWS = 20;
const PREVIEW_SOURCES = 5;
const MAX_PREVIEW_BYTES = 6 * 1024;
/** Names of the result's own. */
const RESERVED = new Set(['_row', '_sources']);

/** What the query needs of its sources. Throws what `theQuery` and `checkQuery` throw. Nothing is read or run. */
export async function checkMash(directory: string, sql: string, sources: readonly string[], limits: EngineLimits): Promise<SourceNeeds> {
  const engine = await MashEngine.open(directory, limits);
  try {
    await engine.lock(directory);
    return needsOf((await checked(engine, sql, sources)).node, sources);
  } finally {
    engine.close();
  }
}

export async function runMash(work: QueryWork, limits: EngineLimits, tableOf: TableOf, progress: Progress): Promise<MashAnswer> {
  const engine = await MashEngine.open(work.directory, limits);
  try {
    const sources: LoadedSource[] = [];
    for (const [index, source] of work.sources.entries()) {
      sources.push(await loadSource(engine, source, index, tableOf));
      progress({ loaded: source.name, rows: sources[index]!.rows });
    }
    const out = join(work.directory, 'out');
    mkdirSync(out);
    await engine.lock(out);
    const { cited, sql } = await rewritten(engine, work.sql, sources);
    progress({ querying: true });
    await engine.run(`CREATE TABLE ${RESULT} AS ${sql}`);
    return await new Answer(engine, work, sources, cited, sql, out, progress).write();
  } finally {
    engine.close();
  }
}

async function checked(engine: MashEngine, sql: string, names: readonly string[]) {
  const vocabulary = await engine.vocabulary();
  const node = theQuery(await engine.parse(sql), sql);
  checkQuery(node, { ...vocabulary, sources: new Set(names.map((name) => name.toLowerCase())) });
  return { node, aggregates: vocabulary.aggregates };
}

/** The query as it is run, and what is known of it beforehand. */
export async function rewritten(engine: MashEngine, sql: string, sources: readonly LoadedSource[]) {
  const { node, aggregates } = await checked(engine, sql, sources.map(({ name }) => name));
  const cited = citeQuery(node, sources, aggregates, await engine.templates());
  return { cited, sql: fillSlots(await engine.write(cited.node), cited.slots) };
}

class Answer {
  private readonly preview: { [column: string]: Json }[] = [];
  private previewBytes = 0;
  private written = 0;

  constructor(
    private readonly engine: MashEngine,
    private readonly work: QueryWork,
    private readonly sources: readonly LoadedSource[],
    private readonly cited: CitedQuery,
    private readonly sql: string,
    private readonly out: string,
    private readonly progress: Progress,
  ) {}

  async write(): Promise<MashAnswer> {
    const described = (await this.engine.rows(`DESCRIBE ${RESULT}`)).map(([name, type]) => ({ name: String(name), engineType: String(type) })).filter(({ name }) => name !== CITATIONS);
    const reserved = described.find(({ name }) => RESERVED.has(name));
    if (reserved !== undefined) throw failure('mash.sql_refused', { message: `${reserved.name} is a name of the result’s own`, field: '/sql', fix: 'give the column another name with AS' });
    const columns = await Promise.all(described.map(async ({ name, engineType }) => ({ name, engineType, type: columnTypeOf(engineType, isWideInteger(engineType) && (await this.isLarge(name, engineType))) })));
    const [[total]] = (await this.engine.rows(`SELECT count(*) FROM ${RESULT}`)) as [[string]];
    const lines = join(this.out, 'rows.ndjson');
    await pipeline(Readable.from(this.lines(columns)), createWriteStream(lines));
    const file = this.work.format === 'parquet' ? await this.parquet(described.map(({ name }) => name)) : lines;
    const references = new Map(this.sources.map(({ name, reference }) => [name, reference]));
    return {
      sql: this.sql, file, rows: this.written, total_rows: Number(total), preview: this.preview,
      columns: columns.map(({ name, type }) => ({ name, type })),
      sources: this.sources.map(({ name, reference, content_hash, rows, columns: names, types, asOf }) => ({ name, reference, content_hash, rows, ...(asOf === undefined ? {} : { as_of: asOf }), columns: names.map((column, at) => ({ name: column, type: columnTypeOf(types[at]!, false) })) })),
      lineage: lineageOf(this.cited.columns, columns.map(({ name }) => name), this.cited.everyRow, references),
    };
  }

  private async isLarge(name: string, engineType: string): Promise<boolean> {
    const below = engineType.startsWith('U') ? '' : ` OR ${identifier(name)} < ${Number.MIN_SAFE_INTEGER}`;
    const [[large]] = (await this.engine.rows(`SELECT count(*) > 0 FROM ${RESULT} WHERE ${identifier(name)} > ${Number.MAX_SAFE_INTEGER}${below}`)) as [[boolean]];
    return large;
  }

  /** The page's rows, in the result's order. */
  private async *lines(columns: readonly (MashColumn & { readonly engineType: string })[]): AsyncGenerator<string> {
    const { offset, limit } = this.work;
    const cells = columns.map(({ name, engineType }) => selected(identifier(name), engineType));
    const result = await this.engine.stream(`SELECT ${[...cells, `coalesce(${CITATIONS}, [])::DOUBLE[]`].join(', ')} FROM ${RESULT} LIMIT ${limit} OFFSET ${offset}`);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      for (const rows of portionsOf(chunk)) {
        const sources = await citationsOf(rows.map(({ cited }) => cited), this.sources, this.cited);
        let text = '';
        for (const [at, { cells: row }] of rows.entries()) text += `${this.line(row, columns, sources[at]!)}\n`;
        yield text;
      }
      this.progress({ rows: this.written });
    }
  }

  private line(row: readonly unknown[], columns: readonly { readonly name: string; readonly type: ColumnType }[], sources: readonly SourceRegion[]): string {
    const number = this.work.offset + ++this.written;
    const values = columns.map(({ name, type }, at) => [name, cellOf(row[at], type, name, number)] as const);
    const line = { _row: number, _sources: sources as unknown as Json, ...Object.fromEntries(values) };
    this.show({ ...line, _sources: sources.slice(0, PREVIEW_SOURCES).map(briefly) as unknown as Json });
    return canonicalJson(line);
  }

  /** The preview has the first rows, each with the first of its sources. */
  private show(line: { [column: string]: Json }): void {
    if (this.preview.length === PREVIEW_ROWS || this.previewBytes > MAX_PREVIEW_BYTES) return;
    this.previewBytes += canonicalJson(line).length;
    if (this.previewBytes <= MAX_PREVIEW_BYTES) this.preview.push(line);
  }

  /** Columns with their types, and the citations as JSON text. */
  private async parquet(names: readonly string[]): Promise<string> {
    const file = join(this.out, 'rows.parquet');
    const columns = `{_row: 'BIGINT', _sources: 'JSON'}`;
    const cited = `read_json(${literal(join(this.out, 'rows.ndjson'))}, format = 'newline_delimited', columns = ${columns}, maximum_object_size = ${64 * 1024 * 1024})`;
    const page = `SELECT *, row_number() OVER () + ${this.work.offset} AS _row FROM (SELECT * FROM ${RESULT} LIMIT ${this.work.limit} OFFSET ${this.work.offset})`;
    await this.engine.run(`COPY (SELECT p._row, ${names.map((name) => `p.${identifier(name)}`).join(', ')}, c._sources::VARCHAR AS _sources FROM (${page}) p JOIN ${cited} c USING (_row) ORDER BY p._row) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd)`);
    return file;
  }
}

/** Of rows that lie apart, from the first to the last. */
const briefly = ({ numbers: _numbers, spans: _spans, ...region }: SourceRegion): SourceRegion => region;

interface CitedRow {
  readonly cells: readonly unknown[];
  readonly cited: Float64Array;
}

/** Rows of a group may cite a million others: no more of a chunk is held than so many citations, and a row. */
const CITATIONS_AT_ONCE = 20_000;

function* portionsOf(chunk: DuckDBDataChunk): Generator<CitedRow[]> {
  const vectors = Array.from({ length: chunk.columnCount }, (_, column) => chunk.getColumnVector(column));
  let portion: CitedRow[] = [];
  let held = 0;
  for (let row = 0; row < chunk.rowCount; row++) {
    const cited = numbersIn(vectors.at(-1)!, row);
    portion.push({ cells: vectors.slice(0, -1).map((vector): unknown => vector.getItem(row)), cited });
    if ((held += cited.length) < CITATIONS_AT_ONCE) continue;
    yield portion;
    portion = [];
    held = 0;
  }
  if (portion.length > 0) yield portion;
}

/** A row's list, 0 for what a join did not find; the engine casts it to doubles, which hold the numbers exactly and need no BigInt each. */
function numbersIn(lists: DuckDBVector, row: number): Float64Array {
  if (!(lists instanceof DuckDBListVector)) return new Float64Array();
  const [offset, values] = [lists.getEntryOffset(row), lists.childVector as DuckDBVector<number>];
  return new Float64Array(lists.getEntryLength(row)).map((_, at) => values.getItem(offset + at) ?? 0);
}
