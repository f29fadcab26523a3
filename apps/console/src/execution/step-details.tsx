import type { Json } from '@symphainy/contracts';
import type { ReactNode } from 'react';
import { OperationButtons } from '../operations/operation-desk.js';
import { operationsOn } from '../operations/operation.model.js';
import { itemCounts, type StepItems, type StepUndo, type Timeline, type TimelineStep } from '../timeline/timeline.model.js';
import { counted, formatCount, formatDuration, formatMoment } from '../ui/format.js';
import { JsonView } from '../ui/json-view.js';
import { EffectDetails } from './effect-details.js';

/** What a step of its kind has to say under its line: what it waits for, how far it came, what was undone, and what can be done about it. */
export function StepDetails({ step, timeline, now }: { step: TimelineStep; timeline: Timeline; now: number }) {
  const requests = operationsOn(step, timeline);
  const details = [step.waitingFor && <AwayLine key="away" of={step.waitingFor} status={step.status} now={now} />, detailOfKind(step, now), step.undo && <UndoLine key="undo" undo={step.undo} status={step.status} now={now} />].filter(Boolean);
  if (details.length === 0 && requests.length === 0) return null;
  return (
    <div className="step-details">
      {details}
      {requests.length > 0 && <div className="actions"><OperationButtons requests={requests} /></div>}
    </div>
  );
}

function detailOfKind(step: TimelineStep, now: number): ReactNode {
  const { status, dueAt, signalled, agent, effect, items, progress } = step;
  if (items !== undefined) return <ItemProgress key="items" items={items} />;
  if (effect !== undefined) return <EffectDetails key="effect" effect={effect} status={status} />;
  if (agent !== undefined) return <Told key="agent" text={<>Reasoned with <code>{agent.model}</code></>} name="verdict" value={agent.verdict} />;
  if (signalled !== undefined) return <Told key="signal" text={<>Signalled by <strong>{signalled.by}</strong></>} name="data" value={signalled.data} />;
  if (status !== 'running') return undefined;
  if (dueAt !== undefined) return <p key="due">Due {Date.parse(dueAt) > now ? `in ${formatDuration(Date.parse(dueAt) - now)}` : 'now'} · <time dateTime={dueAt}>{formatMoment(dueAt)}</time></p>;
  if (step.kind === 'signal') return <p key="waits">Waits for the signal <code>{step.signal ?? step.name}</code></p>;
  return progress && <StepProgress key="progress" progress={progress} />;
}

/** Its realm is not there, or not in a build that has its handler: what is out at it is waited for. */
function AwayLine({ of: { realm, since, handler }, status, now }: { of: NonNullable<TimelineStep['waitingFor']>; status: TimelineStep['status']; now: number }) {
  if (status !== 'running' && status !== 'compensating') return null;
  if (handler !== undefined) return <p>Waits for a build of the realm <strong>{realm}</strong> with a handler for <code>{handler}</code>, for {formatDuration(now - Date.parse(since))}</p>;
  return <p>Waits for the realm <strong>{realm}</strong>, which is away for {formatDuration(now - Date.parse(since))}</p>;
}

/** A line, and what stands behind it. */
function Told({ text, name, value }: { text: ReactNode; name: string; value: Json }) {
  return <div><p>{text}</p>{value !== null && <JsonView value={{ [name]: value }} openTo={1} />}</div>;
}

function ItemProgress({ items }: { items: StepItems }) {
  const { succeeded, retrying, dead, chunksDone } = itemCounts(items);
  return (
    <div>
      <div className="step-progress">
        <progress max={Math.max(1, items.total)} value={succeeded + dead} aria-label="Items done" />
        <span>{formatCount(succeeded)} of {counted(items.total, 'item')} · {formatCount(chunksDone)} of {counted(items.chunks, 'chunk')}</span>
      </div>
      {(retrying > 0 || dead > 0 || items.undone > 0) && (
        <p className="step-tallies">
          {retrying > 0 && <span className="tally tone-waiting_retry">{formatCount(retrying)} to be tried again</span>}
          {dead > 0 && <span className="tally tone-failed">{counted(dead, 'dead letter')}</span>}
          {items.undone > 0 && <span className="tally tone-compensated">{counted(items.undone, 'chunk')} undone</span>}
        </p>
      )}
    </div>
  );
}

function UndoLine({ undo, status, now }: { undo: StepUndo; status: TimelineStep['status']; now: number }) {
  const { order, attempts, error, retryDueAt, skipped, startedAt, endedAt } = undo;
  const took = formatDuration(Math.max(0, (endedAt === undefined ? now : Date.parse(endedAt)) - Date.parse(startedAt)));
  return (
    <div className={`undo tone-${status}`}>
      <p><span className="undo-order" title="Place in the order of undoing">{order}</span>{undoText(status)} · {took}{attempts > 1 && ` · ${counted(attempts, 'attempt')}`}{retryDueAt !== undefined && ` · again in ${formatDuration(Math.max(0, Date.parse(retryDueAt) - now))}`}</p>
      {skipped && <p>Skipped by <strong>{skipped.by}</strong>: {skipped.reason}</p>}
      {error && skipped === undefined && <p className="attempt-outcome"><code>{error.code}</code> {error.message}</p>}
    </div>
  );
}

function undoText(status: TimelineStep['status']): string {
  if (status === 'compensating') return 'Being undone';
  if (status === 'compensation_failed') return 'Undoing it failed';
  return status === 'compensation_skipped' ? 'Left as it was' : 'Undone';
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
