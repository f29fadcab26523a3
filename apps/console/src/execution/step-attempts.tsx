import type { StepAttempt, TimelineStep } from '../timeline/timeline.model.js';
import { formatDuration } from '../ui/format.js';

/** Each attempt with how it ended, and when the next is due. */
export function StepAttempts({ step, now }: { step: TimelineStep; now: number }) {
  return (
    <ol className="attempts">
      {step.attempts.map((attempt) => <AttemptRow key={attempt.attempt} attempt={attempt} now={now} />)}
      {step.status === 'waiting_retry' && step.retryDueAt && <li className="attempt tone-waiting_retry"><span>Next attempt in {formatDuration(Math.max(0, Date.parse(step.retryDueAt) - now))}</span></li>}
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
