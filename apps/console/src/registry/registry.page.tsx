import { useState } from 'react';
import { SearchField } from '../govern/search-field.js';
import { SectionHead } from '../govern/section-nav.js';
import type { GovernRoute } from '../routing/govern-route.js';
import { CapabilitiesView } from './capabilities-view.js';
import { AgentsView, DomainsView, SolutionsView } from './entries-view.js';
import { ModelsView, VocabulariesView } from './models-view.js';

type View = Extract<GovernRoute, { page: 'registry' }>['view'];
const names: Readonly<Record<View, string>> = { capabilities: 'Capabilities', agents: 'Agents', domains: 'Domains', solutions: 'Solutions', models: 'Canonical models', vocabularies: 'Vocabularies' };

export function RegistryPage({ view }: { view: View }) {
  const [find, setFind] = useState('');
  const links = (Object.keys(names) as View[]).map((each) => ({ to: { page: 'registry' as const, view: each }, name: names[each], current: each === view }));
  return (
    <div className="page">
      <SectionHead title="Registry" lead="What the platform can do and in which words: capabilities by contract, who answers for them, and the models that values fit." links={links} />
      <div className="filters"><SearchField label={`Find in ${names[view].toLowerCase()}`} value={find} onChange={setFind} /></div>
      <Shown view={view} find={find} />
    </div>
  );
}

function Shown({ view, find }: { view: View; find: string }) {
  switch (view) {
    case 'capabilities': return <CapabilitiesView find={find} />;
    case 'agents': return <AgentsView find={find} />;
    case 'domains': return <DomainsView find={find} />;
    case 'solutions': return <SolutionsView find={find} />;
    case 'models': return <ModelsView find={find} />;
    case 'vocabularies': return <VocabulariesView find={find} />;
  }
}
