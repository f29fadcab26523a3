/** Rules that a caller sets for columns, and the cells that break them. */
import { failure } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { RE2JS, RE2JSException } from 're2js';
import { cellText, isNullToken, readDate, readNumber, type NumberStyle } from '../model/cell-value.js';
import { listFindings } from '../model/findings.js';
import type { Rule, RuleResult, Violation } from '../model/profile.schema.js';
import { cellSource, type Table } from '../model/table.schema.js';

/** What the typing of the column knows, given by the caller: how its numbers and dates read, and what a demanded type accepts. */
export interface ColumnReading {
  readonly style: NumberStyle;
  readonly order: 'dmy' | 'mdy';
  readonly compactDates: boolean;
  accepts(type: 'integer' | 'decimal' | 'date' | 'boolean'): (text: string) => boolean;
}

type Of<K extends Rule['rule']> = Extract<Rule, { rule: K }>;
interface Broken { row: number; reason: string; expected?: Json }
interface Cell { row: number; text: string }

/** Position of a rule's column by exact name, then without case. */
export function columnOf(table: Table, name: string, field: string): number {
  const exact = table.columns.findIndex((c) => c.name === name);
  const index = exact >= 0 ? exact : table.columns.findIndex((c) => c.name.trim().toLowerCase() === name.trim().toLowerCase());
  if (index >= 0) return index;
  const names = table.columns.map((c) => c.name);
  throw failure('intent.payload_invalid', { message: `the table has no column "${name}"; it has ${names.slice(0, 30).map((n) => `"${n}"`).join(', ')}`, field, fix: 'name one of the table’s columns', details: { columns: names.slice(0, 100) } });
}

/** The rule's pattern compiled, or an error that names the rule: RE2 refuses look-around and back-references, and matches in linear time. */
export function compilePattern(pattern: string, field: string): (text: string) => boolean {
  try {
    const compiled = RE2JS.compile(pattern, RE2JS.DOTALL);
    return (text) => compiled.matches(text);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw failure('intent.payload_invalid', { message: `the pattern ${JSON.stringify(pattern)} cannot be used: ${error.message}`, field, fix: 'use RE2 syntax: no look-ahead, look-behind or back-references' });
  }
}

/** `position` is the rule's place in the payload, for the error's field. */
export function checkRule(table: Table, rule: Rule, position: number, reading: ColumnReading): RuleResult {
  const column = columnOf(table, rule.column, `/rules/${position}/column`);
  const present = presentCells(table, column);
  const { checked, broken } = apply(table, rule, column, present, reading, position);
  const violations = broken.map(({ row, ...why }): Violation => ({ row: row + 1, value: table.rows[row]?.[column] ?? null, source: cellSource(table, row, column), ...why }));
  return { rule, checked, violations: listFindings(violations) };
}

function presentCells(table: Table, column: number): Cell[] {
  return table.rows.flatMap((cells, row) => {
    const text = cellText(cells[column]);
    return text === null || isNullToken(text) ? [] : [{ row, text }];
  });
}

function apply(table: Table, rule: Rule, column: number, present: Cell[], reading: ColumnReading, position: number): { checked: number; broken: Broken[] } {
  const of = (broken: Broken[], checked = present.length) => ({ checked, broken });
  switch (rule.rule) {
    case 'not_null':
      return of(missing(table, present), table.rows.length);
    case 'unique':
      return of(repeated(present));
    case 'range':
      return of(outOfRange(rule, present, reading, position));
    case 'regex':
      return of(unmatched(present, compilePattern(rule.pattern, `/rules/${position}/pattern`), rule.pattern));
    case 'in':
      return of(unlisted(rule, present));
    case 'type':
      return of(mistyped(rule, present, reading));
    case 'depends_on':
      return of(disagreeing(table, rule, present, position));
  }
}

function missing(table: Table, present: readonly Cell[]): Broken[] {
  const have = new Set(present.map((c) => c.row));
  return table.rows.flatMap((_, row) => (have.has(row) ? [] : [{ row, reason: 'the value is missing' }]));
}

function repeated(present: readonly Cell[]): Broken[] {
  const first = new Map<string, number>();
  return present.flatMap(({ row, text }) => {
    const earlier = first.get(text);
    if (earlier === undefined) first.set(text, row);
    return earlier === undefined ? [] : [{ row, reason: `the value stands already in row ${earlier + 1}` }];
  });
}

const isoDate = /^\d{4}-\d\d-\d\d$/;

function outOfRange(rule: Of<'range'>, present: readonly Cell[], reading: ColumnReading, position: number): Broken[] {
  if (rule.min === undefined && rule.max === undefined) throw failure('intent.payload_invalid', { message: 'a range needs min, max or both', field: `/rules/${position}`, fix: 'give min, max or both' });
  const byDate = [rule.min, rule.max].some((b) => typeof b === 'string' && isoDate.test(b));
  const key = (text: string): number | string | undefined => (byDate ? readDate(text, reading.order, reading.compactDates) : readNumber(text, reading.style)?.value);
  const [min, max] = [boundKey(rule.min, byDate, `/rules/${position}/min`), boundKey(rule.max, byDate, `/rules/${position}/max`)];
  return present.flatMap(({ row, text }) => {
    const value = key(text);
    if (value === undefined) return [{ row, reason: `no ${byDate ? 'date' : 'number'}` }];
    if (min !== undefined && value < min) return [{ row, reason: `below ${rule.min}` }];
    return max !== undefined && value > max ? [{ row, reason: `above ${rule.max}` }] : [];
  });
}

function boundKey(bound: string | number | undefined, byDate: boolean, field: string): string | number | undefined {
  if (bound === undefined) return undefined;
  const key = byDate ? (typeof bound === 'string' && isoDate.test(bound) ? readDate(bound, 'mdy', false) : undefined) : readNumber(String(bound), 'dot')?.value;
  if (key === undefined) throw failure('intent.payload_invalid', { message: `${JSON.stringify(bound)} is no ${byDate ? 'date (YYYY-MM-DD)' : 'number or date (YYYY-MM-DD)'}`, field });
  return key;
}

const unmatched = (present: readonly Cell[], matches: (text: string) => boolean, pattern: string): Broken[] =>
  present.flatMap(({ row, text }) => (matches(text) ? [] : [{ row, reason: `does not match ${pattern}` }]));

function unlisted(rule: Of<'in'>, present: readonly Cell[]): Broken[] {
  const allowed = new Set(rule.values.map(String));
  return present.flatMap(({ row, text }) => (allowed.has(text) ? [] : [{ row, reason: `not one of the ${rule.values.length} allowed values` }]));
}

function mistyped(rule: Of<'type'>, present: readonly Cell[], reading: ColumnReading): Broken[] {
  const accepts = reading.accepts(rule.type);
  return present.flatMap(({ row, text }) => (accepts(text) ? [] : [{ row, reason: `does not read as ${rule.type}` }]));
}

/** Within rows that agree in `on`, the most frequent value is expected; with no single most frequent one, every row of the group disagrees. */
function disagreeing(table: Table, rule: Of<'depends_on'>, present: readonly Cell[], position: number): Broken[] {
  const keys = rule.on.map((name, i) => columnOf(table, name, `/rules/${position}/on/${i}`));
  const groups = new Map<string, Cell[]>();
  for (const cell of present) {
    const values = keys.map((k) => cellText(table.rows[cell.row]?.[k]));
    if (values.includes(null)) continue;
    const key = JSON.stringify(values);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cell]);
    else group.push(cell);
  }
  return [...groups.values()].flatMap((cells) => minority(cells, rule.on)).sort((a, b) => a.row - b.row);
}

function minority(cells: readonly Cell[], on: readonly string[]): Broken[] {
  const counts = new Map<string, number>();
  for (const { text } of cells) counts.set(text, (counts.get(text) ?? 0) + 1);
  if (counts.size === 1) return [];
  const most = Math.max(...counts.values());
  const leaders = [...counts].filter(([, n]) => n === most);
  const expected = leaders.length === 1 ? leaders[0]?.[0] : undefined;
  const reason = `rows with the same ${on.join(', ')} hold ${counts.size} values`;
  return cells.flatMap(({ row, text }) => (text === expected ? [] : [{ row, reason, ...(expected === undefined ? {} : { expected }) }]));
}
