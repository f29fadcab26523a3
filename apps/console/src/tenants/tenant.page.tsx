import type { Tenant } from '@symphainy/contracts';
import { useCallback, useState } from 'react';
import { useAccount, usePlatform } from '../account/account-context.js';
import { ChangeLine } from '../govern/change-line.js';
import { useChange, useChangeCount } from '../govern/change-desk.js';
import { ChangeDialog } from '../govern/change-dialog.js';
import { readChanges } from '../govern/read-changes.js';
import { ReadingProblem } from '../govern/reading-problem.js';
import { useList } from '../govern/read-list.js';
import { useLoad } from '../platform/use-load.js';
import { TextField } from '../ui/field.js';
import { formatMoment } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { EmptyState, ProblemPanel, Skeleton } from '../ui/states.js';
import { EscalationPanel } from './escalation-panel.js';
import { SettingsForm } from './settings-form.js';
import { TenantStatus } from './tenant-status.js';

export function TenantPage({ tenantId }: { tenantId: string }) {
  const { value, problem } = useList<Tenant>('tenants');
  const tenant = value?.entries.find((each) => each.tenant_id === tenantId);
  return (
    <div className="page">
      <nav className="crumbs" aria-label="Breadcrumb"><RouteLink to={{ page: 'tenants' }}>Tenants</RouteLink><Icon name="chevron" size={11} /><span>{tenantId}</span></nav>
      {problem && <ReadingProblem problem={problem} what="Tenants" />}
      {value === undefined && problem === undefined && <Skeleton rows={6} label="Loading the tenant" />}
      {value && tenant === undefined && <EmptyState icon="building" title="There is no such tenant" action={<RouteLink to={{ page: 'tenants' }} className="button">Go to tenants</RouteLink>}>Or it is not yours to see.</EmptyState>}
      {tenant && <Shown tenant={tenant} />}
    </div>
  );
}

function Shown({ tenant }: { tenant: Tenant }) {
  const { me } = useAccount();
  const isPlatforms = me.tenant_id === 'platform';
  const mayChange = isPlatforms && tenant.tenant_id !== 'platform' && tenant.status !== 'closed';
  return (
    <>
      <header className="page-head">
        <div><h1 className="govern-title">{tenant.name} <TenantStatus status={tenant.status} /></h1><p className="page-lead">{whys[mayChange ? 'may' : tenant.status === 'closed' ? 'closed' : isPlatforms ? 'own' : 'other']}</p></div>
        {mayChange && <StatusActions tenant={tenant} />}
      </header>
      <div className="execution-columns">
        <div className="execution-main">
          <SettingsForm key={JSON.stringify(tenant)} tenant={tenant} mayChange={mayChange} />
        </div>
        <div className="execution-side">
          <EscalationPanel tenantId={tenant.tenant_id} />
          {isPlatforms && <History tenantId={tenant.tenant_id} />}
        </div>
      </div>
    </>
  );
}

const whys = {
  may: 'What is changed here holds for what is submitted from then on.',
  closed: 'Closed for good: its keys and tokens open nothing. What it recorded stays.',
  own: 'The platform’s own tenant comes with its code: nobody can govern without it, and it is not changed here.',
  other: 'Tenants are changed by the platform’s administrators.',
} as const;

type StatusAction = 'suspend' | 'resume' | 'close';
const actions: Readonly<Record<StatusAction, { title: string; lead: string; past: string; destroys: boolean }>> = {
  suspend: { title: 'Suspend', past: 'was suspended', destroys: true, lead: 'Its intents are denied and no session opens, from the next bundle on. What runs goes on to its end, and everything can be read as before.' },
  resume: { title: 'Resume', past: 'works again', destroys: false, lead: 'Its intents are accepted again.' },
  close: { title: 'Close', past: 'was closed for good', destroys: true, lead: 'For good: its intents are denied, and its keys and tokens open nothing any more. What runs goes on to its end; to end it, cancel its executions first. Records stay.' },
};

function StatusActions({ tenant: { tenant_id, name, status } }: { tenant: Tenant }) {
  const [asked, setAsked] = useState<StatusAction>();
  return (
    <div className="actions">
      {([status === 'active' ? 'suspend' : 'resume', 'close'] as const).map((action) => <button key={action} type="button" className="button" onClick={() => setAsked(action)}>{actions[action].title}…</button>)}
      {asked && <StatusDialog action={asked} tenantId={tenant_id} name={name} onClose={() => setAsked(undefined)} />}
    </div>
  );
}

function StatusDialog({ action, tenantId, name, onClose }: { action: StatusAction; tenantId: string; name: string; onClose: () => void }) {
  const change = useChange();
  const [reason, setReason] = useState('');
  const { title, lead, past, destroys } = actions[action];
  const submit = async (): Promise<void> => void (await change(`${action}_tenant`, { tenant_id: tenantId, ...(reason.trim() !== '' && { reason: reason.trim() }) }, `${name} ${past}`));
  return (
    <ChangeDialog title={`${title} ${name}?`} submit={title} destroys={destroys} onSubmit={submit} onClose={onClose} lead={lead}>
      <TextField label="Why" optional note="It is recorded with your name." value={reason} onChange={setReason} />
    </ChangeDialog>
  );
}

const RECORDED = ['create_tenant', 'update_tenant', 'set_traffic', 'suspend_tenant', 'resume_tenant', 'close_tenant'] as const;

function History({ tenantId }: { tenantId: string }) {
  const platform = usePlatform();
  const load = useCallback(async () => (await readChanges(platform, RECORDED)).filter(({ about }) => about === tenantId), [platform, tenantId]);
  const { value, problem } = useLoad(load, { again: useChangeCount() });
  return (
    <section className="panel" aria-label="History">
      <div className="panel-head"><h2>History</h2></div>
      {problem && <ProblemPanel problem={problem} title="Its history could not be read" />}
      {value === undefined && problem === undefined && <Skeleton rows={2} label="Loading its history" />}
      {value?.length === 0 && <p className="panel-empty">Nobody changed it: it stands as it was declared.</p>}
      <ul className="history">{value?.map((change) => <li key={change.executionId}><ChangeLine change={change} /><span className="quiet">{formatMoment(change.at)}</span></li>)}</ul>
    </section>
  );
}
