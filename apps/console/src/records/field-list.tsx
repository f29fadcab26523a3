import { lineageOf } from '../routing/data-route.js';
import { formatCount } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import type { ShownField, ShownRecord } from './record-book.js';
import type { OpenedBook } from './use-records.js';

/** A record's fields in the order of the copybook; one that is pointed at, or has the focus, is marked in the bytes. */
export function FieldList({ opened, record, marked, onField }: { opened: OpenedBook; record: ShownRecord; marked: ReadonlySet<string>; onField: (name: string | undefined) => void }) {
  return (
    <div className="record-fields" role="region" aria-label="Fields" tabIndex={0} onMouseLeave={() => onField(undefined)}>
      <table>
        <thead><tr><th scope="col">Field</th><th scope="col">Value</th><th scope="col" className="numeric">Byte</th><th scope="col" className="numeric">Length</th><th scope="col"><span className="visually-hidden">Lineage</span></th></tr></thead>
        <tbody>{record.fields.map((field, column) => <FieldRow key={field.name} field={field} record={record} marked={marked.has(field.name)} place={pointerTo(opened, record, field, column)} artifactId={opened.artifact.artifact_id} onField={onField} />)}</tbody>
      </table>
    </div>
  );
}

/** Of a dataset by record and name, of a document by its table's row and column. */
const pointerTo = ({ artifact }: OpenedBook, { record }: ShownRecord, { name }: ShownField, column: number): string =>
  artifact.artifact_type === 'content.dataset' ? `/records/${record}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` : `/tables/0/rows/${record - 1}/${column}`;

interface RowProps {
  readonly field: ShownField;
  readonly record: ShownRecord;
  readonly marked: boolean;
  readonly place: string;
  readonly artifactId: string;
  readonly onField: (name: string | undefined) => void;
}

function FieldRow({ field, record, marked, place, artifactId, onField }: RowProps) {
  const { name, start, end, reason } = field;
  return (
    <tr data-field={name} className={`${marked ? 'field-marked' : ''}${reason === undefined ? '' : ' field-failed'}`} onMouseEnter={() => onField(name)}>
      <th scope="row"><button type="button" className="field-name" onFocus={() => onField(name)}>{name}</button><span className="data-note">{field.type}</span></th>
      <td><Value field={field} /></td>
      <td className="numeric">{start === undefined ? '' : formatCount(start - record.start + 1)}</td>
      <td className="numeric">{start === undefined || end === undefined ? '' : end - start}</td>
      <td>{field.value !== undefined && <RouteLink to={lineageOf(artifactId, { pointer: place })} className="icon-button field-lineage" label={`Lineage of ${name}`}><Icon name="flow" size={13} /></RouteLink>}</td>
    </tr>
  );
}

function Value({ field: { value, reason } }: { field: ShownField }) {
  if (reason !== undefined) return <span className="field-reason"><Icon name="alert" size={12} />{reason}</span>;
  if (value === undefined || value === null) return <span className="cell-null">absent</span>;
  return <span className="field-value">{typeof value === 'string' ? value || <span className="cell-null">blank</span> : JSON.stringify(value)}</span>;
}
