/** Puts a table's quality report together: cells that are likely wrong, faults of its structure, breaches of a schema, repeated rows and keys. */
import type { Json } from '@symphainy/kernel';
import { cellText, isNullToken } from './model/cell-value.js';
import { listFindings, MAX_LISTED, rate } from './model/findings.js';
import type { Quality, TableSchema } from './model/quality.schema.js';
import { cellSource, type Table } from './model/table.schema.js';
import { codeColumn, countsOf, type CodedColumn } from './services/quality/coded-table.js';
import { readDenialConstraint } from './services/quality/denial-constraints.js';
import { findWrongCells, type Misspelling, type WrongCell } from './services/quality/wrong-cells.js';
import { repeatedKeys } from './services/repeated-keys.service.js';
import { columnOf } from './services/rule-check.service.js';
import { duplicateRows, structureIssues } from './services/structure.service.js';
import { schemaIssues } from './services/table-schema.service.js';
import { findVariants } from './services/variants.service.js';

/** Raised whenever other cells are found, or with another confidence. */
const METHOD_VERSION = 'quality-v1';
const MAX_CELLS = 10_000;

const method: Quality['method'] = {
  version: METHOD_VERSION,
  cells: 'approximate functional dependencies of one or two columns, discovered (lambda of Goodman and Kruskal, each row left out of its group) or given; votes of rows that agree; forms that a column hardly has; rare values close to frequent ones',
  confidence: 'margin of the vote times strength of the dependency, joined with the other grounds by noisy or; an ordering, no probability',
};

export interface QualityOptions {
  readonly table_schema?: TableSchema | undefined;
  readonly denial_constraints: readonly string[];
  readonly min_confidence: number;
}

/** The quality of a table: equal tables and options give equal reports. Lets other work of the process run between columns. */
export async function assessQuality(table: Table, options: QualityOptions, onColumn: () => void = () => undefined): Promise<Quality> {
  const texts = table.columns.map((_, at) => presentTexts(table, at));
  const columns = table.columns.map(({ name }, at) => codeColumn(name, texts[at]!));
  const given = options.denial_constraints.map((text, at) => readDenialConstraint(text, (name, field) => columnOf(table, name, field), `/denial_constraints/${at}`));
  const { dependencies, cells } = await inSlices(findWrongCells({ columns, misspellings: columns.map(misspellingsOf), given }, options.min_confidence), onColumn);
  const structure = structureIssues(table);
  const schema = options.table_schema === undefined ? [] : schemaIssues(table, options.table_schema);
  const duplicates = duplicateRows(table);
  const keys = table.columns.flatMap(({ name }, at) => repeatedKeys(texts[at]!).map((key) => ({ column: name, value: key.value, rows: key.rows.map((row) => row + 1), sources: key.rows.map((row) => cellSource(table, row, at)) })));
  const empty = columns.filter((column) => column.values.length === 1 && table.rows.length > 0).map((column) => column.name);
  const all = table.rows.length * table.columns.length;
  return {
    table: { id: table.id, name: table.name, rows: table.rows.length, columns: table.columns.length, cells: all, source: table.source },
    method,
    limits: { cells: MAX_CELLS, listed: MAX_LISTED },
    dependencies: dependencies.map((d) => ({ on: d.on.map((at) => columns[at]!.name), column: columns[d.column]!.name, strength: Number(d.strength.toFixed(6)), given: d.given === true })),
    cells: listFindings(cells.toSorted((a, b) => a.row - b.row || a.column - b.column).map((cell) => findingOf(table, cell)), MAX_CELLS),
    structure,
    schema: listFindings(schema),
    repeated_keys: listFindings(keys),
    duplicates,
    empty_columns: empty,
    totals: { wrong_cells: cells.length, suspect_share: rate(cells.length, all), structure_issues: structure.count, schema_issues: schema.length, repeated_keys: keys.length, duplicate_rows: duplicates.count, empty_columns: empty.length },
  };
}

async function inSlices<T>(work: Generator<undefined, T>, onSlice: () => void): Promise<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    onSlice();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

const presentTexts = (table: Table, column: number): (string | null)[] =>
  table.rows.map((cells) => {
    const text = cellText(cells[column]);
    return text === null || isNullToken(text) ? null : text;
  });

function findingOf(table: Table, { row, column, kind, reasons, suggested, confidence }: WrongCell): Quality['cells']['listed'][number] {
  return { row: row + 1, column: table.columns[column]!.name, value: (table.rows[row]![column] ?? null) as Json, kind, reasons: [...reasons], ...(suggested === undefined ? {} : { suggested }), confidence, source: cellSource(table, row, column) };
}

const OFTEN = 20;
const VERY_OFTEN = 50;

/** How sure a misspelling is follows from the value's length and how much rarer it is; where only the wording is compared, numbers aside, rarity is taken as slight. */
function misspellingsOf(column: CodedColumn): Map<string, Misspelling> {
  const counts = countsOf(column);
  const times = new Map(column.values.map((value, code) => [value, counts[code]!] as const).slice(1));
  const sure = (value: string, likely: string): number => {
    const rarer = (times.get(likely) ?? 0) / times.get(value)!;
    if (value.length >= 8) return rarer >= OFTEN ? 0.9 : 0.75;
    return value.length >= 5 || rarer >= VERY_OFTEN ? 0.6 : 0.4;
  };
  return new Map([...findVariants(times)].map(([value, { likely }]) => [value, { likely, confidence: sure(value, likely) }]));
}
