import { stringify } from 'yaml';

/** A value for people: lists of objects as a table of their plain fields, everything else as YAML. */
export function forPeople(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  const rows = rowsIn(value);
  return rows === undefined ? stringify(value).trimEnd() : table(rows);
}

type Row = Readonly<Record<string, unknown>>;

/** The one list of objects that a page holds, or that the value is. */
function rowsIn(value: unknown): readonly Row[] | undefined {
  if (Array.isArray(value)) return value.every(isObject) ? (value as Row[]) : undefined;
  const lists = isObject(value) ? Object.values(value).filter((member) => Array.isArray(member) && member.length > 0 && member.every(isObject)) : [];
  const others = isObject(value) ? Object.values(value).filter((member) => !Array.isArray(member)).length : 0;
  return lists.length === 1 && others <= 2 ? (lists[0] as Row[]) : undefined;
}

const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);
const CELL_MAX = 60;

function table(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row).filter((key) => !isObject(row[key]))))];
  const lines = [columns, ...rows.map((row) => columns.map((column) => cell(row[column])))];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines.map((line) => line.map((text, i) => text.padEnd(widths[i] ?? 0)).join('  ').trimEnd()).join('\n');
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '-';
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(/\s+/g, ' ');
  return text.length > CELL_MAX ? `${text.slice(0, CELL_MAX - 1)}…` : text;
}
