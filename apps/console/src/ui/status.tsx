import type { ExecutionStatus } from '@symphainy/contracts';
import type { TimelineStepStatus } from '../timeline/timeline.model.js';

export type AnyStatus = ExecutionStatus | TimelineStepStatus;

const names: Record<AnyStatus, string> = {
  pending: 'Pending',
  running: 'Running',
  waiting_retry: 'Waiting to retry',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
  rejected: 'Rejected',
  paused: 'Paused',
  compensating: 'Undoing',
  stuck: 'Needs an operator',
  terminated: 'Terminated',
  unknown: 'Outcome unknown',
  abandoned: 'Given up',
  compensated: 'Undone',
  compensation_failed: 'Undoing failed',
  compensation_skipped: 'Not undone',
};

export const statusName = (status: AnyStatus): string => names[status];

/** Shape and colour together, so that neither alone carries the meaning. */
export function StatusMark({ status, size = 16 }: { status: AnyStatus; size?: number }) {
  return (
    <svg className={`status-mark tone-${status}`} width={size} height={size} viewBox="0 0 16 16" role="img" aria-label={names[status]}>
      {shape(status)}
    </svg>
  );
}

export function StatusPill({ status }: { status: AnyStatus }) {
  return (
    <span className={`status-pill tone-${status}`}>
      <svg className="status-mark" width={14} height={14} viewBox="0 0 16 16" aria-hidden="true">
        {shape(status)}
      </svg>
      {names[status]}
    </span>
  );
}

function shape(status: AnyStatus) {
  switch (status) {
    case 'completed':
      return (<><circle className="fill" cx="8" cy="8" r="7" /><path className="cut" d="m5 8.3 2.1 2.1L11 6.2" /></>);
    case 'failed':
    case 'compensation_failed':
      return (<><circle className="fill" cx="8" cy="8" r="7" /><path className="cut" d="m5.6 5.6 4.8 4.8M10.4 5.6l-4.8 4.8" /></>);
    case 'rejected':
    case 'terminated':
      return (<><circle className="fill" cx="8" cy="8" r="7" /><path className="cut" d="M4.8 8h6.4" /></>);
    case 'cancelled':
    case 'abandoned':
    case 'compensation_skipped':
      return (<><circle className="ring" cx="8" cy="8" r="6.2" /><path className="ring" d="m3.8 12.2 8.4-8.4" /></>);
    case 'stuck':
    case 'unknown':
      return (<><circle className="fill" cx="8" cy="8" r="7" /><path className="cut" d="M8 4.4v4.4M8 11.2v.4" /></>);
    case 'paused':
      return (<><circle className="ring" cx="8" cy="8" r="6.2" /><path className="ring" d="M6.4 5.6v4.8M9.6 5.6v4.8" /></>);
    case 'compensating':
      return (<><circle className="ring quiet" cx="8" cy="8" r="6.2" /><path className="ring spin" d="M8 1.8A6.2 6.2 0 0 0 1.8 8" /></>);
    case 'compensated':
      return (<><circle className="ring" cx="8" cy="8" r="6.2" /><path className="ring" d="M10.6 8H5.4m2-2.2L5.2 8l2.2 2.2" /></>);
    case 'running':
      return (<><circle className="ring quiet" cx="8" cy="8" r="6.2" /><path className="ring spin" d="M8 1.8A6.2 6.2 0 0 1 14.2 8" /></>);
    case 'waiting_retry':
      return (<><circle className="ring" cx="8" cy="8" r="6.2" /><path className="ring" d="M8 4.8V8l2.2 1.5" /></>);
    case 'pending':
      return <circle className="ring dashed" cx="8" cy="8" r="6.2" />;
  }
}
