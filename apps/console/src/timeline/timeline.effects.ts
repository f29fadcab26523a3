/** What the records of an effect change: previewed, approved, intended, and whether it happened. */
import { change, type Appliers, type Draft } from './timeline.draft.js';
import type { StepEffect, TimelineStep } from './timeline.shape.js';

type EffectRecords = 'effect_previewed' | 'approval_requested' | 'effect_approved' | 'effect_intended' | 'effect_unknown' | 'effect_completed' | 'effect_resolved';

export const effectAppliers: Appliers<EffectRecords> = {
  effect_previewed: (draft, record) => come(draft, record.step, { stage: 'previewed', preview: record.preview }),
  approval_requested: (draft, record) => come(draft, record.step, { stage: 'awaits_approval' }),
  effect_approved: (draft, record) => come(draft, record.step, { stage: 'approved', approval: { by: record.by.user_id, reason: record.reason } }),
  effect_intended: (draft, record) => come(draft, record.step, { stage: 'intended', binding: record.binding, key: record.key }),
  effect_unknown: (draft, record) => come(draft, record.step, { stage: 'unknown' }, { status: 'unknown', error: record.error }),
  effect_completed: (draft, record) => come(draft, record.step, { stage: 'completed', receipt: record.receipt }, { status: 'running', error: undefined }),
  effect_resolved: (draft, { step, happened, by, reason, receipt, at }) => {
    const effect = { resolution: { by: by.user_id, reason, happened }, ...(receipt !== undefined && { receipt }) };
    if (happened) come(draft, step, { ...effect, stage: 'completed' }, { status: 'running', error: undefined });
    else come(draft, step, { ...effect, stage: 'did_not_happen' }, { status: 'waiting_retry', error: undefined, retryDueAt: at });
  },
};

/** An effect came so far. */
function come(draft: Draft, name: string, effect: StepEffect, more: Partial<TimelineStep> = {}): void {
  change(draft, name, (step) => ({ ...step, ...more, effect: { ...step.effect, ...effect } }));
}
