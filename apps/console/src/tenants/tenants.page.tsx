import type { Tenant } from '@symphainy/contracts';
import { useState } from 'react';
import { useAccount } from '../account/account-context.js';
import { useChange } from '../govern/change-desk.js';
import { ChangeDialog } from '../govern/change-dialog.js';
import { ReadingProblem } from '../govern/reading-problem.js';
import { useList } from '../govern/read-list.js';
import { SectionHead } from '../govern/section-nav.js';
import { TextField } from '../ui/field.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { EmptyState, Skeleton } from '../ui/states.js';
import { switches } from './tenant-switches.js';
import { TenantStatus } from './tenant-status.js';

export function TenantsPage() {
  const { me } = useAccount();
  const { value, problem } = useList<Tenant>('tenants');
  const [creating, setCreating] = useState(false);
  const mayCreate = me.tenant_id === 'platform';
  return (
    <div className="page">
      <SectionHead title="Tenants" lead={mayCreate ? 'Whom the platform works for, and what each may ask of it at once.' : 'Your tenant, as the platform’s administrators have set it.'} action={mayCreate && <button type="button" className="button button-primary" onClick={() => setCreating(true)}><Icon name="plus" size={14} />New tenant</button>} />
      {problem && <ReadingProblem problem={problem} what="Tenants" />}
      {value === undefined && problem === undefined && <Skeleton rows={5} label="Loading tenants" />}
      {value?.entries.length === 0 && <EmptyState icon="building" title="There are no tenants">A tenant is created here, or declared in the bootstrap file.</EmptyState>}
      {value && value.entries.length > 0 && <TenantTable tenants={value.entries} />}
      {creating && <NewTenantDialog onClose={() => setCreating(false)} />}
    </div>
  );
}

function TenantTable({ tenants }: { tenants: readonly Tenant[] }) {
  return (
    <div className="table-frame">
      <table className="executions govern-table">
        <thead><tr><th scope="col">Tenant</th><th scope="col">Status</th>{switches.map(({ name, title }) => <th key={name} scope="col">{title}</th>)}</tr></thead>
        <tbody>
          {tenants.map((tenant) => (
            <tr key={tenant.tenant_id} className="execution-row">
              <td className="execution-cell"><RouteLink to={{ page: 'tenant', tenantId: tenant.tenant_id }} className="row-link">{tenant.name}</RouteLink><span className="execution-sub"><code>{tenant.tenant_id}</code></span></td>
              <td data-label="Status"><TenantStatus status={tenant.status} /></td>
              {switches.map(({ name, title }) => <td key={name} data-label={title}><span className={`position position-${tenant.switches[name]}`}>{tenant.switches[name]}</span></td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function NewTenantDialog({ onClose }: { onClose: () => void }) {
  const change = useChange();
  const [id, setId] = useState('');
  const [name, setName] = useState('');
  const create = async (): Promise<void> => void (await change('create_tenant', { tenant_id: id.trim(), name: name.trim() }, `The tenant ${id.trim()} was created`));
  return (
    <ChangeDialog title="New tenant" submit="Create" busyText="Creating…" onSubmit={create} onClose={onClose} lead="It has no people yet, and policies for every tenant hold for it at once. A tenant that is there already stays as it is.">
      <TextField label="Id" mono required value={id} placeholder="acme" note="It leads every key of the tenant’s data, and never changes." onChange={setId} />
      <TextField label="Name" required value={name} onChange={setName} />
    </ChangeDialog>
  );
}
