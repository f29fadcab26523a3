import type { ContentBlock, ContentDocument, ContentTable } from '@symphainy/contracts';
import { useState, type ReactNode } from 'react';
import { counted, formatCount } from '../ui/format.js';
import { JsonView } from '../ui/json-view.js';
import { DataTable } from './data-table.js';
import { SourceMark } from './source-mark.js';
import { Tabs } from './tabs.js';

const NUMERIC = new Set(['integer', 'decimal', 'number']);

export function DocumentViewer({ document }: { document: ContentDocument }) {
  const failures = document.failures ?? [];
  const tabs = [
    ...(document.blocks.some((block) => block.type !== 'table' || block.table_id === undefined) ? [{ name: 'Text', note: formatCount(document.blocks.length), view: <DocumentText document={document} /> }] : []),
    ...(document.tables.length > 0 ? [{ name: document.tables.length === 1 ? 'Table' : 'Tables', note: formatCount(document.tables.length), view: <DocumentTables tables={document.tables} /> }] : []),
    ...(failures.length > 0 ? [{ name: 'Failures', note: formatCount(failures.length), view: <FailureTable document={document} /> }] : []),
    { name: 'Metadata', view: <div className="panel"><JsonView value={{ kind: document.kind, ...(document.title !== undefined && { title: document.title }), ...document.metadata }} /></div> },
  ];
  return <Tabs label="Parts of the document" tabs={tabs} />;
}

const BLOCKS = 300;

function DocumentText({ document }: { document: ContentDocument }) {
  const [shown, setShown] = useState(BLOCKS);
  const tables = new Map(document.tables.map((table) => [table.id, table]));
  return (
    <article className="paper" aria-label={document.title ?? 'Document'}>
      {document.blocks.slice(0, shown).map((block, index) => (
        <div key={block.id} className={`block block-${block.type}`}>
          <BlockText block={block} table={block.table_id === undefined ? undefined : tables.get(block.table_id)} />
          <SourceMark source={block.source} after={document.blocks[index - 1]?.source} />
        </div>
      ))}
      {document.blocks.length > shown && <button type="button" className="button button-quiet" onClick={() => setShown(shown + 5 * BLOCKS)}>Show more of {counted(document.blocks.length - shown, 'block')} left</button>}
    </article>
  );
}

function BlockText({ block, table }: { block: ContentBlock; table: ContentTable | undefined }): ReactNode {
  switch (block.type) {
    case 'heading': return <p role="heading" aria-level={Math.min(6, (block.level ?? 1) + 1)} className={`heading heading-${Math.min(4, block.level ?? 1)}`}>{block.text}</p>;
    case 'list_item': return <p className={`list-item depth-${Math.min(4, block.level ?? 1)}`}><span className="list-marker">{block.marker ?? '•'}</span><span>{block.text}</span></p>;
    case 'key_value': return <p className="key-value"><span>{block.key ?? block.text}</span>{block.key !== undefined && <strong>{block.value ?? ''}</strong>}</p>;
    case 'code': return <pre>{block.text}</pre>;
    case 'table': return table === undefined ? <pre>{block.text}</pre> : <InlineTable table={table} />;
    case 'paragraph': return <p>{block.text}</p>;
  }
}

const INLINE_ROWS = 8;

/** A table where it stands in the text; long ones are cut, the whole is under its own tab. */
function InlineTable({ table }: { table: ContentTable }) {
  return (
    <div className="inline-table">
      <table>
        <caption>{table.name}</caption>
        <thead><tr>{table.columns.map((column, index) => <th key={index} scope="col">{column.name}</th>)}</tr></thead>
        <tbody>{table.rows.slice(0, INLINE_ROWS).map((row, index) => <tr key={index}>{table.columns.map((_, at) => <td key={at}>{cellText(row[at])}</td>)}</tr>)}</tbody>
      </table>
      {table.rows.length > INLINE_ROWS && <p className="quiet">{counted(table.rows.length - INLINE_ROWS, 'more row')}, under Tables</p>}
    </div>
  );
}

function DocumentTables({ tables }: { tables: readonly ContentTable[] }) {
  return <>{tables.map((table) => <TableSection key={table.id} table={table} />)}</>;
}

function TableSection({ table }: { table: ContentTable }) {
  const sources = table.row_sources;
  const rows = table.rows.map((row) => row.map(cellText));
  return (
    <section className="table-section">
      <h3>{table.name}<span className="quiet">{counted(table.rows.length, 'row')} · {counted(table.columns.length, 'column')}</span><SourceMark source={table.source} /></h3>
      <DataTable caption={table.name} columns={table.columns.map((column) => ({ name: column.name, note: column.type, numeric: NUMERIC.has(column.type ?? '') }))} rows={rows} rowNote={sources && ((row) => <SourceMark source={sources[row]} after={sources[row - 1]} />)} />
    </section>
  );
}

function FailureTable({ document }: { document: ContentDocument }) {
  const columns = [{ name: 'Field' }, { name: 'Record', numeric: true }, { name: 'Offset', numeric: true }, { name: 'Bytes' }, { name: 'Reason' }];
  return <DataTable caption="Fields that did not decode" columns={columns} rows={(document.failures ?? []).map((failure) => [failure.field, failure.record, failure.offset, <code key="bytes">{failure.bytes_hex}</code>, failure.reason])} />;
}

function cellText(cell: ContentTable['rows'][number][number] | undefined): ReactNode {
  if (cell === null || cell === undefined) return <span className="cell-null">—</span>;
  return typeof cell === 'boolean' ? (cell ? 'yes' : 'no') : String(cell);
}
