import { useCallback, useState } from 'react';
import { usePlatform } from '../account/account-context.js';
import { artifactIcon } from '../artifacts/artifact-icon.js';
import { summaryFacts } from '../artifacts/artifact-summary.js';
import { artifactRoute } from '../routing/route.js';
import { useLoad } from '../platform/use-load.js';
import type { ArtifactView, TimelineStep } from '../timeline/timeline.model.js';
import { formatBytes, formatCount } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { Panel } from './panel.js';

/** A map makes an artifact or two for each chunk. */
const SHOWN = 20;

export function ArtifactList({ artifacts, steps, ended }: { artifacts: readonly ArtifactView[]; steps: readonly TimelineStep[]; ended: boolean }) {
  const [all, setAll] = useState(false);
  const children = steps.filter((step) => step.childExecutionId !== undefined && step.status === 'completed');
  return (
    <Panel title="Artifacts" note={artifacts.length > 0 ? formatCount(artifacts.length) : undefined}>
      {artifacts.length === 0 && children.length === 0 && <p className="panel-empty">{ended ? 'This execution made no artifacts.' : 'Artifacts appear here as steps complete.'}</p>}
      <ul className="artifact-list">
        {artifacts.slice(0, all ? undefined : SHOWN).map((artifact) => <ArtifactItem key={artifact.artifact_id} artifact={artifact} />)}
      </ul>
      {!all && artifacts.length > SHOWN && <button type="button" className="button button-quiet" onClick={() => setAll(true)}>Show all {formatCount(artifacts.length)}</button>}
      {children.map((step) => <ChildArtifacts key={step.name} step={step.name} executionId={step.childExecutionId ?? ''} />)}
    </Panel>
  );
}

/** What a child execution made stands with its parent: a dossier is the sum of its children. */
function ChildArtifacts({ step, executionId }: { step: string; executionId: string }) {
  const platform = usePlatform();
  const { value } = useLoad(useCallback(() => platform.executions.read(executionId), [platform, executionId]));
  if (value === undefined || value.artifacts.length === 0) return null;
  return (
    <>
      <h3 className="artifact-group">{step} <span className="quiet">{value.intent_type}</span></h3>
      <ul className="artifact-list">{value.artifacts.map((artifact) => <ArtifactItem key={artifact.artifact_id} artifact={artifact} />)}</ul>
    </>
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
