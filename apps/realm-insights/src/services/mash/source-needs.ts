/**
 * What a query needs of its sources, told from its syntax tree before anything is read: so that a table outside is asked for these columns and rows alone. What is told is never too
 * little: the query itself still holds every condition, and a column that might be meant is read.
 */
import type { ExternalColumn, TableQuery } from '@symphainy/contracts';
import type { SourceFilter, SourceNeeds } from '../../model/mash.work.js';
import { childTree, childTrees, everyTree, textOf, textsOf, type Tree } from './query-tree.js';

export function needsOf(node: Tree, sources: readonly string[]): SourceNeeds {
  const trees = [...everyTree(node)];
  const tables = trees.filter((tree) => tree['type'] === 'BASE_TABLE');
  const names = namesIn(trees, tables);
  return { ...(names === undefined ? {} : { names }), filters: Object.fromEntries(sources.flatMap((source) => filtersFor(source, node, trees, tables))) };
}

/** Every name that could be a column's; undefined: all columns may be meant, by a star, a natural join, a renamed table or a row taken as a whole. */
function namesIn(trees: readonly Tree[], tables: readonly Tree[]): string[] | undefined {
  const aliases = new Set(tables.flatMap((table) => [textOf(table, 'alias'), textOf(table, 'table_name')]).map((name) => name.toLowerCase()));
  const references = trees.map((tree) => textsOf(tree, 'column_names').map((name) => name.toLowerCase())).filter((names) => names.length > 0);
  const whole = trees.some((tree) => tree['class'] === 'STAR' || tree['ref_type'] === 'NATURAL') || tables.some((table) => textsOf(table, 'column_name_alias').length > 0) || references.some((names) => names.length === 1 && aliases.has(names[0]!));
  return whole ? undefined : [...new Set([...references.flat(), ...trees.flatMap((tree) => textsOf(tree, 'using_columns').map((name) => name.toLowerCase()))])].sort();
}

/** Conditions of the outermost WHERE that a row of the source must meet, if the source stands in the query once and its rows are joined by their values alone. None of them holds for NULL, so it is no matter on which side of an outer join the source is. */
function filtersFor(source: string, node: Tree, trees: readonly Tree[], tables: readonly Tree[]): [string, SourceFilter[]][] {
  const own = tables.filter((table) => textOf(table, 'table_name').toLowerCase() === source);
  const joined = joinedTables(childTree(node, 'from_table'));
  const shadowed = trees.some((tree) => typeof tree['key'] === 'string' && tree['key'].toLowerCase() === source);
  if (own.length !== 1 || shadowed || joined === undefined || !joined.includes(own[0]!)) return [];
  const alias = (textOf(own[0]!, 'alias') || source).toLowerCase();
  const found = conjuncts(childTree(node, 'where_clause')).flatMap((condition) => filterOf(condition, alias, joined.length === 1));
  return found.length === 0 ? [] : [[source, found]];
}

/** The tables of a FROM; undefined where rows are joined by more than their values. */
function joinedTables(from: Tree | undefined): Tree[] | undefined {
  if (from === undefined) return [];
  if (from['type'] !== 'JOIN') return [from];
  if (!['REGULAR', 'CROSS', 'NATURAL'].includes(textOf(from, 'ref_type'))) return undefined;
  const [left, right] = [joinedTables(childTree(from, 'left')), joinedTables(childTree(from, 'right'))];
  return left === undefined || right === undefined ? undefined : [...left, ...right];
}

const conjuncts = (where: Tree | undefined): Tree[] => (where === undefined ? [] : where['type'] === 'CONJUNCTION_AND' ? childTrees(where, 'children').flatMap((one) => conjuncts(one)) : [where]);

const COMPARISONS: Readonly<Record<string, readonly [SourceFilter['op'], flipped: SourceFilter['op']]>> = {
  COMPARE_EQUAL: ['eq', 'eq'], COMPARE_NOTEQUAL: ['ne', 'ne'], COMPARE_LESSTHAN: ['lt', 'gt'], COMPARE_LESSTHANOREQUALTO: ['le', 'ge'], COMPARE_GREATERTHAN: ['gt', 'lt'], COMPARE_GREATERTHANOREQUALTO: ['ge', 'le'],
};

function filterOf(condition: Tree, alias: string, alone: boolean): SourceFilter[] {
  const type = textOf(condition, 'type');
  if (type === 'COMPARE_IN') {
    const [column, ...values] = childTrees(condition, 'children');
    return filter(column, 'eq', values, alias, alone);
  }
  const ops = condition['class'] === 'COMPARISON' ? COMPARISONS[type] : undefined;
  if (ops === undefined) return [];
  const [left, right] = [childTree(condition, 'left'), childTree(condition, 'right')];
  return right?.['class'] === 'COLUMN_REF' ? filter(right, ops[1], [left], alias, alone) : filter(left, ops[0], [right], alias, alone);
}

function filter(column: Tree | undefined, op: SourceFilter['op'], given: readonly (Tree | undefined)[], alias: string, alone: boolean): SourceFilter[] {
  const path = column?.['class'] === 'COLUMN_REF' ? textsOf(column, 'column_names').map((name) => name.toLowerCase()) : [];
  const name = path.length === 2 && path[0] === alias ? path[1] : path.length === 1 && alone ? path[0] : undefined;
  const values = given.map((value) => constantOf(value));
  const type = values[0]?.type;
  if (name === undefined || type === undefined || values.some((value) => value?.type !== type)) return [];
  return [{ column: name, op, values: values.map((value) => value!.text), type }];
}

/** A constant's canonical text; undefined for what is none, or of another type. */
function constantOf(tree: Tree | undefined): { readonly text: string; readonly type: SourceFilter['type'] } | undefined {
  const told = tree?.['class'] === 'CONSTANT' ? childTree(tree, 'value') : undefined;
  const value = told?.['value'];
  if (told === undefined || told['is_null'] === true) return undefined;
  const type = childTree(told, 'type') ?? {};
  if (textOf(type, 'id') === 'VARCHAR' && typeof value === 'string') return { text: value, type: 'text' };
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return undefined;
  if (/^(TINYINT|SMALLINT|INTEGER|BIGINT)$/.test(textOf(type, 'id'))) return { text: String(value), type: 'integer' };
  const scale = childTree(type, 'type_info')?.['scale'];
  return textOf(type, 'id') === 'DECIMAL' && typeof scale === 'number' ? { text: decimalText(value, scale), type: 'decimal' } : undefined;
}

function decimalText(unscaled: number, scale: number): string {
  const digits = String(Math.abs(unscaled)).padStart(scale + 1, '0');
  return `${unscaled < 0 ? '-' : ''}${scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`}`;
}

const DATE = /^\d{4}-\d\d-\d\d$/;

/** The filters that mean the same there as here: texts are only compared for equality, since each system orders them in its own way. */
export function filtersOf(needs: readonly SourceFilter[], columns: readonly ExternalColumn[]): TableQuery['filters'] {
  return needs.flatMap(({ column: wanted, op, values, type }) => {
    const column = columns.find(({ name }) => name.toLowerCase() === wanted);
    return column !== undefined && agrees(column, op, values, type) ? [{ column: column.name, op, values: [...values] }] : [];
  });
}

function agrees({ type: of, native }: ExternalColumn, op: SourceFilter['op'], values: readonly string[], type: SourceFilter['type']): boolean {
  if (of === 'integer' || of === 'decimal') return type !== 'text';
  if (of === 'date') return type === 'text' && values.every((value) => DATE.test(value));
  return of === 'string' && type === 'text' && op === 'eq' && /^(text|character varying)/.test(native);
}
