/** Effects: previewed, approved, intended, and known to have happened or not. */
import { mayBeOnePerson } from '@symphainy/contracts';
import { type ExecutionState, type RecordOf, type StepState } from './execution-state.js';
import { sealedBy } from './evolve.steps.js';
import { allow, known, restate, running, type Rules } from './grammar.js';

type EffectRecords = 'effect_intended' | 'effect_previewed' | 'approval_requested' | 'effect_approved' | 'effect_completed' | 'effect_unknown' | 'effect_resolved';

function runningEffect(state: ExecutionState, record: { readonly type: string; readonly step: string; readonly attempt: number }): StepState & { effect: NonNullable<StepState['effect']> } {
  const step = running(state, record);
  allow(step.kind === 'effect', `${record.type} of ${record.step}, which is no effect`);
  step.effect ??= {};
  return step as StepState & { effect: NonNullable<StepState['effect']> };
}

/** An attempt that was sent, whether or not it is known what became of it. */
function sent(state: ExecutionState, record: RecordOf<'effect_completed' | 'effect_resolved'>): StepState {
  const step = known(state, record);
  allow((step.status === 'running' || step.status === 'unknown') && step.attempt === record.attempt, `${record.type} of ${record.step} attempt ${record.attempt}, which is not out`);
  allow(step.effect?.key === record.key && step.effect.happened === undefined, `${record.type} of ${record.step} under a key that is not out`);
  return step;
}

export const effectRules: Rules<EffectRecords> = {
  effect_previewed(state, record) {
    const { effect } = runningEffect(state, record);
    allow(effect.previewHash === undefined && effect.intendedAt === undefined, `a second preview of ${record.step}`);
    effect.previewHash = record.preview_hash;
  },
  approval_requested(state, record) {
    const { effect } = runningEffect(state, record);
    allow(effect.approvalRequested === undefined && effect.intendedAt === undefined, `a second approval asked for ${record.step}`);
    effect.approvalRequested = true;
  },
  effect_approved(state, record) {
    const { effect } = runningEffect(state, record);
    allow(effect.approvalRequested === true && effect.approvedBy === undefined, `${record.step} approved, which waits for no approval`);
    allow(!mayBeOnePerson(record.by, state.caller), `${record.step} approved by the submitter, or by who may be`);
    allow(record.preview_hash === effect.previewHash, `${record.step} approved for another preview than the recorded one`);
    effect.approvedBy = record.by.user_id;
  },
  effect_intended(state, record) {
    const { effect } = runningEffect(state, record);
    allow(effect.intendedAt === undefined, `${record.step} intended twice in one attempt`);
    allow(effect.approvalRequested !== true || effect.approvedBy !== undefined, `${record.step} intended before it was approved`);
    allow(state.paused !== true, `${record.step} intended while the execution is paused`);
    effect.key = record.key;
    effect.intendedAt = record.at;
  },
  effect_completed(state, record) {
    happened(state, sent(state, record), record.receipt, 'realm');
  },
  effect_unknown(state, record) {
    const { effect } = runningEffect(state, record);
    allow(effect.key === record.key && effect.happened === undefined, `effect_unknown of ${record.step} under a key that is not out`);
    const step = known(state, record);
    step.status = 'unknown';
    step.error = record.error;
    restate(state);
  },
  effect_resolved(state, record) {
    const step = sent(state, record);
    allow(step.status === 'unknown', `effect_resolved of ${record.step}, whose outcome is not unknown`);
    sealedBy(state, record);
    if (record.happened) return happened(state, step, record.receipt ?? null, 'operator');
    // An operator's word that it did not happen is also the wish to try again: at once, and with a budget of its own.
    step.status = 'waiting_retry';
    step.retryDueAt = record.at;
    step.attemptBase = step.attempt;
    restate(state);
  },
};

function happened(state: ExecutionState, step: StepState, receipt: NonNullable<NonNullable<StepState['effect']>['happened']>['receipt'], by: 'realm' | 'operator'): void {
  step.effect = { ...step.effect, happened: { receipt, by } };
  step.status = 'running';
  delete step.error;
  restate(state);
}
