import type { Json } from '@symphainy/contracts';
import { artifactRoute } from '../routing/route.js';
import type { ArtifactView } from '../timeline/timeline.model.js';
import { counted, formatBytes, formatCount } from '../ui/format.js';
import { Icon, type IconName } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { Panel } from './panel.js';

const icons: Record<string, IconName> = {
  'content.document': 'document',
  'content.facts': 'quote',
  'content.embeddings': 'dots',
  'insights.profile': 'chart',
  'journey.sop': 'steps',
  'journey.bpmn': 'flow',
  'solution.report': 'document',
  'runtime.file': 'file',
};

export const artifactIcon = (artifactType: string): IconName => icons[artifactType] ?? 'braces';

export function ArtifactList({ artifacts, ended }: { artifacts: readonly ArtifactView[]; ended: boolean }) {
  return (
    <Panel title="Artifacts" note={artifacts.length > 0 ? formatCount(artifacts.length) : undefined}>
      {artifacts.length === 0 && <p className="panel-empty">{ended ? 'This execution made no artifacts.' : 'Artifacts appear here as steps complete.'}</p>}
      <ul className="artifact-list">
        {artifacts.map((artifact) => <ArtifactItem key={artifact.artifact_id} artifact={artifact} />)}
      </ul>
    </Panel>
  );
}

function ArtifactItem({ artifact }: { artifact: ArtifactView }) {
  const route = artifactRoute(artifact.artifact_id);
  const facts = summaryFacts(artifact.summary);
  return (
    <li className="artifact-item">
      <span className="artifact-icon"><Icon name={artifactIcon(artifact.artifact_type)} /></span>
      <div>
        {route === undefined ? <span>{artifact.name}</span> : <RouteLink to={route} className="row-link">{artifact.name}</RouteLink>}
        <span className="artifact-type">{artifact.artifact_type}{artifact.object && ` · ${formatBytes(artifact.object.size)}`}</span>
        {facts.length > 0 && <span className="artifact-facts">{facts.join(' · ')}</span>}
      </div>
    </li>
  );
}

/** A summary's small values as short phrases: `12 pages`, `permit.pdf`. Nested values stay for the viewer. */
export function summaryFacts(summary: { readonly [key: string]: Json } | undefined): readonly string[] {
  return Object.entries(summary ?? {}).flatMap(([key, value]) => {
    if (typeof value === 'number') return [value === 1 ? counted(1, key.replace(/s$/, '').replaceAll('_', ' ')) : `${formatCount(value)} ${key.replaceAll('_', ' ')}`];
    return typeof value === 'string' && value !== '' && value.length <= 80 ? [value] : [];
  }).slice(0, 4);
}
