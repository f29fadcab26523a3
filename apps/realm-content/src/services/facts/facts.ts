import { cellPlace, type ContentBlock, type ContentCell, type ContentColumn, type ContentDocument, type ContentFact, type ContentFacts, type ContentTable } from '@symphainy/contracts';
import { breather } from '../../model/breathing.js';
import { limits } from '../../model/limits.js';
import { findingsIn, statedValue } from './text-findings.js';

type Found = Omit<ContentFact, 'id'>;

/**
 * Canonical facts of a document, in reading order: what key-value blocks state, what the cells of tables say of the thing their row is
 * about, and dates, amounts and identifiers in running text. A row's subject is its cell in the table's identifying column, else its number.
 * Beyond the limit the rest is counted, not listed.
 */
export async function factsOf(document: ContentDocument): Promise<ContentFacts> {
  const gathered = new Gathered();
  const tables = new Map(document.tables.map((table) => [table.id, table]));
  for (const block of document.blocks) {
    const table = block.table_id === undefined ? undefined : tables.get(block.table_id);
    if (table) await addTable(gathered, table);
    else for (const found of blockFacts(block, document)) gathered.add(found);
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

function blockFacts(block: ContentBlock, document: ContentDocument): Found[] {
  const subject = document.title ?? document.kind;
  if (block.type === 'key_value' && block.key !== undefined && block.value !== undefined) {
    return [{ subject, predicate: predicateOf(block.key), ...statedValue(block.value), source: block.source, confidence: 1 }];
  }
  if (block.type === 'code' || block.type === 'table') return [];
  return findingsIn(block.text).map((finding) => ({ subject, ...finding, source: block.source }));
}

async function addTable(gathered: Gathered, table: ContentTable): Promise<void> {
  const key = identifyingColumn(table);
  const predicates = table.columns.map((column) => predicateOf(column.name));
  const pause = breather(500);
  for (const [row, cells] of table.rows.entries()) {
    if (gathered.full) gathered.omit(cells.filter((cell, column) => cell !== null && column !== key).length);
    else for (const found of rowFacts(table, row, key, predicates)) gathered.add(found);
    await pause();
  }
}

function* rowFacts(table: ContentTable, row: number, key: number | undefined, predicates: readonly string[]): Generator<Found> {
  const cells = table.rows[row]!;
  const subject = `${table.name}: ${key === undefined ? `row ${row + 1}` : String(cells[key])}`;
  for (const [column, cell] of cells.entries()) {
    if (cell === null || column === key) continue;
    yield { subject, predicate: predicates[column]!, value: cell, value_type: factType(table.columns[column]!, cell), source: cellPlace(table, row, column), confidence: 1 };
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
