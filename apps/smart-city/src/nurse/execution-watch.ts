import type { SubscribedFrame } from '@symphainy/contracts';
import type { Objective } from './nurse.schema.js';

/** What Nurse remembers of an execution that has not ended well. All times RFC 3339. */
export interface WatchedExecution {
  readonly intent_type: string;
  /** The runtime that wrote last. */
  readonly writer: string;
  readonly started_at: string;
  /** When it was brought back after an end. */
  readonly reopened_at?: string;
  readonly progressed_at: string;
  /** When a retry or timer is due. */
  readonly due_at?: string;
  readonly step?: string;
  /** Its step is in the hands of a realm. */
  readonly in_realm?: boolean;
  readonly paused?: boolean;
  /** It is being undone, or was. */
  readonly undone?: boolean;
  readonly attention?: { readonly kind: 'effect_unknown' | 'compensation_failed' | 'approval_waiting'; readonly step: string; readonly since: string };
  /** It did not replay to what it was, after its owner was lost. Kept past its end. */
  readonly drifted?: { readonly problem: string; readonly since: string };
  readonly failed?: { readonly code: string; readonly retryable: boolean; readonly at: string };
}

/** How an execution ended, for the error budgets. */
export interface Ending {
  readonly outcome: 'completed' | 'failed' | 'cancelled' | 'denied';
  readonly at: string;
  readonly started_at: string;
}

export interface Watched {
  /** Undefined: nothing is left to watch. */
  readonly state: WatchedExecution | undefined;
  readonly ending?: Ending;
}

type Row = SubscribedFrame['records'][number];

const REALM_STEPS = new Set(['task', 'agent', 'effect', 'map']);

/** Folds a frame into what is remembered. A stream whose beginning was not seen is taken up where it is. */
export function watch(before: WatchedExecution | undefined, frame: SubscribedFrame): Watched {
  const first = before ?? { intent_type: frame.about.intent_type ?? 'unknown.unknown', writer: frame.writer, started_at: frame.at, progressed_at: frame.at };
  return frame.records.reduce<Watched>(
    ({ state = first, ending }, record) => {
      const next = take({ ...state, writer: frame.writer, progressed_at: record.at }, record);
      return next.ending === undefined && ending !== undefined ? { ...next, ending } : next;
    },
    { state: first },
  );
}

function take(state: WatchedExecution, record: Row): Watched {
  const end = ENDINGS[record.type];
  if (end !== undefined) return ended(state, record, end);
  const { due_at: _due, attention, ...still } = state;
  switch (record.type) {
    case 'step_started':
      return { state: { ...still, step: textOf(record, 'step'), in_realm: REALM_STEPS.has(textOf(record, 'kind')) } };
    case 'compensation_started':
      return { state: { ...still, step: textOf(record, 'step'), in_realm: true, undone: true } };
    case 'cancel_requested':
    case 'compensation_requested':
      return { state: { ...state, undone: true } };
    case 'step_retry_scheduled':
    case 'timer_set':
      return { state: { ...still, ...attentionOf(attention), due_at: textOf(record, 'due_at'), in_realm: false } };
    case 'effect_unknown':
    case 'approval_requested':
      return { state: { ...still, attention: { kind: record.type === 'effect_unknown' ? 'effect_unknown' : 'approval_waiting', step: textOf(record, 'step'), since: record.at }, in_realm: false } };
    case 'compensation_failed':
      return { state: record['retry_due_at'] === undefined ? { ...still, attention: { kind: 'compensation_failed', step: textOf(record, 'step'), since: record.at }, in_realm: false } : { ...still, due_at: textOf(record, 'retry_due_at'), in_realm: false } };
    case 'effect_resolved':
    case 'effect_approved':
    case 'compensation_completed':
    case 'compensation_skipped':
      return { state: still };
    case 'reopened': {
      const { failed: _failed, undone: _undone, ...open } = still;
      return { state: { ...open, reopened_at: record.at } };
    }
    case 'replay_checked':
      return { state: { ...state, drifted: { problem: String((record['problems'] as unknown[] | undefined)?.[0] ?? ''), since: record.at } } };
    case 'paused':
    case 'resumed':
      return { state: { ...state, paused: record.type === 'paused' } };
    default:
      return { state };
  }
}

const ENDINGS: Readonly<Record<string, Ending['outcome']>> = { execution_completed: 'completed', execution_failed: 'failed', execution_cancelled: 'cancelled', execution_terminated: 'cancelled', intent_rejected: 'denied' };

function ended({ due_at: _due, attention: _attention, in_realm: _in, ...state }: WatchedExecution, record: Row, outcome: Ending['outcome']): Watched {
  const ending = { outcome, at: record.at, started_at: state.started_at };
  if (outcome !== 'failed') return { state: state.drifted === undefined ? undefined : state, ending };
  const error = (record['error'] ?? {}) as { code?: string; retry?: { mode?: string } };
  return { state: { ...state, failed: { code: error.code ?? 'platform.internal', retryable: error.retry?.mode === 'retryable', at: record.at } }, ending };
}

const textOf = (record: Row, field: string): string => (typeof record[field] === 'string' ? record[field] : '');

const attentionOf = (attention: WatchedExecution['attention']): Pick<WatchedExecution, 'attention'> => (attention === undefined ? {} : { attention });

/** From when on it may be a finding (epoch ms); undefined: never, as it stands. Failures that trying again cannot mend are not watched. */
export function lookAt(state: WatchedExecution, graceMs: number, objective?: Pick<Objective, 'give_up_after_ms'>): number | undefined {
  const { attention, drifted, due_at, failed, paused, progressed_at } = state;
  if (drifted !== undefined) return Date.parse(drifted.since);
  if (failed !== undefined) return failed.retryable ? Date.parse(failed.at) : undefined;
  if (attention !== undefined) return Date.parse(attention.since);
  if (paused === true) return undefined;
  return Math.min(Date.parse(due_at ?? progressed_at) + graceMs, givenUpAt(state, objective) ?? Number.POSITIVE_INFINITY);
}

/** When its tenant gives it up (epoch ms); undefined: never, or it is being undone already. */
export const givenUpAt = ({ started_at, reopened_at, undone }: WatchedExecution, objective: Pick<Objective, 'give_up_after_ms'> | undefined): number | undefined =>
  objective?.give_up_after_ms === undefined || undone === true ? undefined : Date.parse(reopened_at ?? started_at) + objective.give_up_after_ms;
