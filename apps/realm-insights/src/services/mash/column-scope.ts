/** Which columns of the sources a column of a query is made from: names resolved as SQL resolves them, scope by scope. */
import type { LineageKind } from '@symphainy/contracts';
import { childTrees, everyTree, isSubquery, isTree, textOf, textsOf, type Tree } from './query-tree.js';

/** A column of a source, by the source's name in the query, and what was done to it. */
export interface SourceColumn {
  readonly source: string;
  readonly column: string;
  readonly kind: LineageKind;
}

export interface QueryColumn {
  readonly name: string;
  readonly from: readonly SourceColumn[];
}

/** What FROM offers under one name. */
export interface TableScope {
  readonly alias: string;
  readonly columns: readonly QueryColumn[];
}

export interface ColumnScope {
  readonly tables: readonly TableScope[];
  /** Of USING: shown once by `*`. */
  readonly merged: ReadonlySet<string>;
  /** Columns of this SELECT by their names, for ORDER BY, GROUP BY and later columns. */
  readonly made: QueryColumn[];
  /** What an inner query may refer to. */
  readonly outer: ColumnScope | undefined;
}

const RANK: readonly LineageKind[] = ['identity', 'transformation', 'aggregation'];
const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const stronger = (one: LineageKind, other: LineageKind): LineageKind => (RANK.indexOf(one) > RANK.indexOf(other) ? one : other);

/** The same columns, each once, at least as changed as `kind`. */
export function madeBy(kind: LineageKind, columns: readonly SourceColumn[]): SourceColumn[] {
  const found = new Map<string, SourceColumn>();
  for (const { source, column, kind: before } of columns) {
    const key = JSON.stringify([source, column]);
    found.set(key, { source, column, kind: stronger(found.get(key)?.kind ?? 'identity', stronger(kind, before)) });
  }
  return [...found.values()];
}

/** Where a column's name leads; undefined: nowhere in this query. */
function resolve(names: readonly string[], scope: ColumnScope): readonly SourceColumn[] | undefined {
  const [first = '', second] = names;
  const table = second === undefined ? undefined : scope.tables.find(({ alias }) => same(alias, first));
  if (table !== undefined) return table.columns.find(({ name }) => same(name, second!))?.from;
  const found = scope.tables.flatMap(({ columns }) => columns.filter(({ name }) => same(name, first)));
  if (found.length > 0) return found.flatMap(({ from }) => from);
  const made = scope.made.find(({ name }) => same(name, first));
  return made?.from ?? (scope.outer === undefined ? undefined : resolve(names, scope.outer));
}

/** Words that are no columns and yet have values, which differ from run to run. */
const CLOCKS_AND_NAMES = new Set(['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp', 'get_current_timestamp', 'current_user', 'session_user', 'user', 'current_role', 'current_schema', 'current_catalog', 'current_database', 'now', 'today']);

/** A word of an expression that stands for the clock or for who asks; undefined: none. */
export function foreignWord(expression: Tree, scope: ColumnScope): string | undefined {
  for (const tree of everyTree(expression, isSubquery)) {
    const [name = '', more] = textsOf(tree, 'column_names');
    if (tree['class'] === 'COLUMN_REF' && more === undefined && CLOCKS_AND_NAMES.has(name.toLowerCase()) && resolve([name], scope) === undefined) return name;
  }
  return undefined;
}

/** Columns that an expression names, those of queries inside it left out. */
export const columnsNamed = (expression: Tree | undefined, scope: ColumnScope): SourceColumn[] =>
  expression === undefined ? [] : [...everyTree(expression, isSubquery)].filter((tree) => tree['class'] === 'COLUMN_REF').flatMap((tree) => resolve(textsOf(tree, 'column_names'), scope) ?? []);

export function kindOf(expression: Tree, aggregates: ReadonlySet<string>): LineageKind {
  if (expression['class'] === 'COLUMN_REF') return 'identity';
  return hasAggregate(expression, aggregates) ? 'aggregation' : 'transformation';
}

/** Not within a window or a query of its own. */
export const hasAggregate = (expression: Tree, aggregates: ReadonlySet<string>): boolean =>
  [...everyTree(expression, (tree) => isSubquery(tree) || tree['class'] === 'WINDOW')].some((tree) => tree['class'] === 'FUNCTION' && aggregates.has(textOf(tree, 'function_name').toLowerCase()));

/** A value that depends on more rows than its own. */
export const hasWindow = (expressions: readonly (Tree | undefined)[]): boolean => expressions.some((expression) => [...everyTree(expression, isSubquery)].some((tree) => tree['class'] === 'WINDOW'));

/** What decides which rows a window or filter sees, and which branch a CASE takes. */
export function sideColumns(expression: Tree, scope: ColumnScope): SourceColumn[] {
  const columns: SourceColumn[] = [];
  const add = (kind: LineageKind, trees: readonly Tree[]): void => void columns.push(...trees.flatMap((tree) => columnsNamed(tree, scope)).map((column) => ({ ...column, kind })));
  for (const tree of everyTree(expression, isSubquery)) {
    if (tree['class'] === 'WINDOW') add('window', [...childTrees(tree, 'partitions'), ...childTrees(tree, 'orders')]);
    if (tree['class'] === 'CASE') add('conditional', childTrees(tree, 'case_checks').flatMap((check): Tree[] => (isTree(check['when_expr']) ? [check['when_expr']] : [])));
    if (isTree(tree['filter']) && tree['class'] === 'FUNCTION') add('filter', [tree['filter']]);
  }
  return columns;
}

/** The columns that a `*` stands for, in order. */
export function starColumns(star: Tree, scope: ColumnScope): QueryColumn[] {
  const relation = textOf(star, 'relation_name');
  const left = new Set([...textsOf(star, 'exclude_list').map((name) => name.toLowerCase())]);
  const renamed = new Map(pairs(star, 'rename_list').map(({ key, value }) => [keyText(key).toLowerCase(), typeof value === 'string' ? value : ''] as const));
  const replaced = new Map(pairs(star, 'replace_list').map(({ key, value }) => [keyText(key).toLowerCase(), value] as const));
  const shown = new Set<string>();
  return scope.tables.filter(({ alias }) => relation === '' || same(alias, relation)).flatMap(({ columns }) => columns.flatMap((column) => {
    const name = column.name.toLowerCase();
    if (left.has(name) || (relation === '' && scope.merged.has(name) && shown.has(name))) return [];
    shown.add(name);
    const replacement = replaced.get(name);
    const from = isTree(replacement) ? madeBy('transformation', columnsNamed(replacement, scope)) : column.from;
    return [{ name: renamed.get(name) ?? column.name, from }];
  }));
}

const pairs = (of: Tree, key: string): { key: Tree[string] | undefined; value: Tree[string] | undefined }[] => childTrees(of, key).map((pair) => ({ key: pair['key'], value: pair['value'] }));

const keyText = (key: Tree[string] | undefined): string => (typeof key === 'string' ? key : isTree(key) ? textOf(key, 'column') : '');

/** The columns of a table under other names. */
export const renamed = (columns: readonly QueryColumn[], names: readonly string[]): QueryColumn[] => columns.map((column, at) => ({ ...column, name: names[at] ?? column.name }));

/** What a natural join joins by. */
export const commonNames = (left: readonly TableScope[], right: readonly TableScope[]): string[] => {
  const there = new Set(right.flatMap(({ columns }) => columns.map(({ name }) => name.toLowerCase())));
  return left.flatMap(({ columns }) => columns.map(({ name }) => name)).filter((name) => there.has(name.toLowerCase()));
};

/** The columns of UNION BY NAME. */
export function unitedByName(left: readonly QueryColumn[], right: readonly QueryColumn[]): QueryColumn[] {
  const own = (columns: readonly QueryColumn[], name: string): readonly SourceColumn[] => columns.find((column) => column.name.toLowerCase() === name.toLowerCase())?.from ?? [];
  const names = [...left, ...right].map(({ name }) => name);
  return names.filter((name, at) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) === at).map((name) => ({ name, from: madeBy('identity', [...own(left, name), ...own(right, name)]) }));
}
