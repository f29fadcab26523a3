import type { WalRecord } from '@symphainy/contracts';
import { purposeOf } from '../acceptance/purpose.js';
import type { RecordOf } from '@symphainy/execution';
import type { PolicyRequest } from '@symphainy/governance';

/** What a recorded decision read, and what it came to. */
export interface RecordedDecision {
  readonly received: RecordOf<'intent_received'>;
  readonly evaluated: RecordOf<'policy_evaluated'>;
}

/** The decision in the first frame of an execution; undefined when policy was never asked. */
export function decisionIn(records: readonly WalRecord[]): RecordedDecision | undefined {
  const received = records.find((record) => record.type === 'intent_received');
  const evaluated = records.find((record) => record.type === 'policy_evaluated');
  return received === undefined || evaluated === undefined ? undefined : { received, evaluated };
}

/** The request that was decided: everything in it stands in the log, or follows from the bundle. */
export function requestRecorded({ received: { caller, intent }, evaluated }: RecordedDecision, capability: PolicyRequest['capability']): PolicyRequest {
  const { data, session_user_id, own_targets, second_person, grants } = evaluated;
  return {
    caller, capability, action: 'submit',
    data: data ?? { classifications: [], references: [] },
    purpose: purposeOf(intent),
    session_user_id: session_user_id ?? caller.user_id,
    ...(own_targets === undefined ? {} : { own_targets }),
    ...(second_person === undefined ? {} : { second_person }),
    granted: grants !== undefined,
  };
}
