/** A mapping as the SELECT that it stands for. */
import { failure } from '@symphainy/contracts';
import type { MashMapping } from '../../model/mapping.schema.js';
import { identifier, literal } from './sql-text.js';

type ReadAs = MashMapping['fields'][number]['as'];
type Join = MashMapping['joins'][number];
type Filter = MashMapping['filters'][number];

const TYPES = { text: 'VARCHAR', integer: 'BIGINT', decimal: 'DECIMAL(38, 10)', number: 'DOUBLE', date: 'DATE', boolean: 'BOOLEAN' } as const;
const COMPARISONS = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' } as const;
const JOINS = { inner: 'JOIN', left: 'LEFT JOIN', right: 'RIGHT JOIN', full: 'FULL JOIN' } as const;

/** `at`: where the mapping stands, for errors. Throws `mash.mapping_invalid`. */
export function mappingSql(mapping: MashMapping, sources: readonly string[], at = '/mapping'): string {
  const wrong = (place: string, message: string, fix: string): Error => failure('mash.mapping_invalid', { message, field: `${at}${place}`, fix });
  if (mapping.fields.length === 0) throw wrong('/fields', 'the mapping has no field', 'name at least one column of the result');
  if (!sources.includes(mapping.from)) throw wrong('/from', `there is no source ${mapping.from}`, `name one of ${sources.join(', ')}`);
  const joins = inOrder(mapping, sources, wrong);
  const joined = new Set([mapping.from, ...joins.map(({ join }) => join.source)]);
  const column = (field: string, place: string, as?: ReadAs): string => {
    const [source, name] = split(field);
    if (!joined.has(source)) throw wrong(place, `${source} is not joined`, `join it, or name a field of ${[...joined].join(', ')}`);
    return read(`${identifier(source)}.${identifier(name)}`, as);
  };
  const fields = mapping.fields.map((one, index) => ({ ...one, sql: fieldSql(one, `/fields/${index}`, column, wrong) }));
  distinct(fields.map(({ name }) => name), wrong);
  const parts = [
    `SELECT ${fields.map(({ sql, name }) => `${sql} AS ${identifier(name)}`).join(', ')}`,
    `FROM ${identifier(mapping.from)}`,
    ...joins.map(({ join, index }) => `${JOINS[join.type]} ${identifier(join.source)} ON ${join.on.map((pair, n) => `${column(pair.left, `/joins/${index}/on/${n}/left`, pair.as)} = ${column(pair.right, `/joins/${index}/on/${n}/right`, pair.as)}`).join(' AND ')}`),
    ...(mapping.filters.length === 0 ? [] : [`WHERE ${mapping.filters.map((filter, index) => filterSql(filter, `/filters/${index}`, column, wrong)).join(' AND ')}`]),
    ...(fields.some(({ aggregate }) => aggregate !== undefined) ? groups(fields) : []),
    ...(mapping.order_by.length === 0 ? [] : [`ORDER BY ${mapping.order_by.map(({ name, direction }, index) => orderSql(name, direction, index, fields, wrong)).join(', ')}`]),
  ];
  return parts.join(' ');
}

type Wrong = (place: string, message: string, fix: string) => Error;
type Column = (field: string, place: string, as?: ReadAs) => string;

const split = (field: string): [string, string] => [field.slice(0, field.indexOf('.')), field.slice(field.indexOf('.') + 1)];

const read = (sql: string, as: ReadAs): string => (as === undefined ? sql : as === 'text' ? `CAST(${sql} AS VARCHAR)` : `TRY_CAST(${sql} AS ${TYPES[as]})`);

/** Joins in an order in which each is told by what was joined before; circles and what is not reached are refused. */
function inOrder(mapping: MashMapping, sources: readonly string[], wrong: Wrong): { join: Join; index: number }[] {
  const left = mapping.joins.map((join, index) => ({ join, index }));
  const reached = new Set([mapping.from]);
  for (const { join, index } of left) {
    if (!sources.includes(join.source)) throw wrong(`/joins/${index}/source`, `there is no source ${join.source}`, `name one of ${sources.join(', ')}`);
    if (join.source === mapping.from || left.some((other) => other.index < index && other.join.source === join.source)) throw wrong(`/joins/${index}/source`, `${join.source} is joined twice`, 'declare the reference a second time under another name');
    const pair = join.on.findIndex(({ left: one, right: other }) => ![split(one)[0], split(other)[0]].includes(join.source) || split(one)[0] === split(other)[0]);
    if (pair >= 0) throw wrong(`/joins/${index}/on/${pair}`, `a pair joins a field of ${join.source} with one of another source`, `name a field of ${join.source} on one side`);
  }
  const ordered: typeof left = [];
  while (left.length > 0) {
    const next = left.findIndex(({ join }) => join.on.every((pair) => [split(pair.left)[0], split(pair.right)[0]].every((name) => name === join.source || reached.has(name))));
    if (next < 0) throw wrong(`/joins/${left[0]!.index}`, `these joins need each other, or a source that is not joined: ${left.map(({ join }) => join.source).join(', ')}`, `let each be told by ${[...reached].join(', ')} or by what was joined before`);
    const [found] = left.splice(next, 1);
    reached.add(found!.join.source);
    ordered.push(found!);
  }
  return ordered;
}

function fieldSql({ name, field, as, aggregate }: MashMapping['fields'][number], place: string, column: Column, wrong: Wrong): string {
  if (field === undefined) {
    if (aggregate === 'count') return 'count(*)';
    throw wrong(`${place}/field`, `${name} names no field`, 'name <source>.<column>; only a count needs none');
  }
  const sql = column(field, `${place}/field`, as);
  if (aggregate === undefined) return sql;
  return aggregate === 'count_distinct' ? `count(DISTINCT ${sql})` : `${aggregate}(${sql})`;
}

function groups(fields: readonly (MashMapping['fields'][number] & { readonly sql: string })[]): string[] {
  const by = fields.filter(({ aggregate }) => aggregate === undefined);
  return by.length === 0 ? [] : [`GROUP BY ${by.map(({ sql }) => sql).join(', ')}`];
}

function filterSql({ field, op, value, as }: Filter, place: string, column: Column, wrong: Wrong): string {
  const sql = column(field, `${place}/field`, as);
  if (op === 'is_null') return `${sql} IS NULL`;
  if (op === 'not_null') return `${sql} IS NOT NULL`;
  if (value === undefined) throw wrong(`${place}/value`, `${op} needs a value`, 'give one');
  if (op === 'in' || op === 'not_in') return `${sql} ${op === 'in' ? 'IN' : 'NOT IN'} (${[value].flat().map(valueSql).join(', ')})`;
  if (Array.isArray(value)) throw wrong(`${place}/value`, `${op} takes one value`, 'use in or not_in for several');
  if (op === 'contains' || op === 'starts_with') return `${op}(CAST(${sql} AS VARCHAR), ${literal(String(value))})`;
  return `${sql} ${COMPARISONS[op]} ${valueSql(value)}`;
}

const valueSql = (value: string | number | boolean): string => (typeof value === 'string' ? literal(value) : String(value));

function orderSql(name: string, direction: 'asc' | 'desc', index: number, fields: readonly { readonly name: string }[], wrong: Wrong): string {
  if (!fields.some((field) => field.name === name)) throw wrong(`/order_by/${index}/name`, `there is no field ${name}`, `name one of ${fields.map((field) => field.name).join(', ')}`);
  return `${identifier(name)} ${direction === 'asc' ? 'ASC' : 'DESC'} NULLS LAST`;
}

function distinct(names: readonly string[], wrong: Wrong): void {
  const twice = names.findIndex((name, at) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < at);
  if (twice >= 0) throw wrong(`/fields/${twice}/name`, `two fields are named ${names[twice]}`, 'give each a name of its own; letter case does not count');
}
