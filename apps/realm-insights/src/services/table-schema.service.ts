/** Checks a table against a Table Schema (Frictionless Data, version 1): labels, types, constraints, the primary key. Fields go by position. */
import { failure } from '@symphainy/contracts';
import { RE2JS, RE2JSException } from 're2js';
import { cellText, readBoolean, readDate, readNumber } from '../model/cell-value.js';
import type { SchemaField, SchemaIssue, TableSchema } from '../model/quality.schema.js';
import { cellSource, type Table } from '../model/table.schema.js';

type Check = (text: string) => string | undefined;

export function schemaIssues(table: Table, schema: TableSchema): SchemaIssue[] {
  const checks = schema.fields.map(checksOf);
  const seen = schema.fields.map(() => new Set<string>());
  const keys = keyFields(schema);
  const known = new Set<string>();
  const issues = labelIssues(table, schema);
  table.rows.forEach((cells, row) => {
    const add = (field: number, kind: SchemaIssue['kind'], reason: string): void => void issues.push({ kind, ...rowOf(table, row), field: field + 1, reason, source: cellSource(table, row, field) });
    if (cells.every((cell) => cellText(cell) === null)) return;
    schema.fields.forEach((field, at) => {
      const fault = faultOf(field, cellText(cells[at]), checks[at]!, seen[at]!);
      if (fault !== undefined) add(at, fault.kind, fault.reason);
    });
    const key = keys.map((at) => cellText(cells[at]));
    if (keys.length === 0 || key.includes(null)) return;
    if (known.has(JSON.stringify(key))) add(keys[0]!, 'primary_key_error', `the key ${key.join(', ')} stands already in an earlier row`);
    known.add(JSON.stringify(key));
  });
  return issues;
}

const rowOf = (table: Table, row: number): { row: number } => ({ row: table.row_sources?.[row]?.line ?? row + 1 });

/** A blank label is the structure's finding, not a wrong name. */
function labelIssues(table: Table, { fields }: TableSchema): SchemaIssue[] {
  return fields.flatMap(({ name }, at): SchemaIssue[] => {
    const label = table.columns[at]?.name;
    const issue = (kind: SchemaIssue['kind'], reason: string): SchemaIssue[] => [{ kind, field: at + 1, reason, source: table.source }];
    if (label === undefined) return issue('missing_label', `there is no column for the field "${name}"`);
    return label.trim() === name || label === `column_${at + 1}` ? [] : issue('incorrect_label', `"${label}" stands where the schema has "${name}"`);
  });
}

function keyFields({ fields, primaryKey }: TableSchema): number[] {
  const names = primaryKey === undefined ? [] : typeof primaryKey === 'string' ? [primaryKey] : primaryKey;
  return names.map((name) => {
    const at = fields.findIndex((field) => field.name === name);
    if (at < 0) throw failure('intent.payload_invalid', { message: `the primary key names "${name}", which is no field of the schema`, field: '/table_schema/primaryKey' });
    return at;
  });
}

function faultOf(field: SchemaField, text: string | null, { type, constraints }: ReturnType<typeof checksOf>, seen: Set<string>): { kind: SchemaIssue['kind']; reason: string } | undefined {
  if (text === null) return field.constraints.required === true ? { kind: 'constraint_error', reason: 'a value is required' } : undefined;
  const wrong = type(text);
  if (wrong !== undefined) return { kind: 'type_error', reason: wrong };
  const broken = constraints.map((check) => check(text)).find((reason) => reason !== undefined);
  if (broken !== undefined) return { kind: 'constraint_error', reason: broken };
  if (field.constraints.unique !== true) return undefined;
  if (seen.has(text)) return { kind: 'unique_error', reason: 'the value stands already in an earlier row' };
  seen.add(text);
  return undefined;
}

const DATETIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;
const readers: Record<SchemaField['type'], (text: string) => boolean> = {
  any: () => true,
  string: () => true,
  integer: (text) => /^[-+]?\d+$/.test(text.trim()),
  number: (text) => readNumber(text, 'dot') !== undefined,
  boolean: (text) => readBoolean(text) !== undefined,
  date: (text) => /^\d{4}-\d\d-\d\d$/.test(text) && readDate(text, 'mdy', false) !== undefined,
  datetime: (text) => DATETIME.test(text),
  year: (text) => /^-?\d{4}$/.test(text.trim()),
};

function checksOf({ type, constraints }: SchemaField, position: number): { type: Check; constraints: Check[] } {
  const numeric = type === 'integer' || type === 'number' || type === 'year';
  const order = (text: string): number | string => (numeric ? Number(text) : text);
  const { minimum, maximum, minLength, maxLength, pattern, enum: allowed } = constraints;
  const matches = pattern === undefined ? undefined : compiled(pattern, `/table_schema/fields/${position}/constraints/pattern`);
  const values = allowed === undefined ? undefined : new Set(allowed.map(String));
  const when = (broken: boolean, reason: string): string | undefined => (broken ? reason : undefined);
  return {
    type: (text) => when(!readers[type](text), `does not read as ${type}`),
    constraints: [
      (text) => when(minimum !== undefined && order(text) < order(String(minimum)), `below ${minimum}`),
      (text) => when(maximum !== undefined && order(text) > order(String(maximum)), `above ${maximum}`),
      (text) => when(minLength !== undefined && [...text].length < minLength, `shorter than ${minLength}`),
      (text) => when(maxLength !== undefined && [...text].length > maxLength, `longer than ${maxLength}`),
      (text) => when(matches !== undefined && !matches(text), `does not match ${pattern}`),
      (text) => when(values !== undefined && !values.has(text), 'not one of the allowed values'),
    ],
  };
}

function compiled(pattern: string, field: string): (text: string) => boolean {
  try {
    const expression = RE2JS.compile(pattern, RE2JS.DOTALL);
    return (text) => expression.matches(text);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw failure('intent.payload_invalid', { message: `the pattern ${JSON.stringify(pattern)} cannot be used: ${error.message}`, field, fix: 'use RE2 syntax: no look-ahead, look-behind or back-references' });
  }
}
