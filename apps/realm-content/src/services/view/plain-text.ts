import type { ContentBlock, ContentDocument, ContentTable } from '@symphainy/contracts';
import { gridOf } from './table-grid.js';

/** A document as plain text: one block a line, list marks kept, tables as tab-separated lines, in reading order. */
export function plainText(document: ContentDocument): string {
  const tables = new Map(document.tables.map((table) => [table.id, table]));
  return document.blocks.map((block) => blockText(block, tables)).filter((text) => text !== '').join('\n');
}

function blockText(block: ContentBlock, tables: ReadonlyMap<string, ContentTable>): string {
  const table = block.table_id === undefined ? undefined : tables.get(block.table_id);
  if (table) return gridOf(table).map((row) => row.map((cell) => cell?.text ?? '').join('\t').trimEnd()).join('\n');
  const mark = block.type === 'list_item' && block.marker !== undefined ? `${block.marker} ` : '';
  return mark + block.text;
}
