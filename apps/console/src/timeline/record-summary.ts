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
const attempted = (record: { step: string; attempt: number }): string => (record.attempt > 1 ? `${record.step} · attempt ${record.attempt}` : record.step);

const summaries: Summaries = {
  session_created: (record) => line('Session created', record.session.user_id),
  session_closed: (record) => line('Session closed', record.reason),
  intent_received: (record) => line('Intent received', record.intent.intent_type),
  intent_rejected: (record) => line('Intent rejected', record.error.code, 'bad'),
  policy_evaluated: (record) => line('Policy evaluated', `${record.decision.decision} · bundle v${record.decision.bundle_version}`, record.decision.decision === 'permit' ? 'good' : 'bad'),
  capability_resolved: (record) => line('Capability resolved', `${record.capability} ${record.version}`),
  saga_started: (record) => line('Saga started', shortHash(record.saga_hash)),
  step_started: (record) => line('Step started', attempted(record)),
  step_progress: (record) => line('Step progress', attempted(record), 'data'),
  step_completed: (record) => line('Step completed', completedSubject(record), 'good'),
  step_failed: (record) => line('Step failed', `${attempted(record)} · ${record.error.code}`, 'bad'),
  step_retry_scheduled: (record) => line('Retry scheduled', `${record.step} · attempt ${record.next_attempt} in ${formatDuration(record.delay_ms)}`, 'wait'),
  signal_received: (record) => line('Signal received', `${record.signal} → ${record.step}`, 'data'),
  child_accepted: (record) => line('Child accepted', `${record.step} → ${record.intent_type}`),
  tool_invoked: (record) => line('Tool invoked', `${record.tool} · ${record.step}`, 'data'),
  reference_hydrated: (record) => line('Reference read', `${referenceTail(record.reference)} · ${record.step}`, 'data'),
  reference_registered: (record) => line('Reference registered', referenceTail(record.reference.reference_id), 'data'),
  access_refused: (record) => line('Access refused', `${record.what} · ${record.error.code}`, 'bad'),
  cancel_requested: (record) => line('Cancel requested', record.reason, 'wait'),
  adopted: (record) => line('Adopted', `from ${shortId(record.from_writer)}`, 'wait'),
  saga_completed: () => line('Saga completed', undefined, 'good'),
  saga_failed: (record) => line('Saga failed', `${record.step} · ${record.error.code}`, 'bad'),
  execution_completed: (record) => line('Execution completed', record.output_hash && `output ${shortHash(record.output_hash)}`, 'good'),
  execution_failed: (record) => line('Execution failed', record.error.code, 'bad'),
  execution_cancelled: (record) => line('Execution cancelled', record.reason, 'wait'),
};

function completedSubject(record: RecordOf<'step_completed'>): string {
  const made = record.artifacts.length > 0 ? ` · ${counted(record.artifacts.length, 'artifact')}` : '';
  return `${attempted(record)} · ${formatDuration(record.duration_ms)}${made}`;
}

/** `<step>/<name>`: the execution in front is long and rarely read. */
const referenceTail = (reference: string): string => reference.split('/').slice(1).join('/') || reference;
