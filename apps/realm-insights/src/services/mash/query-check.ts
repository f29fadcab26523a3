/**
 * What a query of a mash may be: one SELECT over its sources, of functions that compute from their arguments alone. Decided on the engine's own syntax tree, by what is allowed; what is not
 * on a list is refused. The engine besides has no access to files or network when it runs the query.
 */
import { failure } from '@symphainy/contracts';
import { everyTree, isTree, textOf, textsOf, type Tree } from './query-tree.js';

/** Names that the platform itself puts into a query begin so. */
export const OWN_PREFIX = '__mash';

export interface QueryVocabulary {
  /** Functions of the engine whose result follows from their arguments, aggregates among them; lower case. */
  readonly functions: ReadonlySet<string>;
  readonly aggregates: ReadonlySet<string>;
  /** Names of the sources, lower case. */
  readonly sources: ReadonlySet<string>;
}

const TABLE_FUNCTIONS = new Set(['range', 'generate_series', 'unnest']);
const WINDOW_FUNCTIONS = new Set(['row_number', 'rank', 'dense_rank', 'rank_dense', 'percent_rank', 'cume_dist', 'ntile', 'lag', 'lead', 'first', 'first_value', 'last', 'last_value', 'nth_value', 'fill']);
const EXPRESSIONS = new Set(['COLUMN_REF', 'CONSTANT', 'FUNCTION', 'OPERATOR', 'COMPARISON', 'CONJUNCTION', 'CASE', 'CAST', 'BETWEEN', 'SUBQUERY', 'STAR', 'WINDOW', 'LAMBDA', 'LAMBDA_REF', 'COLLATE', 'TYPE']);
const QUERIES = new Set(['SELECT_NODE', 'SET_OPERATION_NODE']);
const TABLES = new Set(['BASE_TABLE', 'SUBQUERY', 'JOIN', 'EXPRESSION_LIST', 'TABLE_FUNCTION', 'EMPTY']);
const MAX_TREES = 20_000;

/** The engine's functions that read its settings, its own statements or its version: nothing that a result may depend on. */
export const UNWANTED_FUNCTIONS: ReadonlySet<string> = new Set(['current_setting', 'getvariable', 'json_serialize_sql', 'json_deserialize_sql', 'json_serialize_plan', 'version', 'error', 'ago', 'create_sort_key', 'parse_duckdb_log_message']);

/** Macros of the engine that compute from their arguments. */
export const WANTED_MACROS: readonly string[] = [
  'date_add', 'days_in_month', 'fdiv', 'fmod', 'nullif', 'round_even', 'roundbankers', 'split_part', 'map_contains_entry', 'map_contains_value', 'md5_number_lower', 'md5_number_upper',
  'array_append', 'array_prepend', 'array_pop_back', 'array_pop_front', 'array_push_back', 'array_push_front', 'array_reverse', 'array_to_string', 'list_append', 'list_prepend', 'list_reverse',
  'list_any_value', 'list_avg', 'list_bool_and', 'list_bool_or', 'list_count', 'list_first', 'list_last', 'list_max', 'list_median', 'list_min', 'list_mode', 'list_product', 'list_string_agg', 'list_sum',
];
/** Macros of the engine that are aggregates. */
export const AGGREGATE_MACROS: readonly string[] = ['geomean', 'geometric_mean', 'wavg', 'weighted_avg'];

export const refused = (message: string, fix?: string): Error => failure('mash.sql_refused', { message, field: '/sql', ...(fix === undefined ? {} : { fix }) });

/** The one query of what the engine made of a text; throws `mash.sql_refused`, or `mash.sql_invalid` for what does not parse. */
export function theQuery(parsed: Tree, sql: string): Tree {
  if (parsed['error'] === true) {
    const message = textOf(parsed, 'error_message');
    if (!/Only SELECT/i.test(message)) throw failure('mash.sql_invalid', { message: message.split('\n')[0] ?? message, field: '/sql' });
    throw refused(`only SELECT is run; this is ${firstWord(sql)}`, 'write one SELECT; a write to an outside system is an effect of a Solution (docs/guides/data-mash.md)');
  }
  const statements = parsed['statements'];
  if (!Array.isArray(statements) || statements.length !== 1) throw refused('the text must hold exactly one statement', 'send one SELECT');
  const statement = statements[0];
  const node = isTree(statement) ? statement['node'] : undefined;
  if (!isTree(node)) throw refused('the statement is no query');
  return node;
}

/** The first word that is no comment: for people only, nothing is decided by it. */
function firstWord(sql: string): string {
  const bare = sql.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/--[^\n]*/g, ' ');
  return (/[A-Za-z_]+/.exec(bare)?.[0] ?? 'no statement').toUpperCase();
}

/** Throws `mash.sql_refused` for the first thing in a query that is not allowed. */
export function checkQuery(node: Tree, vocabulary: QueryVocabulary): void {
  let trees = 0;
  const named = new Set([...everyTree(node)].flatMap((tree) => withNames(tree)));
  for (const tree of everyTree(node)) {
    if (++trees > MAX_TREES) throw refused('the query is too large', 'split it into several mashes');
    checkNames(tree);
    checkTree(tree, vocabulary, named);
  }
}

/** Names that WITH gives. */
const withNames = (tree: Tree): string[] => (isTree(tree['value']) && isTree(tree['value']['query']) && typeof tree['key'] === 'string' ? [tree['key'].toLowerCase()] : []);

function checkNames(tree: Tree): void {
  const names = [textOf(tree, 'table_name'), textOf(tree, 'alias'), textOf(tree, 'key'), textOf(tree, 'relation_name'), ...textsOf(tree, 'column_names'), ...textsOf(tree, 'column_name_alias'), ...textsOf(tree, 'aliases')];
  const own = names.find((name) => name.toLowerCase().startsWith(OWN_PREFIX));
  if (own !== undefined) throw refused(`${own} is a name of the platform’s own`, `choose names that do not begin with ${OWN_PREFIX}`);
}

function checkTree(tree: Tree, vocabulary: QueryVocabulary, named: ReadonlySet<string>): void {
  const kind = textOf(tree, 'class');
  const type = textOf(tree, 'type');
  if (isTree(tree['sample'])) throw refused('a sample differs from run to run', 'order the rows and take the first with LIMIT');
  if (kind !== '') return checkExpression(tree, kind, vocabulary);
  if (type.endsWith('_NODE') && !QUERIES.has(type)) throw refused(`${type === 'RECURSIVE_CTE_NODE' ? 'WITH RECURSIVE' : type} is not run: its rows could not cite their sources`, 'write the query without it');
  if (type === 'SET_OPERATION_NODE' && !/^UNION/.test(textOf(tree, 'setop_type'))) throw refused(`${textOf(tree, 'setop_type')} is not run: its rows could not cite their sources`, 'use NOT IN, NOT EXISTS or a join');
  if (isTable(tree)) checkTable(tree, type, vocabulary, named);
}

const isTable = (tree: Tree): boolean => TABLES.has(textOf(tree, 'type')) || ['PIVOT', 'SHOW_REF', 'COLUMN_DATA', 'DELIM_GET', 'BOUND_TABLE_REF', 'CTE'].includes(textOf(tree, 'type'));

function checkTable(tree: Tree, type: string, { sources }: QueryVocabulary, named: ReadonlySet<string>): void {
  if (!TABLES.has(type)) throw refused(`${type === 'SHOW_REF' ? 'DESCRIBE, SHOW and SUMMARIZE are' : `${type} is`} not run`, 'select from the sources by their names');
  if (type === 'TABLE_FUNCTION') {
    const name = textOf(isTree(tree['function']) ? tree['function'] : {}, 'function_name').toLowerCase();
    if (!TABLE_FUNCTIONS.has(name)) throw refused(`the table function ${name} is not allowed: a query reads its sources and nothing else`, 'declare what is to be read among the sources');
  }
  if (type !== 'BASE_TABLE') return;
  const name = textOf(tree, 'table_name');
  if (textOf(tree, 'schema_name') !== '' || textOf(tree, 'catalog_name') !== '') throw refused(`${name} is named with its schema or catalog: a query reads its sources and nothing else`, 'name a source as it is declared');
  if (isTree(tree['at_clause'])) throw refused('a source has one state only', 'leave AT out');
  if (sources.has(name.toLowerCase()) || named.has(name.toLowerCase())) return;
  throw refused(`there is no source ${JSON.stringify(name)}; there are ${[...sources].sort().join(', ')}`, 'declare it among the sources, or correct the name');
}

function checkExpression(tree: Tree, kind: string, { functions, aggregates }: QueryVocabulary): void {
  if (kind === 'PARAMETER') throw refused('the query has a parameter', 'write the value itself');
  if (!EXPRESSIONS.has(kind)) throw refused(`an expression of the kind ${kind} is not run`, 'write the expression in another way');
  if (kind !== 'FUNCTION' && kind !== 'WINDOW') return;
  const name = textOf(tree, 'function_name').toLowerCase();
  if (!['', 'main', 'pg_catalog'].includes(textOf(tree, 'schema')) || !['', 'system'].includes(textOf(tree, 'catalog'))) throw refused(`the function ${name} is named with its schema`, 'name it alone');
  if (functions.has(name) || TABLE_FUNCTIONS.has(name) || (kind === 'WINDOW' && (WINDOW_FUNCTIONS.has(name) || aggregates.has(name)))) return;
  throw refused(`the function ${name} is not allowed: a result follows from its sources alone`, 'use functions that compute from their arguments; no clock, no chance, no settings, no files');
}
