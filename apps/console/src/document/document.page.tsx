import { useMemo, useState } from 'react';
import { artifactTitle } from '../artifacts/artifact-summary.js';
import type { Place } from '../routing/data-route.js';
import { lineageOf } from '../routing/data-route.js';
import { artifactRoute } from '../routing/route.js';
import { counted, shortId } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { ProblemPanel, Skeleton } from '../ui/states.js';
import { BlockList } from './block-list.js';
import { PageTools } from './page-tools.js';
import { blockAt, placesOf, type DocumentPlaces } from './regions.js';
import { SourcePane } from './source-pane.js';
import { useDocument, useSource, type ReadDocument, type SourceState } from './use-source.js';
import '../styles/artifacts.css';
import '../styles/document.css';

export function DocumentPage({ executionId, step, name, place }: { executionId: string; step: string; name: string; place?: Place }) {
  const { value, problem, loading } = useDocument(`${executionId}/${step}/${name}`);
  return (
    <div className="page page-wide">
      <nav className="crumbs" aria-label="Breadcrumb">
        <RouteLink to={{ page: 'executions' }}>Executions</RouteLink><Icon name="chevron" size={11} />
        <RouteLink to={{ page: 'execution', executionId }}>{shortId(executionId)}</RouteLink><Icon name="chevron" size={11} />
        <RouteLink to={{ page: 'artifact', executionId, step, name }}>{name}</RouteLink><Icon name="chevron" size={11} /><span>beside its source</span>
      </nav>
      {problem && <ProblemPanel problem={problem} title="The document could not be read" />}
      {value === undefined ? loading && <Skeleton rows={10} label="Loading the document" /> : <DocumentBody key={value.artifact.artifact_id} read={value} place={place} />}
    </div>
  );
}

function DocumentBody({ read, place }: { read: ReadDocument; place: Place | undefined }) {
  const { artifact, document, source } = read;
  const places = useMemo(() => placesOf(document), [document]);
  const state = useSource(read);
  const route = source && artifactRoute(source.artifact_id);
  return (
    <>
      <header className="page-head document-head">
        <div>
          <h1>{source === undefined ? (document.title ?? artifact.name) : artifactTitle(source)}</h1>
          <p className="execution-facts"><span>{document.kind}</span><span>{counted(document.blocks.length, 'block')}</span><span>{counted(document.tables.length, 'table')}</span>{places.pages.size > 0 && <span>text on {counted(places.pages.size, 'page')}</span>}</p>
        </div>
        <div className="actions">
          {route && <RouteLink to={route} className="button">The file</RouteLink>}
          <RouteLink to={lineageOf(artifact.artifact_id)} className="button"><Icon name="flow" size={14} />Lineage</RouteLink>
        </div>
      </header>
      <Panes read={read} places={places} state={state} place={place} />
    </>
  );
}

/** Both sides: what is marked on one is marked on the other. */
function Panes({ read, places, state, place }: { read: ReadDocument; places: DocumentPlaces; state: SourceState; place: Place | undefined }) {
  const came = useMemo(() => (place === undefined ? undefined : blockAt(places.blocks, place)), [places, place]);
  const count = pagesIn(state, read);
  const [page, setPage] = useState(place?.page ?? came?.block.source.page ?? 1);
  const [zoom, setZoom] = useState(1);
  const [active, setActive] = useState<string>();
  const [chosen, setChosen] = useState(came?.block.id);
  const at = count === undefined ? page : Math.max(1, Math.min(page, count));
  const paged = state.kind === 'pdf' || state.kind === 'image';
  const shown = useMemo(() => (paged ? [...(places.pages.get(at) ?? []), ...(at === 1 ? places.blocks.filter(({ block }) => block.source.page === undefined || block.source.entry !== undefined) : [])] : places.blocks), [places, paged, at]);
  const choose = (id: string): void => {
    setChosen(id);
    setActive(id);
  };
  const turn = (to: number): void => {
    setPage(to);
    setActive(undefined);
    setChosen(undefined);
  };
  const marked = active ?? chosen;
  return (
    <div className="document-panes">
      <section className="document-source" aria-label="Source">
        {paged && count !== undefined && <PageTools page={at} count={count} zoom={zoom} onPage={turn} onZoom={setZoom} />}
        <SourcePane state={state} read={read} blocks={shown} page={at} zoom={zoom} wanted={place} marking={{ active: marked, onActive: setActive, onChoose: choose }} />
      </section>
      <section className="document-extracted" aria-label="Extracted">
        <BlockList key={paged ? at : 0} blocks={shown} documentId={read.artifact.artifact_id} chosen={chosen} active={marked} onActive={setActive} onChoose={choose} />
      </section>
    </div>
  );
}

const pagesIn = (state: SourceState, { document }: ReadDocument): number | undefined => (state.kind === 'pdf' ? state.opened.pdf.numPages : document.kind === 'image' ? 1 : undefined);
