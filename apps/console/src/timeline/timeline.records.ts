/** What each kind of record changes of the timeline. */
import type { ExecutionStatus, WalRecord, WalRecordType } from '@symphainy/contracts';
import type { Appliers, Draft } from './timeline.draft.js';
import { effectAppliers } from './timeline.effects.js';
import type { WireErrorView } from './timeline.shape.js';
import { abandonOpen, stepAppliers } from './timeline.steps.js';
import { operatorAppliers, undoAppliers } from './timeline.undoing.js';

export function applyRecord(draft: Draft, record: WalRecord): void {
  const apply = appliers[record.type] as ((draft: Draft, record: WalRecord) => void) | undefined;
  apply?.(draft, record);
}

/** How an execution stands that has not ended. */
export function standing({ steps, paused }: Pick<Draft, 'steps' | 'paused'>): ExecutionStatus {
  if (steps.some(({ status, retryDueAt }) => status === 'unknown' || (status === 'compensation_failed' && retryDueAt === undefined))) return 'stuck';
  if (paused !== undefined) return 'paused';
  return steps.some(({ undo }) => undo !== undefined) ? 'compensating' : 'running';
}

type LifeRecords = 'intent_received' | 'intent_rejected' | 'policy_evaluated' | 'capability_resolved' | 'saga_started' | 'saga_failed' | 'execution_completed' | 'execution_failed' | 'execution_cancelled' | 'execution_terminated';

const lifeAppliers: Appliers<LifeRecords> = {
  intent_received: (draft, record) => {
    draft.intent = record.intent;
    draft.userId = record.caller.user_id;
    draft.startedAt = record.at;
    if (record.parent) draft.parent = { execution_id: record.parent.execution_id, step: record.parent.step };
  },
  intent_rejected: (draft, record) => end(draft, 'rejected', record.at, record.error),
  policy_evaluated: (draft, record) => {
    draft.decision = record.decision;
  },
  capability_resolved: (draft, record) => {
    draft.capability = { name: record.capability, version: record.version, realm: record.realm };
  },
  saga_started: (draft, record) => {
    draft.sagaHash = record.saga_hash;
  },
  saga_failed: (draft, record) => {
    draft.error = record.error;
  },
  execution_completed: (draft, record) => end(draft, 'completed', record.at),
  execution_failed: (draft, record) => end(draft, 'failed', record.at, record.error),
  execution_cancelled: (draft, record) => end(draft, 'cancelled', record.at),
  execution_terminated: (draft, record) => {
    draft.ending = { asked: 'terminate', by: record.by.user_id, reason: record.reason };
    end(draft, 'terminated', record.at);
  },
};

const appliers: { readonly [T in WalRecordType]?: unknown } = { ...lifeAppliers, ...stepAppliers, ...effectAppliers, ...undoAppliers, ...operatorAppliers };

function end(draft: Draft, status: ExecutionStatus, at: string, error?: WireErrorView): void {
  draft.status = status;
  draft.endedAt = at;
  draft.paused = undefined;
  if (error !== undefined) draft.error = error;
  if (status !== 'completed') abandonOpen(draft, at);
}
