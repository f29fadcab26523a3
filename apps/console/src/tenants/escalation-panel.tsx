import { useState } from 'react';
import { useAnswer } from '../govern/ask-city.js';
import { useChange } from '../govern/change-desk.js';
import { ChangeDialog } from '../govern/change-dialog.js';
import { attentionKinds, type EscalationRule } from '../govern/city-answers.js';
import { TextField } from '../ui/field.js';
import { formatDuration, humanName } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { ProblemPanel, Skeleton } from '../ui/states.js';

/** Who is told of what, when. */
export function EscalationPanel({ tenantId }: { tenantId: string }) {
  const { value, problem } = useAnswer<{ rules: readonly EscalationRule[] }>('list_escalation_rules', tenantId);
  const [asked, setAsked] = useState<'new' | EscalationRule>();
  return (
    <section className="panel" aria-label="Escalation rules">
      <div className="panel-head"><h2>Escalation</h2><button type="button" className="icon-button icon-button-framed" onClick={() => setAsked('new')} aria-label="New escalation rule" title="New escalation rule"><Icon name="plus" size={14} /></button></div>
      {problem && <ProblemPanel problem={problem} title="The rules could not be read" />}
      {value === undefined && problem === undefined && <Skeleton rows={2} label="Loading escalation rules" />}
      {value?.rules.length === 0 && <p className="panel-empty">Nobody is told when something needs attention.</p>}
      <ul className="history">{value?.rules.map((rule) => <RuleItem key={rule.rule_id} rule={rule} onRemove={() => setAsked(rule)} />)}</ul>
      {asked === 'new' && <NewRuleDialog tenantId={tenantId} onClose={() => setAsked(undefined)} />}
      {asked !== undefined && asked !== 'new' && <RemoveRuleDialog tenantId={tenantId} ruleId={asked.rule_id} onClose={() => setAsked(undefined)} />}
    </section>
  );
}

function RuleItem({ rule: { rule_id, on, after_s, tell, repeat_s }, onRemove }: { rule: EscalationRule; onRemove: () => void }) {
  return (
    <li className="rule">
      <div><strong>{rule_id}</strong><p>{on.map(humanName).join(', ')} {after_s === 0 ? 'at once' : `after ${formatDuration(after_s * 1000)}`} → {tell.join(', ')}{repeat_s !== undefined && `, again every ${formatDuration(repeat_s * 1000)}`}</p></div>
      <button type="button" className="icon-button" onClick={onRemove} aria-label={`Remove ${rule_id}`}><Icon name="close" size={13} /></button>
    </li>
  );
}

function NewRuleDialog({ tenantId, onClose }: { tenantId: string; onClose: () => void }) {
  const change = useChange();
  const [id, setId] = useState('');
  const [on, setOn] = useState<readonly string[]>([]);
  const [minutes, setMinutes] = useState('0');
  const [tell, setTell] = useState('');
  const toggle = (kind: string): void => setOn((before) => (before.includes(kind) ? before.filter((each) => each !== kind) : [...before, kind]));
  const create = async (): Promise<void> => void (await change('set_escalation_rule', { tenant_id: tenantId, rule_id: id.trim(), on: [...on], after_s: Math.round(Number(minutes) * 60), tell: tell.split(/[\s,]+/).filter((word) => word !== '') }, `The escalation rule ${id.trim()} was set`));
  return (
    <ChangeDialog title="New escalation rule" submit="Set rule" onSubmit={create} onClose={onClose} lead="What is found is delivered as a signed event to subscriptions of the tenant, whatever else they select.">
      <TextField label="Name" mono required value={id} placeholder="approvals" note="A rule of this name is replaced." onChange={setId} />
      <fieldset className="choices choices-two"><legend>When</legend>{attentionKinds.map((kind) => <label key={kind} className="check"><input type="checkbox" checked={on.includes(kind)} onChange={() => toggle(kind)} /><span>{humanName(kind)}</span></label>)}</fieldset>
      <div className="field-pair">
        <TextField label="For so many minutes" value={minutes} note="0: at once" onChange={setMinutes} />
        <TextField label="Tell" mono required value={tell} placeholder="claims-desk" note="subscriptions, by id" onChange={setTell} />
      </div>
    </ChangeDialog>
  );
}

function RemoveRuleDialog({ tenantId, ruleId, onClose }: { tenantId: string; ruleId: string; onClose: () => void }) {
  const change = useChange();
  const remove = async (): Promise<void> => void (await change('remove_escalation_rule', { tenant_id: tenantId, rule_id: ruleId }, `The escalation rule ${ruleId} was removed`));
  return <ChangeDialog title={`Remove ${ruleId}?`} submit="Remove it" destroys onSubmit={remove} onClose={onClose} lead="Nobody is told by it any more." />;
}
