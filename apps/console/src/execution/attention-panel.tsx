import type { ReactNode } from 'react';
import { OperationButtons } from '../operations/operation-desk.js';
import { operationsOn } from '../operations/operation.model.js';
import { isEnded, type Timeline, type TimelineStep } from '../timeline/timeline.model.js';
import { formatMoment } from '../ui/format.js';
import { Icon } from '../ui/icon.js';

/** What stands in the way of an execution, or was asked of it, before anything else on its page. */
export function AttentionPanel({ timeline }: { timeline: Timeline }) {
  const { paused, ending, deadlineMissed, status, steps } = timeline;
  const held = isEnded(status) ? [] : steps.filter((step) => reasonOf(step) !== undefined);
  return (
    <>
      {held.map((step) => <Held key={step.name} step={step} timeline={timeline} />)}
      {paused && status === 'paused' && <Notice title="Paused">By <strong>{paused.by}</strong> at {formatMoment(paused.at)}: {paused.reason}</Notice>}
      {ending && <Notice title={endingTitles[ending.asked]}>By <strong>{ending.by}</strong>: {ending.reason}</Notice>}
      {deadlineMissed && <Notice title="Deadline missed">It should have ended by {formatMoment(deadlineMissed.deadline)}{deadlineMissed.enforced ? '; it fails for that.' : '; it goes on all the same.'}</Notice>}
    </>
  );
}

const endingTitles = { cancel: 'Cancel was asked for', compensate: 'Undoing was asked for', terminate: 'Terminated' } as const;

function Held({ step, timeline }: { step: TimelineStep; timeline: Timeline }) {
  const { error } = step;
  return (
    <Notice title={reasonOf(step) ?? ''} urgent={step.status !== 'running'} actions={<OperationButtons requests={operationsOn(step, timeline)} />}>
      Step <strong>{step.name}</strong>{error && <> · <code>{error.code}</code> {error.message}</>}
    </Notice>
  );
}

/** Why only a person can bring this step on; undefined: nobody needs to. */
function reasonOf({ status, effect, undo }: TimelineStep): string | undefined {
  if (status === 'unknown') return 'Nobody knows whether this effect happened';
  if (status === 'compensation_failed' && undo?.retryDueAt === undefined) return 'A step could not be undone';
  return status === 'running' && effect?.stage === 'awaits_approval' ? 'An effect waits for approval' : undefined;
}

function Notice({ title, urgent = false, actions, children }: { title: string; urgent?: boolean; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className={urgent ? 'notice notice-urgent' : 'notice'} aria-label={title}>
      <Icon name="alert" />
      <div className="notice-body"><h2>{title}</h2><p>{children}</p></div>
      {actions && <div className="actions">{actions}</div>}
    </section>
  );
}
