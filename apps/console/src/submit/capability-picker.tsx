import type { CapabilityEntry } from '@symphainy/client';
import { useId } from 'react';

/** One capability of those registered, as a list of radio buttons by realm. */
export function CapabilityPicker({ capabilities, chosen, onChoose }: { capabilities: readonly CapabilityEntry[]; chosen: string | undefined; onChoose: (name: string) => void }) {
  const group = useId();
  const realms = Object.entries(Object.groupBy(capabilities, (capability) => capability.realm));
  return (
    <div className="capabilities" role="radiogroup" aria-label="Capability">
      {realms.map(([realm, members]) => (
        <div key={realm} className="capability-group">
          <h3>{realm}</h3>
          {(members ?? []).map((capability) => (
            <label key={capability.name} className="capability">
              <input type="radio" name={group} value={capability.name} checked={capability.name === chosen} onChange={() => onChoose(capability.name)} />
              <span className="capability-body">
                <span className="capability-name">{capability.name}<span className="quiet">{capability.version}</span></span>
                {capability.description && <span className="capability-text">{capability.description}</span>}
                {capability.steps.length > 0 && <span className="capability-steps">{capability.steps.join(' → ')}</span>}
              </span>
            </label>
          ))}
        </div>
      ))}
    </div>
  );
}
