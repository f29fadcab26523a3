/** Puts a report of entities together from one table or two: chooses the columns, finds the rows of one thing, says why. */
import { failure, type ContentCell } from '@symphainy/contracts';
import { hashOf, type Json } from '@symphainy/kernel';
import { cellText, isNullToken } from './model/cell-value.js';
import type { EntitiesPayload, EntitiesReport } from './model/entities.schema.js';
import { cellSource, type Table } from './model/table.schema.js';
import { pairedByValues } from './services/entities/column-pairs.js';
import { ABSENT, comparedColumn, LEVEL_NAMES } from './services/entities/comparison.js';
import { findEntities, type Entities, type MatchedPair } from './services/entities/find-entities.js';
import { levelWeight } from './services/entities/linkage-model.js';
import { columnOf } from './services/rule-check.service.js';

const METHOD_VERSION = 'entities-v1';
const MAX_PAIRS = 20_000;
const MAX_ENTITIES = 10_000;
const KEY_DIGITS = 16;

export type EntityOptions = Pick<EntitiesPayload, 'columns' | 'one_to_one' | 'threshold'>;

/** The rows of both tables in one list: those of the first, then those of the second. */
interface Records {
  readonly tables: readonly Table[];
  readonly total: number;
  at(record: number): { readonly table: Table; readonly number: number; readonly row: number };
}

interface ColumnPair {
  readonly name: string;
  readonly of: readonly number[];
}

/** Equal tables and options give equal reports. Lets other work of the process run meanwhile. */
export async function resolveEntities(tables: readonly Table[], options: EntityOptions, onPairs: (compared: number) => void = () => undefined): Promise<EntitiesReport> {
  const records = recordsOf(tables);
  const pairs = options.columns === undefined ? ownColumns(tables) : chosenColumns(tables, options.columns);
  if (pairs.length === 0) throw failure('intent.payload_invalid', { message: 'the tables have no column in common, neither by name nor by what it holds, that is no row identifier', field: '/columns', fix: 'name the columns to compare' });
  const columns = pairs.map(({ name, of }) => comparedColumn(name, tables.flatMap((table, t) => table.rows.map((row) => presentText(row[of[t]!])))));
  const boundary = tables.length > 1 ? tables[0]!.rows.length : undefined;
  const found = await findEntities({ columns, records: records.total, boundary, oneToOne: options.one_to_one, threshold: options.threshold }, (compared) => {
    onPairs(compared);
    return new Promise((resolve) => setImmediate(resolve));
  });
  return {
    method: { version: METHOD_VERSION, model: 'Fellegi and Sunter; u from random pairs, m by expectation maximisation over mutual best candidates; equal rare values weigh more; average linkage', threshold: options.threshold, prior: rounded(found.model.prior), iterations: found.model.iterations },
    limits: { pairs: MAX_PAIRS, entities: MAX_ENTITIES },
    columns: pairs.map((pair, at) => ({ name: pair.name, ...(tables.length > 1 ? { with: tables[1]!.columns[pair.of[1]!]!.name } : {}), compared_as: columns[at]!.kind, levels: LEVEL_NAMES.map((level, n) => ({ level, m: rounded(found.model.m[at]![n]!), u: rounded(found.model.u[at]![n]!), bits: rounded(levelWeight(found.model, at, n as 0 | 1 | 2 | 3)) })) })),
    totals: totalsOf(found, records.total),
    entities: found.clusters.slice(0, MAX_ENTITIES).map((cluster) => entityOf(records, pairs, cluster)),
    pairs: found.pairs.slice(0, MAX_PAIRS).map((pair) => pairOf(records, pairs, pair)),
  };
}

const rounded = (value: number): number => Number(value.toFixed(6));

function presentText(cell: ContentCell | undefined): string | null {
  const text = cellText(cell);
  return text === null || isNullToken(text) ? null : text;
}

function recordsOf(tables: readonly Table[]): Records {
  const first = tables[0]!.rows.length;
  return { tables, total: tables.reduce((sum, table) => sum + table.rows.length, 0), at: (record) => (record < first ? { table: tables[0]!, number: 1, row: record } : { table: tables[1]!, number: 2, row: record - first }) };
}

/** A column whose name says that it numbers rows, and in which no value repeats, tells nothing of the thing. */
const NUMBERS_ROWS = /(^|[^a-z])(id|uuid|guid|key|index|idx|pk|rowid|record)$/i;

function numbersRows(table: Table, at: number): boolean {
  if (!NUMBERS_ROWS.test(table.columns[at]!.name.trim())) return false;
  const texts = table.rows.map((row) => presentText(row[at])).filter((text) => text !== null);
  return new Set(texts).size === texts.length;
}

const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

function ownColumns([first, second]: readonly Table[]): ColumnPair[] {
  const telling = (table: Table): number[] => table.columns.flatMap((_, at) => (numbersRows(table, at) ? [] : [at]));
  if (second === undefined) return telling(first!).map((at) => ({ name: first!.columns[at]!.name, of: [at] }));
  const byName = telling(first!).flatMap((at) => {
    const other = telling(second).find((of) => plain(second.columns[of]!.name) === plain(first!.columns[at]!.name));
    return other === undefined ? [] : [{ name: first!.columns[at]!.name, of: [at, other] }];
  });
  return byName.length >= ENOUGH_BY_NAME ? byName : [...byName, ...columnsByValues(first!, second, { without: byName, telling })];
}

/** Fewer columns of one name say too little: then columns are also paired by what they hold. */
const ENOUGH_BY_NAME = 2;

function columnsByValues(first: Table, second: Table, { without, telling }: { readonly without: readonly ColumnPair[]; readonly telling: (table: Table) => number[] }): ColumnPair[] {
  const left = (table: Table, side: 0 | 1): number[] => telling(table).filter((at) => !without.some(({ of }) => of[side] === at));
  const [lefts, rights] = [left(first, 0), left(second, 1)];
  const textsOf = (table: Table, at: number) => ({ name: table.columns[at]!.name, texts: table.rows.map((row) => presentText(row[at])) });
  const pairs = pairedByValues(lefts.map((at) => textsOf(first, at)), rights.map((at) => textsOf(second, at)));
  return pairs.map((pair) => ({ name: first.columns[lefts[pair.left]!]!.name, of: [lefts[pair.left]!, rights[pair.right]!] }));
}

const chosenColumns = (tables: readonly Table[], columns: NonNullable<EntityOptions['columns']>): ColumnPair[] =>
  columns.map((column, i) => {
    const names = typeof column === 'string' ? [column, column] : [column.left, column.right];
    return { name: names[0]!, of: tables.map((table, t) => columnOf(table, names[t]!, `/columns/${i}`)) };
  });

const totalsOf = ({ candidates, pairs, clusters }: Entities, records: number): EntitiesReport['totals'] => ({ records, candidate_pairs: candidates, pairs: pairs.length, entities: clusters.length, records_in_entities: clusters.reduce((sum, cluster) => sum + cluster.length, 0) });

function memberOf(records: Records, record: number) {
  const { table, number, row } = records.at(record);
  const { column: _column, column_name: _name, cell: _cell, ...source } = cellSource(table, row, 0);
  return { table: number, row: row + 1, source };
}

function entityOf(records: Records, columns: readonly ColumnPair[], cluster: readonly number[]): EntitiesReport['entities'][number] {
  const members = cluster.map((record) => memberOf(records, record));
  const canonical = columns.flatMap((column): [string, Json][] => {
    const value = mostHeld(cluster.map((record) => cellOf(records, column, record)));
    return value === null ? [] : [[column.name, value]];
  });
  const key = hashOf(cluster.map((record) => [records.at(record).number, columns.map((column) => cellOf(records, column, record))])).slice(0, KEY_DIGITS);
  return { key: `entity-${key}`, members, canonical: Object.fromEntries(canonical) };
}

const cellOf = (records: Records, { of }: ColumnPair, record: number): ContentCell => {
  const { table, number, row } = records.at(record);
  return table.rows[row]![of[number - 1]!] ?? null;
};

/** The value that most hold; of equally frequent ones the longest, since what is cut short or left out is lost, then the first. */
function mostHeld(values: readonly ContentCell[]): ContentCell {
  const counts = new Map<ContentCell, number>();
  for (const value of values) if (presentText(value) !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [best] = [...counts].toSorted(([a, n], [b, m]) => m - n || String(b).length - String(a).length);
  return best?.[0] ?? null;
}

function pairOf(records: Records, columns: readonly ColumnPair[], { a, b, probability, weight, levels, weights }: MatchedPair): EntitiesReport['pairs'][number] {
  const [left, right] = a < b ? [a, b] : [b, a];
  const because = columns.flatMap((column, at) => {
    const level = levels[at]!;
    return level === ABSENT ? [] : [{ column: column.name, left: cellOf(records, column, left), right: cellOf(records, column, right), level: LEVEL_NAMES[level]!, bits: rounded(weights[at]!) }];
  });
  return { left: memberOf(records, left), right: memberOf(records, right), probability: rounded(probability), bits: rounded(weight), because };
}
