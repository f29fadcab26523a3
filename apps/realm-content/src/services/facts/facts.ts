import { cellPlace, type ContentBlock, type ContentCell, type ContentColumn, type ContentDocument, type ContentFact, type ContentFacts, type ContentTable } from '@symphainy/contracts';
import { breather } from '../../model/breathing.js';
import { limits } from '../../model/limits.js';
import { canonicalNames, type CanonicalModel, type Mapped } from './canonical-names.js';
import { canonicalValue, unitOf, type NormalValue } from './normal-values.js';
import { findingsIn, statedValue } from './text-findings.js';

type Found = Omit<ContentFact, 'id'>;

/**
 * Canonical facts of a document, in reading order: what key-value blocks state, what the cells of tables say of the thing their row is
 * about, and dates, amounts and identifiers in running text. A row's subject is its cell in the table's identifying column, else its number.
 * What a document's keys, or a table's columns, are called in the canonical model that fits them stands beside their own names. Beyond the limit the rest is counted, not listed.
 */
export async function factsOf(document: ContentDocument, models: readonly CanonicalModel[] = []): Promise<ContentFacts> {
  const gathered = new Gathered();
  const keys = canonicalNames(document.blocks.flatMap(({ type, key }) => (type === 'key_value' && key !== undefined ? [key] : [])), models);
  const tables = new Map(document.tables.map((table) => [table.id, table]));
  for (const block of document.blocks) {
    const table = block.table_id === undefined ? undefined : tables.get(block.table_id);
    if (table) await addTable(gathered, table, canonicalNames(table.columns.map(({ name }) => name), models));
    else for (const found of blockFacts(block, document, keys)) gathered.add(found);
  }
  return gathered.done();
}

class Gathered {
  private readonly facts: ContentFact[] = [];
  private omitted = 0;

  get full(): boolean {
    return this.facts.length >= limits.facts;
  }

  add(found: Found): void {
    if (this.full) this.omitted++;
    else this.facts.push({ id: `f${this.facts.length + 1}`, ...found });
  }

  omit(count: number): void {
    this.omitted += count;
  }

  done(): ContentFacts {
    return { facts: this.facts, ...(this.omitted > 0 ? { omitted: this.omitted } : {}) };
  }
}

function blockFacts(block: ContentBlock, document: ContentDocument, keys: ReadonlyMap<string, Mapped>): Found[] {
  const subject = document.title ?? document.kind;
  if (block.type === 'key_value' && block.key !== undefined && block.value !== undefined) {
    if (block.value === '') return [];
    return [{ subject, predicate: predicateOf(block.key), ...named(statedValue(block.value), keys.get(block.key)), source: block.source, confidence: 1 }];
  }
  if (block.type === 'code' || block.type === 'table') return [];
  return findingsIn(block.text).map((finding) => ({ subject, ...finding, source: block.source }));
}

/** The value with its canonical name, and in the form that has. */
function named(value: NormalValue, mapped: Mapped | undefined): NormalValue & Pick<ContentFact, 'canonical'> {
  if (mapped === undefined) return value;
  const { format, identifies, ...canonical } = mapped;
  return { ...canonicalValue(value, { format, identifies }), canonical };
}

async function addTable(gathered: Gathered, table: ContentTable, names: ReadonlyMap<string, Mapped>): Promise<void> {
  const key = identifyingColumn(table);
  const predicates = table.columns.map((column) => predicateOf(column.name));
  const pause = breather(500);
  for (const [row, cells] of table.rows.entries()) {
    if (gathered.full) gathered.omit(cells.filter((cell, column) => cell !== null && column !== key).length);
    else for (const found of rowFacts(table, row, { key, predicates, names })) gathered.add(found);
    await pause();
  }
}

interface Columns {
  readonly key: number | undefined;
  readonly predicates: readonly string[];
  readonly names: ReadonlyMap<string, Mapped>;
}

/** The cell that identifies the row stands in the subject; it is a fact besides where a canonical model has a name for it. */
function* rowFacts(table: ContentTable, row: number, { key, predicates, names }: Columns): Generator<Found> {
  const cells = table.rows[row]!;
  const subject = `${table.name}: ${key === undefined ? `row ${row + 1}` : String(cells[key])}`;
  for (const [column, cell] of cells.entries()) {
    const of = table.columns[column]!;
    const mapped = names.get(of.name);
    if (cell === null || (column === key && mapped === undefined)) continue;
    const unit = unitOf(of.unit);
    const value = { value: cell, value_type: factType(of, cell), ...(unit === undefined ? {} : { unit }) };
    yield { subject, predicate: predicates[column]!, ...named(value, mapped), source: cellPlace(table, row, column), confidence: 1 };
  }
}

/** The first column whose cells are all there and all different, one with the name of an identifier before others. */
export function identifyingColumn(table: ContentTable): number | undefined {
  const candidates = table.columns.flatMap((column, at) => (column.type === 'string' || column.type === 'integer' || column.type === 'decimal' ? [at] : [])).filter((at) => {
    const seen = new Set<ContentCell>();
    return table.rows.every((row) => row[at] !== null && !seen.has(row[at]!) && seen.add(row[at]!));
  });
  return candidates.find((at) => /(^|[^a-z])(id|no|nr|number|num|code|key|ref|reference)([^a-z]|$)/i.test(table.columns[at]!.name)) ?? candidates[0];
}

function factType(column: ContentColumn, cell: ContentCell): ContentFact['value_type'] {
  if (typeof cell === 'boolean') return 'boolean';
  if (typeof cell === 'number' || column.type === 'decimal') return 'number';
  return column.type === 'date' ? 'date' : 'string';
}

/** `Permit number` → `permit_number`. */
const predicateOf = (name: string): string => name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_').replace(/^_+|_+$/g, '') || 'value';
