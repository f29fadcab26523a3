import type { Tenant } from '@symphainy/contracts';
import { useState } from 'react';
import { useAccount } from '../account/account-context.js';
import { useList } from '../govern/read-list.js';
import { FilterSelect } from '../govern/search-field.js';
import { SectionHead } from '../govern/section-nav.js';
import type { GovernRoute } from '../routing/govern-route.js';
import { AttentionView } from './attention-view.js';
import { DeliveriesView } from './deliveries-view.js';
import { ServicesView } from './services-view.js';

type View = Extract<GovernRoute, { page: 'health' }>['view'];
const names: Readonly<Record<View, string>> = { services: 'Services and realms', attention: 'Findings and budgets', deliveries: 'Deliveries' };

export function HealthPage({ view }: { view: View }) {
  const { me } = useAccount();
  const [tenant, setTenant] = useState(me.tenant_id);
  const links = (Object.keys(names) as View[]).map((each) => ({ to: { page: 'health' as const, view: each }, name: names[each], current: each === view }));
  return (
    <div className="page">
      <SectionHead title="Health" lead="What Nurse hears and finds, and what Post Office could not deliver. Each question is recorded, so it is asked when you ask." links={links} action={view !== 'services' && me.tenant_id === 'platform' && <TenantChoice tenant={tenant} onChange={setTenant} />} />
      {view === 'services' && <ServicesView />}
      {view === 'attention' && <AttentionView key={tenant} tenant={tenant} />}
      {view === 'deliveries' && <DeliveriesView key={tenant} tenant={tenant} />}
    </div>
  );
}

function TenantChoice({ tenant, onChange }: { tenant: string; onChange: (tenant: string) => void }) {
  const { value } = useList<Tenant>('tenants');
  const all = [...new Set([tenant, ...(value?.entries ?? []).map(({ tenant_id }) => tenant_id).toSorted()])];
  return <FilterSelect label="Tenant" value={tenant} options={all.map((name) => [name, `Tenant ${name}`] as const)} onChange={onChange} />;
}
