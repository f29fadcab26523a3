import type { CapabilityEntry } from '@symphainy/client';
import { useId } from 'react';
import { Icon } from '../ui/icon.js';

/** One capability of those registered, as radio buttons by realm. Governance is for administrators and folded away; uploads are not submitted by hand. */
export function CapabilityPicker({ capabilities, chosen, onChoose }: { capabilities: readonly CapabilityEntry[]; chosen: string | undefined; onChoose: (name: string) => void }) {
  const group = useId();
  const { governance = [], runtime: _uploads, ...realms } = Object.groupBy(capabilities, (capability) => capability.realm);
  const choice = { group, chosen, onChoose };
  return (
    <div className="capabilities" role="radiogroup" aria-label="Capability">
      {Object.entries(realms).map(([realm, members]) => (
        <div key={realm} className="capability-group"><h3>{realm}</h3><Choices members={members ?? []} {...choice} /></div>
      ))}
      {governance.length > 0 && (
        <details className="capability-fold" open={governance.some((capability) => capability.name === chosen) || undefined}>
          <summary><Icon name="chevron" size={11} />governance<span className="quiet">{governance.length}</span></summary>
          <div className="capability-group"><Choices members={governance} {...choice} /></div>
        </details>
      )}
    </div>
  );
}

function Choices({ members, group, chosen, onChoose }: { members: readonly CapabilityEntry[]; group: string; chosen: string | undefined; onChoose: (name: string) => void }) {
  return members.map((capability) => (
    <label key={capability.name} className="capability">
      <input type="radio" name={group} value={capability.name} checked={capability.name === chosen} onChange={() => onChoose(capability.name)} />
      <span className="capability-body">
        <span className="capability-name">{capability.name}<span className="quiet">{capability.version}</span></span>
        {capability.description && <span className="capability-text">{capability.description}</span>}
        {capability.steps.length > 0 && <span className="capability-steps">{capability.steps.map((step) => step.replaceAll('_', ' ')).join(' → ')}</span>}
      </span>
    </label>
  ));
}
