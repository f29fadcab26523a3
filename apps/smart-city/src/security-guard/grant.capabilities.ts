import { grant, grantRequest, words, type Grant } from '@symphainy/contracts';
import { z } from 'zod';
import { put } from '../bundle/catalogue.js';
import { REQUEST_LIMIT_MS } from '../bundle/current-grants.js';
import { changeRule, recordedChange } from '../bundle/governed-change.js';
import { governedTask } from '../governed-task.js';

const requestRule = changeRule<Grant>({
  name: 'grant',
  value: grant,
  apply: (catalogue, key, value) => (catalogue.get('grant', key) === undefined ? put('grant', value) : undefined),
});

const decision = z.object({ tenant_id: words.tenantId, status: z.enum(['approved', 'refused', 'revoked']), by: words.userId, at: words.timestamp });
type GrantDecision = z.infer<typeof decision>;

/** What may become of a grant as it stands; a decision that comes too late changes nothing. */
const decisionRule = changeRule<GrantDecision>({
  name: 'grant_decision',
  value: decision,
  apply: (catalogue, key, told) => {
    const present = catalogue.get('grant', key);
    return present === undefined || present.tenant_id !== told.tenant_id || !mayBecome(present, told) ? undefined : put('grant', decided(present, told));
  },
});

/** Approved by somebody else, and in time; policy has asked for that already, and here it holds whatever policy says. */
function mayBecome({ status, user_id, requested_at }: Grant, told: GrantDecision): boolean {
  if (told.status === 'revoked') return status === 'approved' || status === 'requested';
  if (status !== 'requested') return false;
  return told.status === 'refused' || (told.by !== user_id && Date.parse(told.at) - Date.parse(requested_at) <= REQUEST_LIMIT_MS);
}

const decided = (present: Grant, { status, by, at }: GrantDecision): Grant => ({
  ...present, status, decided_by: by, decided_at: at,
  ...(status === 'approved' ? { expires_at: new Date(Date.parse(at) + present.duration_s * 1000).toISOString() } : {}),
});

const requestGrant = governedTask({
  intent: 'governance.request_grant',
  description: 'Asks for leave to operate on, signal, replay or read executions for a while. Its execution’s id is the grant’s.',
  input: grantRequest,
  changes: (payload, { execution_id, tenant_id, user_id, created_at }) => [recordedChange(requestRule, execution_id, { ...payload, grant_id: execution_id, tenant_id, user_id, requested_at: created_at, status: 'requested' })],
});

/** The request is named as the execution it is, so that policy is told whether it is the decider's own. */
const decisionInput = z.object({ grant_id: words.uuid.meta({ format: 'execution-reference' }), reason: z.string().max(500).optional() });

const decisionTask = (intent: string, status: GrantDecision['status'], description: string) =>
  governedTask({
    intent,
    description,
    input: decisionInput,
    changes: ({ grant_id }, { tenant_id, user_id, created_at }) => [recordedChange(decisionRule, grant_id, { tenant_id, status, by: user_id, at: created_at })],
  });

export const grantCapabilities = [
  requestGrant,
  decisionTask('governance.approve_grant', 'approved', 'Approves a grant that somebody else asked for: it holds from now on, for as long as was asked.'),
  decisionTask('governance.refuse_grant', 'refused', 'Refuses a grant that was asked for.'),
  decisionTask('governance.revoke_grant', 'revoked', 'Ends a grant at once.'),
];
export const grantRules = [requestRule, decisionRule];
