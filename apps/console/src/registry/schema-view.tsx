import type { Json } from '@symphainy/contracts';
import { Icon } from '../ui/icon.js';
import { JsonView } from '../ui/json-view.js';
import { schemaRows } from './registry-search.js';

/** A JSON Schema as a table of its members, and whole. */
export function SchemaView({ title, schema }: { title: string; schema: Json }) {
  const rows = schemaRows(schema);
  return (
    <details className="disclosure">
      <summary><Icon name="chevron" size={11} />{title}<span className="quiet">{rows.length === 0 ? 'open' : `${rows.length} members`}</span></summary>
      {rows.length > 0 && (
        <div className="scroll-x">
          <table className="plain schema-table">
            <caption className="visually-hidden">{title}</caption>
            <thead><tr><th scope="col">Member</th><th scope="col">Type</th><th scope="col">Must be there</th></tr></thead>
            <tbody>{rows.map(({ path, depth, type, required, description }) => <tr key={path}><th scope="row" className={`depth-${Math.min(depth, 4)}`}><code>{path.slice(path.lastIndexOf('.') + 1)}</code>{description && <p className="quiet">{description}</p>}</th><td>{type}</td><td>{required ? 'yes' : <span className="quiet">no</span>}</td></tr>)}</tbody>
          </table>
        </div>
      )}
      <details className="disclosure"><summary><Icon name="chevron" size={11} />As JSON Schema</summary><JsonView value={schema} /></details>
    </details>
  );
}
