import type { AgentEntry, DomainEntry, SolutionEntry } from '@symphainy/contracts';
import type { ReactNode } from 'react';
import { ReadingProblem } from '../govern/reading-problem.js';
import { useList } from '../govern/read-list.js';
import { EmptyState, Skeleton } from '../ui/states.js';
import { findEntries, type Found } from './registry-search.js';

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

export function AgentsView({ find }: { find: string }) {
  return <Entries<AgentEntry> list="agents" what="Agents" find={find} empty={<>An administrator registers them by <code>register_agent</code>.</>}>{(agent) => <>{chips('Realm', [agent.realm])}{chips('Works', [agent.determinism])}{chips('Tools', agent.tools)}</>}</Entries>;
}

export function DomainsView({ find }: { find: string }) {
  return <Entries<DomainEntry> list="domains" what="Domains" find={find} empty={<>An administrator registers them by <code>register_domain</code>.</>}>{(domain) => chips('Served by', domain.realms)}</Entries>;
}

export function SolutionsView({ find }: { find: string }) {
  return (
    <Entries<SolutionEntry> list="solutions" what="Solutions" find={find} empty={<>An administrator registers them by <code>register_solution</code>.</>}>
      {(solution) => <>{chips('Intents', solution.intents)}{chips('Realms', solution.realms)}{chips('Reaches', solution.bindings.map(({ name, system }) => `${name} (${system})`))}</>}
    </Entries>
  );
}
