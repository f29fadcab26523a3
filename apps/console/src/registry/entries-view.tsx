import type { AgentEntry, DomainEntry, RegistryFound, RegistryKind, SolutionEntry } from '@symphainy/contracts';
import type { ReactNode } from 'react';
import { ReadingProblem } from '../govern/reading-problem.js';
import { useList } from '../govern/read-list.js';
import { EmptyState, Skeleton } from '../ui/states.js';
import { HealthPill } from './registry-filters.js';
import { findEntries, type Found } from './registry-search.js';
import { everything, useRegistry, type RegistryFilter } from './use-registry.js';

interface Described extends Found {
  readonly version: string;
  readonly owner?: string | undefined;
}

/** A registry's list, found in, in the one form that all of them have. */
export function Entries<T extends Described>({ list, what, empty, find, children }: { list: string; what: string; empty: ReactNode; find: string; children: (entry: T) => ReactNode }) {
  const { value, problem } = useList<T>(list);
  if (problem) return <ReadingProblem problem={problem} what={what} />;
  if (value === undefined) return <Skeleton rows={4} label={`Loading ${what.toLowerCase()}`} />;
  const shown = findEntries(value.entries, find);
  if (value.entries.length === 0) return <EmptyState icon="dots" title={`${what} are not registered yet`}>{empty}</EmptyState>;
  if (shown.length === 0) return <EmptyState icon="search" title={`No ${what.toLowerCase()} match`}>Nothing has all of these words.</EmptyState>;
  return (
    <ul className="policy-list">
      {shown.map((entry) => (
        <li key={`${entry.name} ${entry.version}`} className="policy-item registry-item">
          <div className="policy-item-body">
            <p className="registry-name"><strong>{entry.name}</strong> <span className="quiet">{entry.version}</span></p>
            {entry.description && <p className="policy-words">{entry.description}</p>}
            {entry.owner && <p className="execution-sub">owner: {entry.owner}</p>}
            {children(entry)}
          </div>
        </li>
      ))}
    </ul>
  );
}

const chips = (name: string, values: readonly string[]): ReactNode => values.length > 0 && <p className="execution-sub"><span>{name}</span>{values.map((value) => <code key={value} className="chip">{value}</code>)}</p>;

/** What a search found, to everybody; `list` holds more of each entry, for administrators of governance. */
function FoundEntries<T extends Described>({ kind, list, what, empty, filter, children }: { kind: RegistryKind; list: string; what: string; empty: ReactNode; filter: RegistryFilter; children: (found: RegistryFound, entry: T | undefined) => ReactNode }) {
  const { value, problem } = useRegistry(kind, filter);
  const whole = useList<T>(list);
  if (problem && value === undefined) return <ReadingProblem problem={problem} what={what} />;
  if (value === undefined) return <Skeleton rows={4} label={`Loading ${what.toLowerCase()}`} />;
  if (value.length === 0 && JSON.stringify(filter) === JSON.stringify(everything)) return <EmptyState icon="dots" title={`${what} are not registered yet`}>{empty}</EmptyState>;
  if (value.length === 0) return <EmptyState icon="search" title={`No ${what.toLowerCase()} match`}>Nothing fits all of this.</EmptyState>;
  return (
    <ul className="policy-list">
      {value.map((found) => (
        <li key={found.name} className="policy-item registry-item">
          <div className="policy-item-body">
            <p className="registry-name"><strong>{found.name}</strong> <span className="quiet">{found.version}</span> {found.determinism && <span className="chip">{found.determinism}</span>} <HealthPill health={found.health} /></p>
            {found.description && <p className="policy-words">{found.description}</p>}
            {found.owner && <p className="execution-sub">owner: {found.owner}</p>}
            {children(found, whole.value?.entries.find(({ name }) => name === found.name))}
          </div>
        </li>
      ))}
    </ul>
  );
}

export function AgentsView({ filter }: { filter: RegistryFilter }) {
  return <FoundEntries<AgentEntry> kind="agent" list="agents" what="Agents" filter={filter} empty={<>An administrator registers them by <code>register_agent</code>.</>}>{({ realms }, agent) => <>{chips('Realm', realms)}{chips('Tools', agent?.tools ?? [])}</>}</FoundEntries>;
}

export function DomainsView({ filter }: { filter: RegistryFilter }) {
  return <FoundEntries<DomainEntry> kind="domain" list="domains" what="Domains" filter={filter} empty={<>An administrator registers them by <code>register_domain</code>.</>}>{({ realms }) => chips('Served by', realms)}</FoundEntries>;
}

export function SolutionsView({ filter }: { filter: RegistryFilter }) {
  return (
    <FoundEntries<SolutionEntry> kind="solution" list="solutions" what="Solutions" filter={filter} empty={<>An administrator registers them by <code>register_solution</code>.</>}>
      {({ realms }, solution) => <>{chips('Intents', solution?.intents ?? [])}{chips('Realms', realms)}{chips('Reaches', (solution?.bindings ?? []).map(({ name, system }) => `${name} (${system})`))}</>}
    </FoundEntries>
  );
}
