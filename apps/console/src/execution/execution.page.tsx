import { useMemo } from 'react';
import { usePlatform } from '../account/account-context.js';
import { useCapabilities } from '../platform/use-capabilities.js';
import { isEnded, plannedSteps, type Timeline } from '../timeline/timeline.model.js';
import { useTimeline, type LiveTimeline } from '../timeline/use-timeline.js';
import { ProblemPanel, Skeleton } from '../ui/states.js';
import { OperationDesk } from '../operations/operation-desk.js';
import { AttentionPanel } from './attention-panel.js';
import { ArtifactList } from './artifact-list.js';
import { DetailsPanel } from './details-panel.js';
import { ErrorPanel } from './error-panel.js';
import { EvidencePanel } from './evidence-panel.js';
import { ExecutionHead } from './execution-head.js';
import { FiringsPanel } from './firings-panel.js';
import { PolicyPanel } from './policy-panel.js';
import { RecordList } from './record-list.js';
import { StepWaterfall } from './step-waterfall.js';

export function ExecutionPage({ executionId }: { executionId: string }) {
  const platform = usePlatform();
  const live = useTimeline(platform, executionId);
  if (live.timeline.records.length > 0) return <LiveExecution executionId={executionId} live={live} />;
  if (live.problem) return <div className="page"><ProblemPanel problem={live.problem} title="This execution could not be read" /></div>;
  return <div className="page"><Skeleton rows={8} label="Loading the execution" /></div>;
}

function LiveExecution({ executionId, live }: { executionId: string; live: LiveTimeline }) {
  const { timeline } = live;
  const steps = useSteps(timeline);
  return (
    <OperationDesk executionId={executionId}>
      <div className="page">
        <ExecutionHead executionId={executionId} live={live} />
        {live.problem && <ProblemPanel problem={live.problem} title="The stream of records broke off" />}
        <AttentionPanel timeline={{ ...timeline, steps }} />
        {timeline.error && <ErrorPanel error={timeline.error} status={timeline.status} />}
        <div className="execution-columns">
          <div className="execution-main">
            <StepWaterfall timeline={timeline} steps={steps} />
            <FiringsPanel firings={timeline.firings} />
            <EvidencePanel executionId={executionId} />
            <RecordList records={timeline.records} />
          </div>
          <aside className="execution-side" aria-label="About this execution">
            <ArtifactList artifacts={timeline.artifacts} steps={timeline.steps} ended={isEnded(timeline.status)} />
            {timeline.decision && <PolicyPanel decision={timeline.decision} />}
            <DetailsPanel executionId={executionId} timeline={timeline} />
          </aside>
        </div>
      </div>
    </OperationDesk>
  );
}

/** The steps begun, and those that the capability still has ahead, as long as it is the version that this execution began with. One that has ended has none ahead. */
function useSteps(timeline: Timeline) {
  const { value } = useCapabilities();
  return useMemo(() => {
    const capability = value?.find(({ name, saga_hash }) => name === timeline.intent?.intent_type && saga_hash === timeline.sagaHash);
    const steps = plannedSteps(timeline, capability?.plan ?? []);
    return isEnded(timeline.status) ? steps.filter(({ status }) => status !== 'pending') : steps;
  }, [timeline, value]);
}
