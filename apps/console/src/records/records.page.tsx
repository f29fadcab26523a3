import { useEffect, useState } from 'react';
import { lineageOf } from '../routing/data-route.js';
import type { DataRoute } from '../routing/data-route.js';
import { artifactRoute } from '../routing/route.js';
import { navigate } from '../routing/use-route.js';
import { counted, formatCount, shortId } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { ProblemPanel, Skeleton } from '../ui/states.js';
import { FieldList } from './field-list.js';
import { HexView } from './hex-view.js';
import { fieldsAt } from './record-bytes.js';
import { RecordTools } from './record-tools.js';
import { MAX_BYTES, useBook, useRecord, type OpenedBook, type ReadRecord } from './use-records.js';
import '../styles/artifacts.css';
import '../styles/records.css';

type RecordsRoute = Extract<DataRoute, { page: 'records' }>;

/** Records of a mainframe file, each beside its bytes. */
export function RecordsPage({ route }: { route: RecordsRoute }) {
  const { executionId, step, name } = route;
  const { value, problem, loading } = useBook(`${executionId}/${step}/${name}`);
  return (
    <div className="page page-wide">
      <nav className="crumbs" aria-label="Breadcrumb">
        <RouteLink to={{ page: 'executions' }}>Executions</RouteLink><Icon name="chevron" size={11} />
        <RouteLink to={{ page: 'execution', executionId }}>{shortId(executionId)}</RouteLink><Icon name="chevron" size={11} />
        <RouteLink to={{ page: 'artifact', executionId, step, name }}>{name}</RouteLink><Icon name="chevron" size={11} /><span>records</span>
      </nav>
      {problem && <ProblemPanel problem={problem} title="The records could not be read" />}
      {value === undefined ? loading && <Skeleton rows={10} label="Loading the records" /> : <RecordsBody opened={value} route={route} />}
    </div>
  );
}

function RecordsBody({ opened, route }: { opened: OpenedBook; route: RecordsRoute }) {
  const { artifact, book, codePage } = opened;
  const at = Math.max(1, Math.min(route.record ?? 1, Math.max(1, book.records)));
  const { value, problem, loading } = useRecord(opened, at);
  const file = artifactRoute(book.source);
  const go = (record: number): void => navigate({ ...route, record, field: undefined }, { replace: true });
  return (
    <>
      <header className="page-head document-head">
        <div>
          <h1>{book.name}</h1>
          <p className="execution-facts"><span>{counted(book.records, 'record')}</span><span>code page {codePage.name}</span></p>
        </div>
        <div className="actions">
          {file && <RouteLink to={file} className="button">The file</RouteLink>}
          <RouteLink to={lineageOf(artifact.artifact_id)} className="button"><Icon name="flow" size={14} />Lineage</RouteLink>
        </div>
      </header>
      <RecordTools book={book} record={at} onRecord={go} />
      {problem && <ProblemPanel problem={problem} title={`Record ${formatCount(at)} could not be read`} />}
      {value === undefined ? loading && <Skeleton rows={10} label="Loading the record" /> : <RecordPanes key={at} opened={opened} read={value} field={route.field} />}
    </>
  );
}

/** What is marked: a field by its name, or all that hold a byte. */
type Mark = { readonly field: string } | { readonly byte: number } | undefined;

function RecordPanes({ opened, read: { shown, bytes }, field }: { opened: OpenedBook; read: ReadRecord; field: string | undefined }) {
  const [mark, setMark] = useState<Mark>(field === undefined ? undefined : { field });
  useEffect(() => setMark(field === undefined ? undefined : { field }), [field]);
  const held = mark === undefined ? [] : 'byte' in mark ? fieldsAt(shown.fields, mark.byte) : shown.fields.filter(({ name }) => name === mark.field);
  const [narrowest] = held;
  return (
    <>
      <p className="record-facts">
        <span>bytes {formatCount(shown.start)} to {formatCount(shown.end - 1)}</span><span>{counted(shown.end - shown.start, 'byte')}</span>
        {shown.segment && <span>segment {shown.segment}</span>}
        {shown.parent !== undefined && <span>belongs to record {formatCount(shown.parent)}</span>}
      </p>
      <div className="record-panes">
        <FieldList opened={opened} record={shown} marked={new Set(held.map(({ name }) => name))} onField={(name) => setMark(name === undefined ? undefined : { field: name })} />
        <section className="record-bytes" aria-label="Bytes">
          <HexView bytes={bytes} start={shown.start} characters={opened.codePage.characters} from={narrowest?.start} to={narrowest?.end} onByte={(byte) => setMark(byte === undefined ? undefined : { byte })} />
          <p className="record-held" role="status">{held.length === 0 ? 'Point at a byte or a field, or walk with the arrow keys: its other side is marked.' : held.map(({ name, start, end }) => `${name}${start === undefined || end === undefined ? '' : `: bytes ${formatCount(start)} to ${formatCount(end - 1)} of the file`}`).join('; ')}</p>
          {shown.end - shown.start > MAX_BYTES && <p className="page-foot">The first {formatCount(MAX_BYTES)} bytes are shown.</p>}
        </section>
      </div>
    </>
  );
}
