import type { Client } from '@symphainy/client';
import type { Artifact } from '@symphainy/contracts';
import { useCallback, useState, type ReactNode } from 'react';
import { usePlatform } from '../account/account-context.js';
import { problemOf, type Problem } from '../platform/problem.js';
import { useLoad } from '../platform/use-load.js';
import { lineageOf } from '../routing/data-route.js';
import { artifactRoute } from '../routing/route.js';
import { CopyText } from '../ui/copy-text.js';
import { formatBytes, shortHash, shortId } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { ProblemPanel, Skeleton } from '../ui/states.js';
import { artifactIcon } from './artifact-icon.js';
import { summaryFacts } from './artifact-summary.js';
import { ArtifactViewer, pageOf } from './artifact-viewer.js';
import { isObject } from './shape.js';
import { loadShown, type Shown } from './shown-content.js';
import '../styles/artifacts.css';

export function ArtifactPage({ executionId, step, name }: { executionId: string; step: string; name: string }) {
  const platform = usePlatform();
  const artifactId = `${executionId}/${step}/${name}`;
  const load = useCallback(async () => {
    const artifact = await platform.artifacts.read(artifactId);
    return { artifact, shown: await loadShown(platform, artifact) };
  }, [platform, artifactId]);
  const { value, problem, loading } = useLoad(load);
  return (
    <div className="page">
      <nav className="crumbs" aria-label="Breadcrumb">
        <RouteLink to={{ page: 'executions' }}>Executions</RouteLink><Icon name="chevron" size={11} />
        <RouteLink to={{ page: 'execution', executionId }}>{shortId(executionId)}</RouteLink><Icon name="chevron" size={11} />
        <span>{step}</span>
      </nav>
      {problem && <ProblemPanel problem={problem} title="This artifact could not be read" />}
      {value === undefined ? loading && <Skeleton rows={8} label="Loading the artifact" /> : <ArtifactBody artifact={value.artifact} shown={value.shown} />}
    </div>
  );
}

function ArtifactBody({ artifact, shown }: { artifact: Artifact; shown: Shown }) {
  const [raw, setRaw] = useState(false);
  const paged = shown.kind === 'json' && pageOf(artifact, shown.value) !== undefined;
  const facts = summaryFacts(artifact.summary);
  return (
    <>
      <header className="page-head">
        <div className="artifact-title">
          <span className="artifact-icon artifact-icon-large"><Icon name={artifactIcon(artifact.artifact_type)} size={20} /></span>
          <div>
            <h1>{artifact.name}</h1>
            <p className="execution-facts">
              <span>{artifact.artifact_type}</span>
              {artifact.object && <span>{formatBytes(artifact.object.size)}</span>}
              {facts.map((fact) => <span key={fact}>{fact}</span>)}
              <CopyText value={artifact.content_hash} shown={`sha256 ${shortHash(artifact.content_hash)}`} label="content hash" />
            </p>
          </div>
        </div>
        <ArtifactActions artifact={artifact}><BesideSource artifact={artifact} shown={shown} />{paged && <button type="button" className="button" aria-pressed={raw} onClick={() => setRaw(!raw)}><Icon name="braces" size={14} />JSON</button>}</ArtifactActions>
      </header>
      <ArtifactViewer artifact={artifact} shown={shown} raw={raw} />
      <DerivedFrom references={artifact.derived_from ?? []} />
    </>
  );
}

/** Views of an artifact beside what it was read from. */
function BesideSource({ artifact, shown }: { artifact: Artifact; shown: Shown }) {
  const route = artifactRoute(artifact.artifact_id);
  if (route?.page !== 'artifact') return null;
  const records = artifact.artifact_type === 'content.dataset' || (artifact.artifact_type === 'content.document' && shown.kind === 'json' && isObject(shown.value) && shown.value['kind'] === 'mainframe');
  if (records) return <RouteLink to={{ ...route, page: 'records' }} className="button button-primary">Records beside their bytes</RouteLink>;
  if (artifact.artifact_type !== 'content.document') return null;
  return <RouteLink to={{ ...route, page: 'document' }} className="button button-primary">Beside its source</RouteLink>;
}

function ArtifactActions({ artifact, children }: { artifact: Artifact; children: ReactNode }) {
  const platform = usePlatform();
  const [problem, setProblem] = useState<Problem>();
  const save = (): void => void download(platform, artifact).catch((thrown: unknown) => setProblem(problemOf(thrown)));
  return (
    <div className="actions">
      {children}
      {problem && <span className="inline-problem" role="alert">{problem.message} <code>{problem.code}</code></span>}
      <CopyText value={artifact.artifact_id} shown="Copy reference" label="reference" className="button" />
      <RouteLink to={lineageOf(artifact.artifact_id)} className="button"><Icon name="flow" size={14} />Lineage</RouteLink>
      <RouteLink to={{ page: 'submit', source: artifact.artifact_id, ...nextIntent(artifact.artifact_type) }} className="button">Use as source</RouteLink>
      <button type="button" className="button" onClick={save}><Icon name="download" size={14} />Download</button>
    </div>
  );
}

/** What one most likely does next with an artifact of this type. */
function nextIntent(artifactType: string): { intentType?: string } {
  if (artifactType === 'runtime.file') return { intentType: 'content.ingest' };
  return artifactType === 'content.document' ? { intentType: 'insights.profile' } : {};
}

function DerivedFrom({ references }: { references: readonly string[] }) {
  if (references.length === 0) return null;
  return (
    <section className="derived" aria-label="Made from">
      <h2>Made from</h2>
      <ul>
        {references.map((reference) => {
          const route = artifactRoute(reference);
          return <li key={reference}>{route ? <RouteLink to={route}><code>{reference}</code></RouteLink> : <code>{reference}</code>}</li>;
        })}
      </ul>
    </section>
  );
}

async function download(platform: Client, artifact: Artifact): Promise<void> {
  const blob = artifact.object === undefined ? new Blob([JSON.stringify(artifact.content, undefined, 2)], { type: artifact.media_type }) : await platform.artifacts.content(artifact.artifact_id);
  const url = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement('a'), { href: url, download: filenameOf(artifact) });
  link.click();
  URL.revokeObjectURL(url);
}

const ENDINGS: Record<string, string> = { 'application/json': '.json', 'application/xml': '.xml', 'text/markdown': '.md', 'text/csv': '.csv', 'application/pdf': '.pdf', 'text/plain': '.txt' };

function filenameOf(artifact: Artifact): string {
  const given = artifact.summary?.['filename'];
  if (typeof given === 'string' && given !== '') return given;
  const ending = ENDINGS[artifact.media_type.split(';')[0] ?? ''] ?? '';
  return artifact.name.endsWith(ending) ? artifact.name : `${artifact.name}${ending}`;
}
