import { cellPlace } from '@symphainy/contracts';
import { useState } from 'react';
import { sourceText } from '../artifacts/source-mark.js';
import { counted } from '../ui/format.js';
import type { Marking } from './page-boxes.js';
import { cellId, type PlacedBlock } from './regions.js';

const ROWS = 50;

/** A table whose cells are marked as its blocks are. */
export function CellTable({ table, active, onActive, onChoose }: Marking & { table: NonNullable<PlacedBlock['table']> }) {
  const [shown, setShown] = useState(ROWS);
  return (
    <div className="cell-table" tabIndex={0} role="region" aria-label={table.name}>
      <table>
        <caption className="visually-hidden">{table.name}</caption>
        <thead><tr>{table.columns.map((column, index) => <th key={index} scope="col">{column.name}</th>)}</tr></thead>
        <tbody>
          {table.rows.slice(0, shown).map((row, at) => (
            <tr key={at}>
              {table.columns.map((_, column) => {
                const id = cellId(table.id, at, column);
                return <td key={column} data-block={id} title={sourceText(cellPlace(table, at, column))} className={id === active ? 'extracted-cell-active' : undefined} onMouseEnter={() => onActive(id)} onClick={() => onChoose(id)}>{row[column] === null || row[column] === undefined ? <span className="cell-null">—</span> : String(row[column])}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {table.rows.length > shown && <button type="button" className="link-button" onClick={() => setShown(shown + 10 * ROWS)}>Show more of {counted(table.rows.length - shown, 'row')} left</button>}
    </div>
  );
}
