import type { ContentBlock, ContentCell, ContentDocument, ContentTable } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { breathe } from '../../model/breathing.js';
import { shortTitle, type DraftBlock, type DraftDocument, type DraftTable } from '../../model/draft-document.js';
import { typeColumn } from './column-types.js';
import { tellLanguages } from './language.js';

/** Rows of a table that its block repeats as text. */
const BLOCK_ROWS = 100;

/**
 * One document model for all kinds: text in Unicode NFC without stray white space, ids in reading order, columns typed by their cells,
 * dates in ISO form. Title: the document's own, else its first heading. Nothing is guessed where two readings are possible.
 */
export async function normalise(draft: DraftDocument): Promise<ContentDocument> {
  const tables: ContentTable[] = [];
  const headings = headingsAbove(draft);
  for (const [at, table] of draft.tables.entries()) {
    tables.push(normaliseTable(table, at, headings[at]));
    await breathe();
  }
  referNested(draft.tables, tables);
  const blocks = draft.blocks.map((block) => normaliseBlock(block, tables)).filter((block) => block.text !== '' || block.type === 'table');
  blocks.forEach((block, at) => void (block.id = `b${at + 1}`));
  const language = await tellLanguages(blocks);
  const title = shortTitle(cleanText(draft.title ?? '') || (blocks.find((block) => block.type === 'heading')?.text ?? ''));
  return {
    kind: draft.kind,
    ...(title ? { title } : {}),
    ...(language === undefined ? {} : { language }),
    metadata: cleanJson(draft.metadata) as ContentDocument['metadata'],
    blocks,
    tables,
    ...(draft.failures.length > 0 ? { failures: draft.failures, failure_counts: draft.failure_counts } : {}),
  };
}

function normaliseBlock(block: DraftBlock, tables: readonly ContentTable[]): ContentBlock {
  const { table, ...rest } = block;
  const shown = table === undefined ? undefined : tables[table];
  return {
    ...rest,
    id: '',
    text: shown ? tableText(shown) : block.type === 'code' ? wellFormed(block.text).normalize('NFC') : cleanText(block.text),
    ...(block.key === undefined ? {} : { key: cleanText(block.key) }),
    ...(block.value === undefined ? {} : { value: cleanText(block.value) }),
    ...(shown ? { table_id: shown.id } : {}),
  };
}

function tableText(table: ContentTable): string {
  const rows = table.rows.slice(0, BLOCK_ROWS).map((row) => row.map((cell) => (cell === null ? '' : String(cell))).join('\t'));
  return [table.columns.map((column) => column.name).join('\t'), ...rows].join('\n');
}

/** The nearest heading above each table, by the table's index. */
function headingsAbove(draft: DraftDocument): (string | undefined)[] {
  const headings: (string | undefined)[] = [];
  let heading: string | undefined;
  for (const block of draft.blocks) {
    if (block.type === 'heading') heading = block.text;
    if (block.table !== undefined) headings[block.table] = heading;
  }
  return headings;
}

/** A table that only carries the name of its kind takes the nearest heading above it. */
function tableName(own: string, at: number, heading: string | undefined): string {
  if (own !== 'table' && own !== '') return own;
  return heading === undefined ? `table_${at + 1}` : shortTitle(cleanText(heading));
}

function normaliseTable(table: DraftTable, at: number, heading: string | undefined): ContentTable {
  const typed = table.columns.map((column, index) => typeColumn({ ...column, name: cleanText(column.name) }, table.rows.map((row) => cleanCell(row[index] ?? null))));
  return {
    id: `t${at + 1}`,
    name: tableName(cleanText(table.name), at, heading),
    columns: typed.map((t) => t.column),
    rows: table.rows.map((_, row) => typed.map((t) => t.cells[row]!)),
    row_sources: table.row_sources,
    ...(table.cell_sources ? { cell_sources: table.cell_sources } : {}),
    ...(table.cells ? { cells: table.cells.map((cell) => ({ ...cell, text: cleanText(cell.text) })).filter((cell) => cell.text !== '') } : {}),
    ...(table.irregularities?.length ? { irregularities: table.irregularities } : {}),
    source: table.source,
  };
}

/** A table in a cell names it, and the cell names the table. */
function referNested(drafts: readonly DraftTable[], tables: readonly ContentTable[]): void {
  drafts.forEach(({ within }, at) => {
    if (within === undefined) return;
    const [outer, inner] = [tables[within.table]!, tables[at]!];
    inner.within = { table_id: outer.id, row: within.row, column: within.column };
    const cell = outer.cells?.find(({ row, column }) => row === within.row && column === within.column);
    if (cell) cell.table_ids = [...(cell.table_ids ?? []), inner.id];
  });
}

function cleanCell(cell: ContentCell): ContentCell {
  if (typeof cell === 'number') return Object.is(cell, -0) ? 0 : cell;
  if (typeof cell !== 'string') return cell;
  return cleanText(cell) || null;
}

/** A lone surrogate has no place in JSON that two parties read alike; it becomes the replacement character. */
const wellFormed = (text: string): string => text.toWellFormed();

/** Printed ASCII, its words one blank apart: clean as it is. */
const CLEAN = /^(?:[!-~]+(?: [!-~]+)*)?$/;

const cleanText = (text: string): string => (CLEAN.test(text) ? text : cleaned(text));

const cleaned = (text: string): string => wellFormed(text).normalize('NFC').replace(/[\u00a0\u2007\u202f]/g, ' ').replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\ufeff]/g, '').replace(/[ \t]+/g, ' ').replace(/ ?\n ?/g, '\n').trim();

function cleanJson(value: Json): Json {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanJson);
  return value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, member]) => [wellFormed(key), cleanJson(member)])) : value;
}
