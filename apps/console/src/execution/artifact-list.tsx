import { artifactIcon } from '../artifacts/artifact-icon.js';
import { summaryFacts } from '../artifacts/artifact-summary.js';
import { artifactRoute } from '../routing/route.js';
import type { ArtifactView } from '../timeline/timeline.model.js';
import { formatBytes, formatCount } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { Panel } from './panel.js';

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
