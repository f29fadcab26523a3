import type { ContentEmbeddings, ContentFacts } from '@symphainy/contracts';
import { useState } from 'react';
import { lineageOf } from '../routing/data-route.js';
import { counted, formatShare } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { DataTable } from './data-table.js';
import { SourceMark } from './source-mark.js';

export function FactsViewer({ artifactId, content }: { artifactId: string; content: ContentFacts }) {
  const columns = [{ name: 'Subject' }, { name: 'Predicate' }, { name: 'Value' }, { name: 'Confidence', numeric: true }];
  return (
    <>
      <DataTable
        caption="Facts"
        columns={columns}
        rows={content.facts.map((fact) => [fact.subject, <code key="predicate">{fact.predicate}</code>, <strong key="value">{typeof fact.value === 'string' ? fact.value : JSON.stringify(fact.value)}</strong>, formatShare(fact.confidence)])}
        rowNote={(row) => <span className="fact-source"><SourceMark source={content.facts[row]?.source} /><RouteLink to={lineageOf(artifactId, { pointer: `/facts/${row}` })} className="icon-button" label={`Lineage of fact ${row + 1}`}><Icon name="flow" size={13} /></RouteLink></span>}
      />
      <Omitted count={content.omitted} noun="fact" />
    </>
  );
}

const CHUNKS = 40;

export function EmbeddingsViewer({ content }: { content: ContentEmbeddings }) {
  const [shown, setShown] = useState(CHUNKS);
  return (
    <>
      <p className="viewer-lead"><code>{content.model}</code> · {content.dimensions} dimensions · {counted(content.chunks.length, 'chunk')}</p>
      <ol className="chunks">
        {content.chunks.slice(0, shown).map((chunk) => (
          <li key={chunk.id} className="chunk">
            <p>{chunk.text}</p>
            <div className="chunk-foot"><VectorStrip vector={chunk.vector} /><SourceMark source={chunk.source} /></div>
          </li>
        ))}
      </ol>
      {content.chunks.length > shown && <button type="button" className="button button-quiet" onClick={() => setShown(shown + 5 * CHUNKS)}>Show more of {counted(content.chunks.length - shown, 'chunk')} left</button>}
      <Omitted count={content.omitted} noun="chunk" />
    </>
  );
}

/** A vector's components as strokes up and down from a middle line: no scale, but two alike look alike. */
function VectorStrip({ vector }: { vector: readonly number[] }) {
  const most = vector.reduce((largest, component) => Math.max(largest, Math.abs(component)), 1e-9);
  const strokes = vector.map((component, index) => (component === 0 ? '' : `M${index + 0.5} 12V${(12 - (component / most) * 11).toFixed(1)}`)).join('');
  return <svg className="vector" viewBox={`0 0 ${vector.length} 24`} preserveAspectRatio="none" role="img" aria-label={`Vector of ${vector.length} components`}><path d={strokes} /></svg>;
}

function Omitted({ count, noun }: { count: number | undefined; noun: string }) {
  return count ? <p className="page-foot">{counted(count, noun)} more were left out of this artifact.</p> : null;
}
