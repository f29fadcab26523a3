/** One line for each kind of record: what happened, to what. The full record is always one click away. */
import type { WalRecord, WalRecordType } from '@symphainy/contracts';
import { counted, formatDuration, shortHash, shortId } from '../ui/format.js';

export type Tone = 'neutral' | 'good' | 'bad' | 'wait' | 'data';

export interface RecordSummary {
  readonly title: string;
  /** What it was about: a step, a capability, a code. */
  readonly subject?: string;
  readonly tone: Tone;
}

type RecordOf<T extends WalRecordType> = Extract<WalRecord, { type: T }>;
type Summaries = { readonly [T in WalRecordType]: (record: RecordOf<T>) => RecordSummary };

export function summarise(record: WalRecord): RecordSummary {
  const describe = summaries[record.type] as ((record: WalRecord) => RecordSummary) | undefined;
  // A newer platform may record more than this console knows.
  return describe?.(record) ?? { title: record.type.replaceAll('_', ' '), tone: 'neutral' };
}

const line = (title: string, subject?: string, tone: Tone = 'neutral'): RecordSummary => ({ title, tone, ...(subject !== undefined && { subject }) });
const waitingLine = (step: string, { realm, handler }: { realm: string; handler?: string | undefined }): RecordSummary =>
  handler === undefined ? line('Realm away', `${step} waits for ${realm}`, 'wait') : line('Handler missing', `${step} waits for a build of ${realm} that has ${handler}`, 'wait');
const attempted = (record: { step: string; attempt: number }): string => (record.attempt > 1 ? `${record.step} · attempt ${record.attempt}` : record.step);

const summaries: Summaries = {
  session_created: (record) => line('Session created', record.session.user_id),
  session_closed: (record) => line('Session closed', record.reason),
  intent_received: (record) => line('Intent received', record.intent.intent_type),
  intent_rejected: (record) => line('Intent rejected', record.error.code, 'bad'),
  policy_evaluated: (record) => line(record.access === undefined ? 'Policy evaluated' : `${record.access.action === 'replay' ? 'Replay' : 'Reading'} decided`, `${record.decision.decision} · bundle v${record.decision.bundle_version}`, record.decision.decision === 'permit' ? 'good' : 'bad'),
  capability_resolved: (record) => line('Capability resolved', `${record.capability} ${record.version}`),
  saga_started: (record) => line('Saga started', shortHash(record.saga_hash)),
  step_started: (record) => line('Step started', attempted(record)),
  step_progress: (record) => (record.waiting_for === undefined ? line('Step progress', attempted(record), 'data') : waitingLine(record.step, record.waiting_for)),
  step_completed: (record) => line('Step completed', completedSubject(record), 'good'),
  step_failed: (record) => line('Step failed', `${attempted(record)} · ${record.error.code}`, 'bad'),
  step_retry_scheduled: (record) => line('Retry scheduled', `${record.step} · attempt ${record.next_attempt} in ${formatDuration(record.delay_ms)}`, 'wait'),
  signal_received: (record) => line(record.step === undefined ? 'Signal kept' : 'Signal received', `${record.signal} → ${record.step ?? 'the step that will wait for it'}`, 'data'),
  child_accepted: (record) => line('Child accepted', `${record.step} → ${record.intent_type}`),
  tool_invoked: (record) => line('Tool invoked', `${record.tool} · ${record.step}`, 'data'),
  reference_hydrated: (record) => line('Reference read', `${referenceTail(record.reference)} · ${record.step}`, 'data'),
  reference_registered: (record) => line('Reference registered', referenceTail(record.reference.reference_id), 'data'),
  access_refused: (record) => line('Access refused', `${record.what} · ${record.error.code}`, 'bad'),
  cancel_requested: (record) => line('Cancel requested', record.reason, 'wait'),
  adopted: (record) => line('Adopted', `from ${shortId(record.from_writer)}`, 'wait'),
  timer_set: (record) => line('Timer set', `${record.step} · due ${record.due_at}`, 'wait'),
  timer_fired: (record) => line('Timer fired', record.step),
  agent_output: (record) => line('Agent’s reasoning', `${attempted(record)} · ${record.model} · ${counted(record.facts.length, 'fact')}`, 'data'),
  effect_previewed: (record) => line('Effect previewed', `${record.step} · ${shortHash(record.preview_hash)}`, 'data'),
  approval_requested: (record) => line('Approval asked for', record.step, 'wait'),
  effect_approved: (record) => line('Effect approved', `${record.step} · by ${record.by.user_id}`, 'good'),
  effect_intended: (record) => line('Effect intended', `${attempted(record)} · ${record.binding} · key ${shortHash(record.key)}`, 'wait'),
  effect_completed: (record) => line('Effect completed', attempted(record), 'good'),
  effect_unknown: (record) => line('Effect unknown', `${attempted(record)} · ${record.error.code}`, 'bad'),
  effect_resolved: (record) => line('Effect resolved', `${record.step} · ${record.happened ? 'happened' : 'did not happen'} · by ${record.by.user_id}`, record.happened ? 'good' : 'wait'),
  chunk_completed: (record) => line('Chunk completed', `${record.step} · chunk ${record.chunk}${triedAgain(record)} · ${record.succeeded} of ${counted(record.items, 'item')}`, record.failed.length === 0 ? 'good' : 'wait'),
  chunk_failed: (record) => line('Chunk failed', `${record.step} · chunk ${record.chunk}${triedAgain(record)} · ${record.error.code}`, 'bad'),
  chunk_compensated: (record) => line('Chunk undone', `${record.step} · chunk ${record.chunk}`),
  compensation_requested: (record) => line('Compensation asked for', `${record.reason} · by ${record.by.user_id}`, 'wait'),
  compensation_started: (record) => line('Compensation started', attempted(record), 'wait'),
  compensation_completed: (record) => line('Compensation completed', `${attempted(record)} · ${formatDuration(record.duration_ms)}`, 'good'),
  compensation_failed: (record) => line('Compensation failed', `${attempted(record)} · ${record.error.code}${record.retry_due_at === undefined ? ' · held for an operator' : ''}`, 'bad'),
  compensation_skipped: (record) => line('Compensation skipped', `${record.step} · ${record.reason} · by ${record.by.user_id}`, 'wait'),
  paused: (record) => line('Paused', `${record.reason} · by ${record.by.user_id}`, 'wait'),
  resumed: (record) => line('Resumed', `${record.reason} · by ${record.by.user_id}`),
  reopened: (record) => line(record.mode === 'retry' ? 'Retried' : 'Continued', `from ${record.from_step} · by ${record.by.user_id}`, 'wait'),
  deadline_missed: (record) => line('Deadline missed', `${record.deadline}${record.enforced ? ' · enforced' : ''}`, 'bad'),
  schedule_fired: (record) => line('Schedule fired', `firing ${record.firing} → ${shortId(record.execution_id)}${record.missed === 0 ? '' : ` · ${record.missed} missed`}`),
  operation_applied: (record) => line('Operation applied', `${shortId(record.target)} · ${record.outcome}${record.error === undefined ? '' : ` · ${record.error.code}`}`, record.outcome === 'refused' ? 'bad' : 'neutral'),
  stream_archived: (record) => line('Stream archived', shortId(record.archived.stream_id), 'data'),
  determinism_checked: (record) => line('Determinism checked', `${record.capability} · ${record.compared} compared, ${record.diverged.length} diverged`, record.diverged.length === 0 ? 'good' : 'bad'),
  replay_checked: (record) => line('Replayed after a recovery', `${shortId(record.execution_id)} · ${record.problems[0] ?? 'equal'}`, record.problems.length === 0 ? 'good' : 'bad'),
  execution_terminated: (record) => line('Execution terminated', `${record.reason} · by ${record.by.user_id}`, 'bad'),
  saga_completed: () => line('Saga completed', undefined, 'good'),
  saga_failed: (record) => line('Saga failed', `${record.step} · ${record.error.code}`, 'bad'),
  execution_completed: (record) => line('Execution completed', record.output_hash && `output ${shortHash(record.output_hash)}`, 'good'),
  execution_failed: (record) => line('Execution failed', record.error.code, 'bad'),
  execution_cancelled: (record) => line('Execution cancelled', record.reason, 'wait'),
};

const triedAgain = ({ chunk_attempt }: { chunk_attempt: number }): string => (chunk_attempt > 1 ? ` · try ${chunk_attempt}` : '');

function completedSubject(record: RecordOf<'step_completed'>): string {
  const made = record.artifacts.length > 0 ? ` · ${counted(record.artifacts.length, 'artifact')}` : '';
  return `${attempted(record)} · ${formatDuration(record.duration_ms)}${made}`;
}

/** `<step>/<name>`: the execution in front is long and rarely read. */
const referenceTail = (reference: string): string => reference.split('/').slice(1).join('/') || reference;
