import type { Tenant } from '@symphainy/contracts';
import { useState } from 'react';
import { useAccount } from '../account/account-context.js';
import { useList } from '../govern/read-list.js';
import { FilterSelect } from '../govern/search-field.js';
import { SectionHead } from '../govern/section-nav.js';
import type { GovernRoute } from '../routing/govern-route.js';
import { GrantsView } from './grants-view.js';
import { KeysView } from './keys-view.js';
import { PeopleView } from './people-view.js';

type View = Extract<GovernRoute, { page: 'identities' }>['view'];
const names: Readonly<Record<View, string>> = { people: 'People and services', keys: 'API keys', grants: 'Grants' };

export function IdentitiesPage({ view }: { view: View }) {
  const { me } = useAccount();
  const [tenant, setTenant] = useState(me.tenant_id);
  const links = (Object.keys(names) as View[]).map((each) => ({ to: { page: 'identities' as const, view: each }, name: names[each], current: each === view }));
  return (
    <div className="page">
      <SectionHead title="Identities" lead="Who may call: people and services with their roles, the keys they use, and leave that is given for a while." links={links} action={view !== 'grants' && me.tenant_id === 'platform' && <TenantChoice tenant={tenant} onChange={setTenant} />} />
      {view === 'people' && <PeopleView tenant={tenant} />}
      {view === 'keys' && <KeysView key={tenant} tenant={tenant} />}
      {view === 'grants' && <GrantsView />}
    </div>
  );
}

function TenantChoice({ tenant, onChange }: { tenant: string; onChange: (tenant: string) => void }) {
  const { value } = useList<Tenant>('tenants');
  const names = (value?.entries ?? []).map(({ tenant_id }) => tenant_id).toSorted();
  return <FilterSelect label="Tenant" value={tenant} options={[...new Set([tenant, ...names])].map((name) => [name, `Tenant ${name}`] as const)} onChange={onChange} />;
}
