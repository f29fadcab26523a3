import { isEnded, timelineSpan, type Timeline, type TimelineStep } from '../timeline/timeline.model.js';
import { shownSteps, stepTree, type StepBranch, type StepNode } from '../timeline/step-tree.js';
import { axisTicks, barPlace, stepDuration, type Span } from '../timeline/waterfall.js';
import { counted, formatDuration, shortId } from '../ui/format.js';
import { RouteLink } from '../ui/route-link.js';
import { StatusMark } from '../ui/status.js';
import { useNow } from '../ui/use-now.js';
import { Panel } from './panel.js';
import { StepAttempts } from './step-attempts.js';
import { StepDetails } from './step-details.js';

interface Shown {
  readonly timeline: Timeline;
  readonly span: Span;
  readonly now: number;
}

/** The steps against time: where each attempt began, how long it took, what waited for what. */
export function StepWaterfall({ timeline, steps }: { timeline: Timeline; steps: readonly TimelineStep[] }) {
  const running = !isEnded(timeline.status);
  const now = useNow(100, running);
  const span = timelineSpan(timeline, now);
  const nodes = stepTree(steps);
  const shown = shownSteps(nodes);
  const done = shown.filter((step) => step.status === 'completed').length;
  if (steps.length === 0) return running ? <Panel title="Steps"><p className="panel-empty">The first step is about to start.</p></Panel> : null;
  return (
    <Panel title="Steps" note={`${done} of ${shown.length} completed`}>
      <div className="waterfall">
        <div className="waterfall-axis" aria-hidden="true">
          {axisTicks(span.end - span.start).map((tick) => <span key={tick.ms} style={{ left: `${tick.at}%` }}>{formatDuration(tick.ms)}</span>)}
        </div>
        <StepList nodes={nodes} shown={{ timeline, span, now }} label="Steps" />
      </div>
    </Panel>
  );
}

function StepList({ nodes, shown, label }: { nodes: readonly StepNode[]; shown: Shown; label: string }) {
  return <ol className="waterfall-steps" aria-label={label}>{nodes.map((node) => <StepRow key={node.step.name} node={node} shown={shown} />)}</ol>;
}

function StepRow({ node: { step, branches }, shown }: { node: StepNode; shown: Shown }) {
  const { span, now, timeline } = shown;
  const duration = stepDuration(step, now);
  return (
    <li className={`step step-${step.status}`}>
      <div className="step-line">
        <StatusMark status={step.status} />
        <span className="step-name">{step.name}<StepNotes step={step} /></span>
        <span className="step-track" aria-hidden="true">
          {step.attempts.map((attempt) => <i key={attempt.attempt} className={`bar bar-${attempt.outcome}`} style={barPlace(attempt, span, now)} />)}
          {step.undo && <i className="bar bar-undo" style={barPlace({ ...step.undo, attempt: 0, outcome: 'running' }, span, now)} />}
        </span>
        <span className="step-duration">{duration === undefined ? '' : formatDuration(duration)}</span>
      </div>
      <StepDetails step={step} timeline={timeline} now={now} />
      {(step.attempts.length > 1 || step.status === 'waiting_retry' || step.status === 'failed') && <StepAttempts step={step} now={now} />}
      {branches.map((branch) => <Branch key={branch.name} branch={branch} kind={step.kind} shown={shown} />)}
    </li>
  );
}

function Branch({ branch, kind, shown }: { branch: StepBranch; kind: string; shown: Shown }) {
  const what = kind === 'choice' ? 'case' : 'branch';
  return (
    <div className="branch">
      <p className="branch-name"><span>{what}</span> {branch.name}</p>
      <StepList nodes={branch.nodes} shown={shown} label={`Steps of ${what} ${branch.name}`} />
    </div>
  );
}

function StepNotes({ step }: { step: TimelineStep }) {
  const { kind, attempts, outcome, childExecutionId } = step;
  return (
    <>
      {kind !== 'task' && <span className="step-note">{kind}</span>}
      {outcome !== undefined && <span className="step-outcome">{kind === 'choice' ? 'took ' : ''}{outcome}</span>}
      {attempts.length > 1 && <span className="step-note">{counted(attempts.length, 'attempt')}</span>}
      {childExecutionId && <RouteLink to={{ page: 'execution', executionId: childExecutionId }} className="step-child" label={`Child execution ${shortId(childExecutionId)}`}>{shortId(childExecutionId)}</RouteLink>}
    </>
  );
}
