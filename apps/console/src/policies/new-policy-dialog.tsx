import { useState } from 'react';
import { ChangeDialog } from '../govern/change-dialog.js';
import { ChoiceField, TextField } from '../ui/field.js';
import type { DraftPolicy } from './policy-draft.js';
import { roleNames, roleQuestions } from './verdict.js';

const FORBID = '@reason("say here what the caller is told")\nforbid(principal, action == Action::"submit", resource)\nwhen { false };\n';
const PERMIT = 'permit(principal, action == Action::"submit", resource)\nwhen { false };\n';

export function NewPolicyDialog({ taken, onClose, onCreate }: { taken: readonly string[]; onClose: () => void; onCreate: (policy: DraftPolicy) => void }) {
  const [id, setId] = useState('');
  const [role, setRole] = useState<DraftPolicy['role']>('security_guard');
  const [effect, setEffect] = useState('forbid');
  const create = async (): Promise<ReturnType<typeof refusalOf>> => {
    const refusal = refusalOf(id.trim(), taken);
    if (refusal === undefined) onCreate({ id: id.trim(), role, text: effect === 'forbid' ? FORBID : PERMIT });
    return refusal;
  };
  return (
    <ChangeDialog title="New policy" submit="Create" onSubmit={create} onClose={onClose} lead="It is a draft until it is staged and promoted.">
      <TextField label="Id" mono required value={id} placeholder="no-secrets-at-night" note="It stands in every decision that it determines." onChange={setId} />
      <ChoiceField label="Effect" value={effect} options={[['forbid', 'Forbid: beats every permit'], ['permit', 'Permit: what nothing permits is denied']]} onChange={setEffect} />
      <ChoiceField label="Judged by" value={role} options={(Object.keys(roleNames) as DraftPolicy['role'][]).map((name) => [name, `${roleNames[name]}: ${roleQuestions[name]}`] as const)} onChange={(chosen) => setRole(chosen as DraftPolicy['role'])} />
    </ChangeDialog>
  );
}

function refusalOf(id: string, taken: readonly string[]) {
  if (taken.includes(id)) return { code: 'console.policy_exists', message: `there is a policy ${id} already`, field: 'id', fix: 'Choose another id, or edit that one' };
  if (id.startsWith('platform.')) return { code: 'console.policy_reserved', message: 'ids that begin with “platform.” belong to the platform’s own policies', field: 'id', fix: 'Choose another id' };
  return undefined;
}
