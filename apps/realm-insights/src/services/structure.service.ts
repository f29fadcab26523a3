/** Faults of a table's shape: labels, blank and ragged rows, rows that occur twice. */
import type { TableIrregularity } from '@symphainy/contracts';
import { canonicalJson } from '@symphainy/kernel';
import { cellText } from '../model/cell-value.js';
import { MAX_LISTED, listFindings, type Listed } from '../model/findings.js';
import type { DuplicateRows, StructureIssue } from '../model/profile.schema.js';
import { cellSource, type Table } from '../model/table.schema.js';

/** What the parser noted of the file's own table, where it did; else what the table itself shows. */
export const structureIssues = (table: Table): Listed<StructureIssue> =>
  listFindings(table.irregularities === undefined ? [...labelIssues(table), ...table.rows.flatMap((_, row) => rowIssues(table, row))] : table.irregularities.flatMap(notedIssues));

/** A short row misses a cell in each field from its end to the expected width; a long one has cells beyond it. */
function notedIssues({ kind, source, expected = 0, found = 0 }: TableIrregularity): StructureIssue[] {
  if (kind === 'blank_label' || kind === 'duplicate_label') return [{ kind, ...(source.column === undefined ? {} : { field: source.column }), source }];
  const row = source.line ?? source.row;
  const at = row === undefined ? {} : { row };
  if (kind === 'uncalculated_formula') return [{ kind, ...at, ...(source.column === undefined ? {} : { field: source.column }), source }];
  if (kind === 'blank_row' || kind === 'unclosed_quote') return [{ kind, ...at, source }];
  const [from, to] = [Math.min(expected, found), Math.max(expected, found)];
  return Array.from({ length: to - from }, (_, i) => ({ kind: kind === 'short_row' ? ('missing_cell' as const) : ('extra_cell' as const), ...at, field: from + i + 1, source }));
}

function labelIssues(table: Table): StructureIssue[] {
  const seen = new Set<string>();
  const issues: StructureIssue[] = [];
  table.columns.forEach(({ name }, index) => {
    const label = name.trim();
    const kind = label === '' ? 'blank_label' : seen.has(label) ? 'duplicate_label' : undefined;
    if (kind !== undefined) issues.push({ kind, field: index + 1, source: table.source });
    seen.add(label);
  });
  return issues;
}

const isBlank = (row: Table['rows'][number]): boolean => row.every((cell) => cellText(cell) === null);

function rowIssues(table: Table, index: number): StructureIssue[] {
  const row = table.rows[index] ?? [];
  const width = table.columns.length;
  if (isBlank(row)) return [{ kind: 'blank_row', row: index + 1, source: cellSource(table, index, 0) }];
  const issue = (kind: StructureIssue['kind'], field: number): StructureIssue => ({ kind, row: index + 1, field: field + 1, source: cellSource(table, index, field) });
  const missing = Array.from({ length: Math.max(0, width - row.length) }, (_, i) => issue('missing_cell', row.length + i));
  const extra = Array.from({ length: Math.max(0, row.length - width) }, (_, i) => issue('extra_cell', width + i));
  return [...missing, ...extra];
}

/** Rows equal in every cell. `count` is of the repetitions: a row that stands three times counts two. Blank rows are no duplicates. */
export function duplicateRows(table: Table): DuplicateRows {
  const groups = new Map<string, number[]>();
  table.rows.forEach((row, index) => {
    if (isBlank(row)) return;
    const key = canonicalJson(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  });
  const repeated = [...groups.values()].filter((rows) => rows.length > 1);
  const listed = repeated.slice(0, MAX_LISTED).map((rows) => ({ rows: rows.slice(0, MAX_LISTED).map((r) => r + 1), sources: rows.slice(0, MAX_LISTED).map((r) => cellSource(table, r, 0)) }));
  return { count: repeated.reduce((n, rows) => n + rows.length - 1, 0), groups: repeated.length, listed, truncated: repeated.length > MAX_LISTED };
}
