import { useState, type ReactNode } from 'react';
import { formatCount } from '../ui/format.js';

export interface DataColumn {
  readonly name: string;
  readonly note?: string;
  readonly numeric?: boolean;
}

const SHOWN = 100;

/** A table of data with a head that stays; rows come in portions, so that large tables stay quick. */
export function DataTable({ caption, columns, rows, rowNote }: { caption: string; columns: readonly DataColumn[]; rows: readonly (readonly ReactNode[])[]; rowNote?: (row: number) => ReactNode }) {
  const [shown, setShown] = useState(SHOWN);
  return (
    <>
      <div className="data-frame" tabIndex={0} role="region" aria-label={caption}>
        <table className="data">
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              <th scope="col" className="data-ordinal"><span className="visually-hidden">Row</span></th>
              {columns.map((column, index) => <th key={index} scope="col" className={column.numeric ? 'numeric' : undefined}>{column.name}{column.note && <span className="data-note">{column.note}</span>}</th>)}
              {rowNote && <th scope="col">Source</th>}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((row, index) => (
              <tr key={index}>
                <th scope="row" className="data-ordinal">{index + 1}</th>
                {columns.map((column, at) => <td key={at} className={column.numeric ? 'numeric' : undefined}>{row[at]}</td>)}
                {rowNote && <td>{rowNote(index)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown && <button type="button" className="button button-quiet" onClick={() => setShown(shown + 10 * SHOWN)}>Show more of {formatCount(rows.length - shown)} rows left</button>}
    </>
  );
}
