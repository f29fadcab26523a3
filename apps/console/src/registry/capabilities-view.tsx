import type { CapabilityEntry } from '@symphainy/client';
import type { CapabilityNotice, Json, RegistryFound } from '@symphainy/contracts';
import { useState } from 'react';
import { useAccount } from '../account/account-context.js';
import { useChange } from '../govern/change-desk.js';
import { ChangeDialog } from '../govern/change-dialog.js';
import { useCapabilities } from '../platform/use-capabilities.js';
import { TextField } from '../ui/field.js';
import { formatMoment } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { EmptyState, ProblemPanel, Skeleton } from '../ui/states.js';
import { HealthPill } from './registry-filters.js';
import { versionWords } from './registry-search.js';
import { SchemaView } from './schema-view.js';
import { useRegistry, type RegistryFilter } from './use-registry.js';

export function CapabilitiesView({ filter }: { filter: RegistryFilter }) {
  const { value, problem } = useCapabilities();
  const found = useRegistry('capability', filter);
  const [asked, setAsked] = useState<CapabilityEntry>();
  const failed = problem ?? (found.value === undefined ? found.problem : undefined);
  if (failed) return <ProblemPanel problem={failed} title="Capabilities could not be read" />;
  if (value === undefined || found.value === undefined) return <Skeleton rows={6} label="Loading capabilities" />;
  const byName = new Map(value.map((capability) => [capability.name, capability]));
  const shown = found.value.flatMap((entry) => (byName.has(entry.name) ? [{ ...byName.get(entry.name)!, found: entry }] : []));
  const realms = [...new Set(shown.map(({ realm }) => realm))].sort((a, b) => Number(isOwn(a)) - Number(isOwn(b)) || (a < b ? -1 : 1));
  return (
    <>
      {shown.length === 0 && <EmptyState icon="search" title="No capability matches">Nothing fits all of this. Realms register theirs when they start.</EmptyState>}
      {realms.map((realm) => (
        <section key={realm} className="govern-group" aria-label={`Realm ${realm}`}>
          <h2 className="govern-group-head">{realm}<span>{shown.filter((each) => each.realm === realm).length}</span></h2>
          <ul className="policy-list">{shown.filter((each) => each.realm === realm).map((capability) => <CapabilityItem key={capability.name} capability={capability} found={capability.found} onDeprecate={() => setAsked(capability)} />)}</ul>
        </section>
      ))}
      {asked && <DeprecateDialog capability={asked} onClose={() => setAsked(undefined)} />}
    </>
  );
}

const isOwn = (realm: string): boolean => realm === 'governance' || realm === 'runtime';

function CapabilityItem({ capability, found: { notice, health }, onDeprecate }: { capability: CapabilityEntry; found: RegistryFound; onDeprecate: () => void }) {
  const { me } = useAccount();
  const { name, version, description, owner, determinism, input_contract, output_contract, children, tools, steps, realm } = capability;
  return (
    <li className="policy-item registry-item">
      <div className="policy-item-body">
        <p className="registry-name"><strong>{name}</strong> <span className="quiet">{version}</span> <span className="chip">{determinism}</span> <HealthPill health={health} /> {notice && <span className="status-pill status-pill-plain tone-paused">{notice.retires_at === undefined ? 'Deprecated' : `Retires ${formatMoment(notice.retires_at).slice(0, 10)}`}</span>}</p>
        {description && <p className="policy-words">{description}</p>}
        <p className="execution-sub"><span>{owner === undefined ? 'no owner is named' : `owner: ${owner}`}</span><span>{versionWords(version)}</span></p>
        {notice && <Notice notice={notice} />}
        <SchemaView title="Takes" schema={input_contract as Json} />
        <SchemaView title="Gives" schema={output_contract as Json} />
        <p className="execution-sub"><span>Steps: {steps.join(' → ')}</span>{children.length > 0 && <span>Children: {children.join(', ')}</span>}{tools.length > 0 && <span>Tools: {tools.join(', ')}</span>}</p>
      </div>
      {me.tenant_id === 'platform' && !isOwn(realm) && (notice === undefined ? <button type="button" className="button" onClick={onDeprecate} aria-label={`Deprecate ${name}`}>Deprecate…</button> : <Reinstate name={name} />)}
      {!isOwn(realm) && <RouteLink to={{ page: 'executions', intentType: name }} className="icon-button" label={`Executions of ${name}`}><Icon name="list" /></RouteLink>}
    </li>
  );
}

function Notice({ notice: { reason, replacement, deprecated_at, retires_at } }: { notice: CapabilityNotice }) {
  return <p className="registry-notice">Deprecated {formatMoment(deprecated_at).slice(0, 10)}{reason && `: ${reason}`}{replacement && <>; use <code>{replacement}</code></>}. {retires_at === undefined ? 'It still runs.' : `From ${formatMoment(retires_at)} on its intents are refused with intent.retired.`}</p>;
}

function DeprecateDialog({ capability: { name }, onClose }: { capability: CapabilityEntry; onClose: () => void }) {
  const change = useChange();
  const [reason, setReason] = useState('');
  const [replacement, setReplacement] = useState('');
  const [retires, setRetires] = useState('');
  const deprecate = async (): Promise<void> => {
    await change('deprecate_capability', { capability: name, ...(retires.trim() !== '' && { retires_at: new Date(retires).toISOString() }), ...(replacement.trim() !== '' && { replacement: replacement.trim() }), ...(reason.trim() !== '' && { reason: reason.trim() }) }, `${name} is deprecated`);
  };
  return (
    <ChangeDialog title={`Deprecate ${name}?`} submit="Deprecate" onSubmit={deprecate} onClose={onClose} lead="A notice stands beside it. From its last day on its intents are refused; what runs goes on.">
      <TextField label="Use instead" mono optional value={replacement} placeholder="content.ingest" onChange={setReplacement} />
      <TextField label="Last day" optional mono value={retires} placeholder="2027-01-31" note="empty: it is discouraged only" onChange={setRetires} />
      <TextField label="Why" optional value={reason} onChange={setReason} />
    </ChangeDialog>
  );
}

function Reinstate({ name }: { name: string }) {
  const change = useChange();
  const [asked, setAsked] = useState(false);
  const reinstate = async (): Promise<void> => void (await change('reinstate_capability', { capability: name }, `${name} is reinstated`));
  return (
    <>
      <button type="button" className="button" onClick={() => setAsked(true)} aria-label={`Reinstate ${name}`}>Reinstate…</button>
      {asked && <ChangeDialog title={`Reinstate ${name}?`} submit="Reinstate" onSubmit={reinstate} onClose={() => setAsked(false)} lead="Its notice is taken away." />}
    </>
  );
}
