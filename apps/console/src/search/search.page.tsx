import { useMemo, useState, type FormEvent } from 'react';
import { sourceText } from '../artifacts/source-mark.js';
import { FilterSelect } from '../govern/search-field.js';
import { artifactRoute, type Route } from '../routing/route.js';
import { counted, formatShare, shortId } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { EmptyState, ProblemPanel, Skeleton } from '../ui/states.js';
import { highlight } from './highlight.js';
import { MOST_SOURCES, useSearch, useSearchables, type Found, type Passage, type Searchable } from './use-search.js';
import '../styles/search.css';

export function SearchPage() {
  const documents = useSearchables();
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>Search</h1>
          <p className="page-lead">Passages of ingested documents that answer a question, each at its place in its file. Every question is a recorded intent.</p>
        </div>
      </header>
      {documents.problem && <ProblemPanel problem={documents.problem} title="The documents could not be listed" />}
      {documents.value === undefined ? documents.loading && <Skeleton rows={5} label="Looking for documents" /> : documents.value.length === 0 ? <NothingYet /> : <SearchDesk documents={documents.value} />}
    </div>
  );
}

function NothingYet() {
  return <EmptyState icon="search" title="There is nothing to search yet" action={<RouteLink to={{ page: 'submit', intentType: 'content.ingest' }} className="button button-primary">Upload and ingest</RouteLink>}>Documents can be searched once <code>content.ingest</code> has read them.</EmptyState>;
}

type Scope = 'session' | 'all' | 'chosen';

function SearchDesk({ documents }: { documents: readonly Searchable[] }) {
  const ofSession = useMemo(() => documents.filter((document) => document.ofSession), [documents]);
  const [question, setQuestion] = useState('');
  const [scope, setScope] = useState<Scope>(ofSession.length > 0 ? 'session' : 'all');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const search = useSearch();
  const within = scope === 'session' ? ofSession : scope === 'all' ? documents : documents.filter(({ embeddings }) => chosen.has(embeddings));
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    if (question.trim() !== '' && within.length > 0) search.ask(question.trim(), within.map(({ embeddings }) => embeddings));
  };
  return (
    <>
      <form className="search-form" role="search" onSubmit={ask}>
        <label htmlFor="search-question" className="visually-hidden">Question</label>
        <input id="search-question" type="text" value={question} maxLength={2000} placeholder="What would you like to know?" autoComplete="off" onChange={(event) => setQuestion(event.target.value)} />
        <FilterSelect label="Where to search" value={scope} options={[['session', `This session (${ofSession.length})`], ['all', `All documents (${documents.length})`], ['chosen', `Chosen (${chosen.size})`]]} onChange={(value) => setScope(value as Scope)} />
        <button type="submit" className="button button-primary" disabled={search.busy || question.trim() === '' || within.length === 0}><Icon name="search" size={14} />{search.busy ? 'Searching…' : 'Search'}</button>
      </form>
      {scope === 'chosen' && <SourceChoice documents={documents} chosen={chosen} onChange={setChosen} />}
      {search.problem && <ProblemPanel problem={search.problem} title="The search failed" action={search.problem.executionId && <RouteLink to={{ page: 'execution', executionId: search.problem.executionId }} className="link-button">See what was recorded</RouteLink>} />}
      {search.found && <Results found={search.found} documents={documents} />}
    </>
  );
}

function SourceChoice({ documents, chosen, onChange }: { documents: readonly Searchable[]; chosen: ReadonlySet<string>; onChange: (chosen: ReadonlySet<string>) => void }) {
  const toggle = (embeddings: string, on: boolean): void => {
    const next = new Set(chosen);
    if (on) next.add(embeddings);
    else next.delete(embeddings);
    onChange(next);
  };
  return (
    <fieldset className="panel search-sources">
      <legend>Documents{documents.length === MOST_SOURCES && ` (the newest ${MOST_SOURCES})`}</legend>
      {documents.map(({ embeddings, filename }) => <label key={embeddings} className="check"><input type="checkbox" checked={chosen.has(embeddings)} onChange={(event) => toggle(embeddings, event.target.checked)} /><span>{filename} <span className="quiet">{shortId(embeddings.split('/')[0] ?? '')}</span></span></label>)}
    </fieldset>
  );
}

function Results({ found, documents }: { found: Found; documents: readonly Searchable[] }) {
  const byEmbeddings = new Map(documents.map((document) => [document.embeddings, document]));
  return (
    <section aria-label="Passages">
      <p className="search-count" role="status">{found.passages.length === 0 ? 'No passage answers this.' : counted(found.passages.length, 'passage')} for “{found.question}” · <RouteLink to={{ page: 'execution', executionId: found.executionId }}>what was recorded</RouteLink></p>
      <ol className="passages">{found.passages.map((passage, index) => <PassageItem key={index} passage={passage} document={byEmbeddings.get(passage.embeddings)} question={found.question} />)}</ol>
      {found.method && found.passages.length > 0 && <p className="page-foot">{found.method}</p>}
    </section>
  );
}

function PassageItem({ passage, document, question }: { passage: Passage; document: Searchable | undefined; question: string }) {
  const route = document === undefined ? undefined : placeRoute(document, passage);
  const place = sourceText(passage.source);
  return (
    <li className="passage">
      <div className="passage-head">
        {route === undefined ? <span className="strong">{document?.filename ?? 'a document'}</span> : <RouteLink to={route} className="row-link">{document?.filename}</RouteLink>}
        {place !== '' && <span className="source-mark">{place}</span>}
        <Scores passage={passage} />
      </div>
      <p>{highlight(passage.text, question).map((span, index) => (span.found ? <mark key={index}>{span.text}</mark> : span.text))}</p>
    </li>
  );
}

/** The document beside its file, at the passage. */
function placeRoute({ document }: Searchable, { source }: Passage): Route | undefined {
  const route = document === undefined ? undefined : artifactRoute(document);
  if (route?.page !== 'artifact') return undefined;
  const { reference: _, ...place } = source as Passage['source'] & { readonly reference?: string };
  return { ...route, page: 'document', place };
}

function Scores({ passage: { score, coverage, parts } }: { passage: Passage }) {
  return (
    <span className="passage-scores">
      {score !== undefined && <span title="Score">{score.toFixed(2)}</span>}
      {parts.map(({ name, rank, score: own }) => <span key={name} title={`Rank and score by ${name} search`}>{name}{rank !== undefined && ` #${rank}`}{own !== undefined && ` ${own.toFixed(2)}`}</span>)}
      {coverage !== undefined && <span title="Share of the question’s words, weighted by rarity">{formatShare(coverage)} of the words</span>}
    </span>
  );
}
