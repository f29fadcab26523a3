import type { RegistryKind } from '@symphainy/contracts';
import { useState } from 'react';
import { SearchField } from '../govern/search-field.js';
import { SectionHead } from '../govern/section-nav.js';
import type { GovernRoute } from '../routing/govern-route.js';
import { CapabilitiesView } from './capabilities-view.js';
import { AgentsView, DomainsView, SolutionsView } from './entries-view.js';
import { ModelsView, VocabulariesView } from './models-view.js';
import { RegistryFilters } from './registry-filters.js';
import { everything } from './use-registry.js';

type View = Extract<GovernRoute, { page: 'registry' }>['view'];
const names: Readonly<Record<View, string>> = { capabilities: 'Capabilities', agents: 'Agents', domains: 'Domains', solutions: 'Solutions', models: 'Canonical models', vocabularies: 'Vocabularies' };
const kinds: Readonly<Partial<Record<View, RegistryKind>>> = { capabilities: 'capability', agents: 'agent', domains: 'domain', solutions: 'solution' };

export function RegistryPage({ view }: { view: View }) {
  const links = (Object.keys(names) as View[]).map((each) => ({ to: { page: 'registry' as const, view: each }, name: names[each], current: each === view }));
  return (
    <div className="page">
      <SectionHead title="Registry" lead="What the platform can do and in which words: capabilities by contract, who answers for them, and the models that values fit." links={links} />
      <Shown key={view} view={view} />
    </div>
  );
}

function Shown({ view }: { view: View }) {
  const [filter, setFilter] = useState(everything);
  const kind = kinds[view];
  const search = kind === undefined
    ? <div className="filters"><SearchField label={`Find in ${names[view].toLowerCase()}`} value={filter.text} onChange={(text) => setFilter({ ...everything, text })} /></div>
    : <RegistryFilters kind={kind} what={names[view]} filter={filter} onChange={setFilter} />;
  return <>{search}<Entries view={view} filter={filter} /></>;
}

function Entries({ view, filter }: { view: View; filter: typeof everything }) {
  switch (view) {
    case 'capabilities': return <CapabilitiesView filter={filter} />;
    case 'agents': return <AgentsView filter={filter} />;
    case 'domains': return <DomainsView filter={filter} />;
    case 'solutions': return <SolutionsView filter={filter} />;
    case 'models': return <ModelsView find={filter.text} />;
    case 'vocabularies': return <VocabulariesView find={filter.text} />;
  }
}
