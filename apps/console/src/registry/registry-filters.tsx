import type { RegistryHealth, RegistryKind } from '@symphainy/contracts';
import { FilterSelect, SearchField } from '../govern/search-field.js';
import type { RegistryFilter } from './use-registry.js';

const determinisms = [['', 'Any determinism'], ['deterministic', 'Deterministic'], ['grounded', 'Grounded'], ['expert', 'Expert']] as const;
const healths = [['', 'Any health'], ['well', 'Well'], ['unwell', 'Unwell'], ['away', 'Away'], ['unknown', 'Unknown']] as const;
const notices = [['', 'Deprecated or not'], ['true', 'Deprecated'], ['false', 'Not deprecated']] as const;

/** Words and filters over one kind of entries; what a kind does not have is not asked about. */
export function RegistryFilters({ kind, what, filter, onChange }: { kind: RegistryKind; what: string; filter: RegistryFilter; onChange: (filter: RegistryFilter) => void }) {
  const set = (name: keyof RegistryFilter) => (value: string) => onChange({ ...filter, [name]: value });
  return (
    <div className="filters registry-filters">
      <SearchField label={`Find in ${what.toLowerCase()}`} value={filter.text} onChange={set('text')} />
      <SearchField label="Owner" value={filter.owner} onChange={set('owner')} />
      {(kind === 'capability' || kind === 'agent') && <FilterSelect label="Determinism" value={filter.determinism} options={determinisms} onChange={set('determinism')} />}
      <FilterSelect label="Health" value={filter.health} options={healths} onChange={set('health')} />
      {kind === 'capability' && <FilterSelect label="Notices" value={filter.deprecated} options={notices} onChange={set('deprecated')} />}
    </div>
  );
}

const tones: Readonly<Record<RegistryHealth, readonly [tone: string, text: string, means: string]>> = {
  well: ['completed', 'Well', 'an instance of each realm behind it is there and well'],
  unwell: ['paused', 'Unwell', 'all instances of a realm behind it say that they are not well'],
  away: ['failed', 'Away', 'no instance of a realm behind it is there: its work waits'],
  unknown: ['paused', 'Unknown', 'Smart City does not say'],
};

export function HealthPill({ health }: { health: RegistryHealth }) {
  const [tone, text, means] = tones[health];
  return <span className={`status-pill status-pill-plain tone-${tone}`} title={means}>{text}</span>;
}
