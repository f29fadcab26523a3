/**
 * The analytical engine of a mash: one database of its own in a directory that vanishes, with bounds on memory, disk and threads. It runs in a process of its own (`mash-process.main.ts`).
 *
 * 1. Sources are loaded first, by statements of ours alone.
 * 2. Then access to files and network and every setting are locked, for good.
 * 3. Only then a query is run, and only after it was checked on the engine's own syntax tree.
 */
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection, type DuckDBResult } from '@duckdb/node-api';
import { failure } from '@symphainy/contracts';
import { CITATIONS, type TreeTemplates } from './cited-query.js';
import { AGGREGATE_MACROS, UNWANTED_FUNCTIONS, WANTED_MACROS } from './query-check.js';
import { childTree, childTrees, parseTree, type Tree } from './query-tree.js';
import { literal } from './sql-text.js';

export interface EngineLimits {
  readonly memoryMib: number;
  /** Of intermediate results that do not fit into memory. */
  readonly diskMib: number;
}

/** One row of the engine's list of functions. */
interface FunctionRow {
  readonly name: string;
  readonly aggregate: boolean;
}

interface Vocabulary {
  readonly functions: ReadonlySet<string>;
  readonly aggregates: ReadonlySet<string>;
}

export class MashEngine {
  private words: Promise<Vocabulary> | undefined;

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  /** `directory`: private to this engine, and empty; it may write there and nowhere else, until it is locked. One thread: the order of rows and of additions is the same each time. */
  static async open(directory: string, { memoryMib, diskMib }: EngineLimits): Promise<MashEngine> {
    const instance = await DuckDBInstance.create(join(directory, 'mash.duckdb'), {
      threads: '1',
      memory_limit: `${memoryMib}MiB`,
      temp_directory: join(directory, 'spill'),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
    });
    const engine = new MashEngine(instance, await instance.connect());
    // given at creation the bound is told back, and not held to
    await engine.run(`SET max_temp_directory_size = '${diskMib}MiB'`);
    await engine.run("SET TimeZone = 'UTC'");
    // its file is gone with it
    await engine.run('PRAGMA disable_checkpoint_on_shutdown');
    return engine;
  }

  /** From now on: no files but the engine's own, no network, no other settings. `writable`: where results may be written, by statements of ours. */
  async lock(writable: string): Promise<void> {
    await this.run(`SET allowed_directories = [${literal(writable)}]`);
    await this.run('SET enable_external_access = false');
    await this.run('SET lock_configuration = true');
  }

  async run(sql: string): Promise<void> {
    await this.asking(() => this.connection.run(sql));
  }

  async rows(sql: string): Promise<unknown[][]> {
    return this.asking(async () => (await this.connection.runAndReadAll(sql)).getRowsJson());
  }

  /** Rows as they come, chunk by chunk. */
  stream(sql: string): Promise<DuckDBResult> {
    return this.asking(() => this.connection.stream(sql));
  }

  /** The syntax tree of a text; `error` in it where the engine does not take it for a query. */
  async parse(sql: string): Promise<Tree> {
    const [[tree]] = (await this.rows(`SELECT json_serialize_sql(${literal(sql)})`)) as [[string]];
    try {
      return parseTree(tree);
    } catch (error) {
      throw failure('mash.sql_invalid', { message: 'the query holds a number that is none', field: '/sql', cause: error });
    }
  }

  /** The text of a syntax tree. */
  async write(node: Tree): Promise<string> {
    const [[sql]] = (await this.rows(`SELECT json_deserialize_sql(${literal(JSON.stringify({ error: false, statements: [{ node, named_param_map: [] }] }))}::JSON)`)) as [[string]];
    return sql;
  }

  /** How the engine writes what the rewriting puts into a query. */
  async templates(): Promise<TreeTemplates> {
    const grouping = await this.selecting(`* EXCLUDE (${CITATIONS}), flatten(list(${CITATIONS})) AS ${CITATIONS} FROM (SELECT 1) AS g GROUP BY ALL ORDER BY ${CITATIONS}`);
    const [together, flat, present] = childTrees(await this.selecting('list_concat(a, b), list_sort(list_distinct(flatten(a))), CASE WHEN a IS NULL THEN NULL ELSE b END'), 'select_list');
    return { grouping, together: together!, flat: flat!, present: present! };
  }

  private async selecting(sql: string): Promise<Tree> {
    return childTree(((await this.parse(`SELECT ${sql}`))['statements'] as Tree[])[0]!, 'node')!;
  }

  /** The functions that a query may use, by what the engine says of each: its result follows from its arguments. */
  vocabulary(): Promise<Vocabulary> {
    return (this.words ??= this.readVocabulary());
  }

  private async readVocabulary(): Promise<Vocabulary> {
    const rows = await this.rows(`
      SELECT DISTINCT lower(function_name), function_type = 'aggregate' FROM duckdb_functions()
      WHERE internal AND (function_type = 'aggregate' OR (function_type = 'scalar' AND stability = 'CONSISTENT'))
        AND lower(function_name) NOT IN (SELECT lower(function_name) FROM duckdb_functions() WHERE function_type = 'scalar' AND stability <> 'CONSISTENT')`);
    const known: FunctionRow[] = rows.map(([name, aggregate]) => ({ name: String(name), aggregate: aggregate === true }));
    const wanted = known.filter(({ name }) => !UNWANTED_FUNCTIONS.has(name));
    return {
      functions: new Set([...wanted.map(({ name }) => name), ...WANTED_MACROS, ...AGGREGATE_MACROS]),
      aggregates: new Set([...wanted.filter(({ aggregate }) => aggregate).map(({ name }) => name), ...AGGREGATE_MACROS]),
    };
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  private async asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw engineError(error);
    }
  }
}

/** Values that stand in an engine's message are somebody's data; names in double quotes are the query's own words. */
const withoutValues = (message: string): string => (message.split('\n')[0] ?? '').replace(/'[^']*'/g, '‹value›').slice(0, 400);

/** What the engine says, as an error of ours with the field and the fix. */
export function engineError(error: unknown): Error {
  const told = error instanceof Error ? error.message : String(error);
  const [, kind = '', said = told] = /^(?:\w+: )?([A-Z][A-Za-z ]+) Error: ([\s\S]*)$/.exec(told) ?? [];
  const message = withoutValues(said);
  switch (kind) {
    case 'Out of Memory':
      return failure('mash.too_costly', { message: 'the query takes more memory or disk than a mash may take', field: '/sql', cause: error });
    case 'Conversion':
    case 'Out of Range':
      return failure('mash.value_invalid', { message, field: '/sql', fix: 'cast with TRY_CAST, or take out the rows whose values do not fit', cause: error });
    case 'Permission':
      return failure('mash.sql_refused', { message: 'the query reaches for what is not among its sources', field: '/sql', cause: error });
    case 'Binder':
    case 'Catalog':
    case 'Parser':
    case 'Syntax':
    case 'Invalid Input':
      return /column|Referenced/i.test(said) && kind === 'Binder' ? failure('mash.column_unknown', { message: columnMessage(said), field: '/sql', cause: error }) : failure('mash.sql_invalid', { message, field: '/sql', cause: error });
    default:
      return error instanceof Error ? error : new Error(told);
  }
}

/** With the columns that the engine thinks were meant. */
const columnMessage = (said: string): string => withoutValues(said.replace(/\n+(?:Candidate bindings|Did you mean): ?/, '; there is '));
