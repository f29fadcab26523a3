/** Which table of a document is meant. */
import { failure } from '@symphainy/contracts';
import type { Table, TabularDocument } from '../model/table.schema.js';

const describe = (table: Table, index: number) => ({ index, id: table.id, name: table.name, columns: table.columns.length, rows: table.rows.length });

/** By id, then name, then position from 0; without a choice the table with the most rows (the first of equals). */
export function selectTable(document: TabularDocument, wanted?: string | number): Table {
  const tables = document.tables.filter((table) => table.columns.length > 0);
  if (tables.length === 0) throw failure('insights.not_tabular', { message: `the ${document.kind} document holds no table`, field: '/source', details: { tables: [] } });
  if (wanted === undefined) return tables.reduce((best, table) => (table.rows.length > best.rows.length ? table : best));
  const found = typeof wanted === 'number' ? document.tables[wanted] : (tables.find((t) => t.id === wanted) ?? tables.find((t) => t.name === wanted));
  if (found !== undefined && found.columns.length > 0) return found;
  const existing = document.tables.map(describe);
  throw failure('insights.not_tabular', {
    message: `the document has no table ${JSON.stringify(wanted)}; it has ${existing.map((t) => `${t.index}: ${t.id} "${t.name}" (${t.rows} rows)`).join(', ')}`,
    field: '/table',
    fix: 'name one of these tables by id, name or position, or leave table out for the largest',
    details: { tables: existing },
  });
}
