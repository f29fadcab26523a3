import type { Json } from '@symphainy/contracts';
import { artifactRoute } from '../routing/route.js';
import { counted } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { objectsAt, textAt, type JsonObject } from './shape.js';

/** A report of statements, each followed by the artifacts it rests on. */
export function ReportViewer({ report }: { report: JsonObject }) {
  const sections = objectsAt(report, 'sections');
  return (
    <article className="paper report">
      <p role="heading" aria-level={2} className="heading heading-1">{textAt(report, 'title') ?? 'Report'}</p>
      {textAt(report, 'summary') && <p>{textAt(report, 'summary')}</p>}
      <Statements statements={objectsAt(report, 'statements')} />
      {sections.map((section, index) => (
        <section key={index}>
          <p role="heading" aria-level={3} className="heading heading-2">{textAt(section, 'title', 'heading', 'name') ?? `Section ${index + 1}`}</p>
          <Statements statements={objectsAt(section, 'statements')} />
        </section>
      ))}
    </article>
  );
}

function Statements({ statements }: { statements: readonly JsonObject[] }) {
  return (
    <ul className="statements">
      {statements.map((statement, index) => (
        <li key={textAt(statement, 'id') ?? index} className="statement">
          <p>{textAt(statement, 'text', 'statement')}</p>
          <Citations citations={objectsAt(statement, 'citations')} />
        </li>
      ))}
    </ul>
  );
}

function Citations({ citations }: { citations: readonly JsonObject[] }) {
  if (citations.length === 0) return null;
  return (
    <details className="citations">
      <summary><Icon name="chevron" size={10} />{counted(citations.length, 'citation')}</summary>
      <ul>{citations.map((citation, index) => <li key={index}><Citation citation={citation} /></li>)}</ul>
    </details>
  );
}

function Citation({ citation }: { citation: JsonObject }) {
  const artifactId = textAt(citation, 'artifact_id') ?? '';
  const pointer = textAt(citation, 'pointer') ?? '';
  const route = artifactRoute(artifactId);
  const place = <code>{artifactId.split('/').slice(1).join('/') || artifactId}{pointer && ` ${pointer}`}</code>;
  return <><CitedValue value={citation['value']} measure={textAt(citation, 'measure')} />{route === undefined ? place : <RouteLink to={route}>{place}</RouteLink>}</>;
}

function CitedValue({ value, measure }: { value: Json | undefined; measure: string | undefined }) {
  if (value === undefined) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return <span className="cited-value">{text.length > 80 ? `${text.slice(0, 80)}…` : text}{measure === 'length' && ' items'}</span>;
}
