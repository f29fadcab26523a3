import type { Json } from '@symphainy/contracts';
import { isEnded, timelineSpan, type StepAttempt, type Timeline, type TimelineStep } from '../timeline/timeline.model.js';
import { axisTicks, barPlace, stepDuration, type Span } from '../timeline/waterfall.js';
import { counted, formatDuration, shortId } from '../ui/format.js';
import { RouteLink } from '../ui/route-link.js';
import { StatusMark } from '../ui/status.js';
import { useNow } from '../ui/use-now.js';
import { Panel } from './panel.js';

/** The steps against time: where each attempt began, how long it took, what waited for what. */
export function StepWaterfall({ timeline, steps }: { timeline: Timeline; steps: readonly TimelineStep[] }) {
  const running = !isEnded(timeline.status);
  const now = useNow(100, running);
  const span = timelineSpan(timeline, now);
  const done = steps.filter((step) => step.status === 'completed').length;
  if (steps.length === 0) return running ? <Panel title="Steps"><p className="panel-empty">The first step is about to start.</p></Panel> : null;
  return (
    <Panel title="Steps" note={`${done} of ${steps.length} completed`}>
      <div className="waterfall">
        <div className="waterfall-axis" aria-hidden="true">
          {axisTicks(span.end - span.start).map((tick) => <span key={tick.ms} style={{ left: `${tick.at}%` }}>{formatDuration(tick.ms)}</span>)}
        </div>
        <ol className="waterfall-steps">
          {steps.map((step) => <StepRow key={step.name} step={step} span={span} now={now} />)}
        </ol>
      </div>
    </Panel>
  );
}

function StepRow({ step, span, now }: { step: TimelineStep; span: Span; now: number }) {
  const duration = stepDuration(step, now);
  return (
    <li className={`step step-${step.status}`}>
      <div className="step-line">
        <StatusMark status={step.status} />
        <span className="step-name">{step.name}<StepNotes step={step} /></span>
        <span className="step-track" aria-hidden="true">
          {step.attempts.map((attempt) => <i key={attempt.attempt} className={`bar bar-${attempt.outcome}`} style={barPlace(attempt, span, now)} />)}
        </span>
        <span className="step-duration">{duration === undefined ? '' : formatDuration(duration)}</span>
      </div>
      {step.status === 'running' && step.progress && <StepProgress progress={step.progress} />}
      {(step.attempts.length > 1 || step.status === 'waiting_retry') && <Attempts step={step} now={now} />}
    </li>
  );
}

function StepNotes({ step }: { step: TimelineStep }) {
  return (
    <>
      {step.kind !== 'task' && <span className="step-note">{step.kind}</span>}
      {step.attempts.length > 1 && <span className="step-note">{counted(step.attempts.length, 'attempt')}</span>}
      {step.childExecutionId && <RouteLink to={{ page: 'execution', executionId: step.childExecutionId }} className="step-child">{shortId(step.childExecutionId)}</RouteLink>}
    </>
  );
}

/** A share where the handler reports `done` of `total`; whatever else it reports in words. */
function StepProgress({ progress }: { progress: { readonly [key: string]: Json } }) {
  const { done, total } = progress;
  const share = typeof done === 'number' && typeof total === 'number' && total > 0 ? Math.min(1, done / total) : undefined;
  return (
    <div className="step-progress">
      {share !== undefined && <progress max={1} value={share} aria-label="Progress" />}
      <span>{progressText(progress)}</span>
    </div>
  );
}

/** `36 of 60 pages` where a handler reports `done`, `total` and perhaps `unit`; then whatever else it reports. */
function progressText({ done, total, unit, ...rest }: { readonly [key: string]: Json }): string {
  const counts = done === undefined ? [] : [`${String(done)}${total === undefined ? '' : ` of ${String(total)}`}${typeof unit === 'string' ? ` ${unit}` : ''}`];
  const others = Object.entries(rest).filter(([, value]) => typeof value !== 'object').map(([key, value]) => (typeof value === 'string' ? value : `${String(value)} ${key.replaceAll('_', ' ')}`));
  return [...counts, ...others].join(' · ');
}

function Attempts({ step, now }: { step: TimelineStep; now: number }) {
  return (
    <ol className="attempts">
      {step.attempts.map((attempt) => <AttemptRow key={attempt.attempt} attempt={attempt} now={now} />)}
      {step.retryDueAt && <li className="attempt tone-waiting_retry"><span>Next attempt in {formatDuration(Math.max(0, Date.parse(step.retryDueAt) - now))}</span></li>}
    </ol>
  );
}

function AttemptRow({ attempt, now }: { attempt: StepAttempt; now: number }) {
  const ended = attempt.endedAt === undefined ? now : Date.parse(attempt.endedAt);
  return (
    <li className="attempt">
      <span className="attempt-name">Attempt {attempt.attempt}</span>
      <span className="attempt-outcome">{attempt.error ? <><code>{attempt.error.code}</code> {attempt.error.message}</> : attempt.outcome}</span>
      <span className="attempt-time">{formatDuration(Math.max(0, ended - Date.parse(attempt.startedAt)))}</span>
    </li>
  );
}
