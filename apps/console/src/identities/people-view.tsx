import type { Identity } from '@symphainy/contracts';
import { useState } from 'react';
import { useChange } from '../govern/change-desk.js';
import { ChangeDialog } from '../govern/change-dialog.js';
import { ReadingProblem } from '../govern/reading-problem.js';
import { useList } from '../govern/read-list.js';
import { SearchField } from '../govern/search-field.js';
import { ChoiceField, TextField } from '../ui/field.js';
import { Icon } from '../ui/icon.js';
import { EmptyState, Skeleton } from '../ui/states.js';
import { wordsIn } from './words.js';

export function PeopleView({ tenant }: { tenant: string }) {
  const { value, problem } = useList<Identity>('identities');
  const [find, setFind] = useState('');
  const [asked, setAsked] = useState<'new' | Identity>();
  const people = (value?.entries ?? []).filter((identity) => identity.tenant_id === tenant);
  const shown = people.filter(({ user_id, roles }) => [user_id, ...roles].join(' ').toLowerCase().includes(find.toLowerCase()));
  if (problem) return <ReadingProblem problem={problem} what="Identities" />;
  if (value === undefined) return <Skeleton rows={5} label="Loading identities" />;
  return (
    <>
      <div className="filters"><SearchField label="Find a name or role" value={find} onChange={setFind} /><button type="button" className="button" onClick={() => setAsked('new')}><Icon name="plus" size={14} />Add an identity</button></div>
      {people.length === 0 && <EmptyState icon="key" title={`Nobody of ${tenant} is registered`}>Add people and services with their roles; or trust an issuer, whose tokens bring both.</EmptyState>}
      {people.length > 0 && shown.length === 0 && <EmptyState icon="search" title="Nobody matches">No identity of {tenant} has this in its name or roles.</EmptyState>}
      {shown.length > 0 && <PeopleTable people={shown} onEdit={setAsked} />}
      {asked && <IdentityDialog tenant={tenant} present={asked === 'new' ? undefined : asked} onClose={() => setAsked(undefined)} />}
    </>
  );
}

function PeopleTable({ people, onEdit }: { people: readonly Identity[]; onEdit: (identity: Identity) => void }) {
  return (
    <div className="table-frame">
      <table className="executions govern-table">
        <thead><tr><th scope="col">Identity</th><th scope="col">Roles</th><th scope="col">Status</th><th scope="col"><span className="visually-hidden">Change</span></th></tr></thead>
        <tbody>
          {people.map((identity) => (
            <tr key={identity.user_id} className="execution-row">
              <td className="execution-cell"><span className="strong">{identity.user_id}</span><span className="execution-sub">{identity.kind}</span></td>
              <td data-label="Roles">{identity.roles.length === 0 ? <span className="quiet">none</span> : <span className="chips">{identity.roles.map((role) => <code key={role} className="chip">{role}</code>)}</span>}</td>
              <td data-label="Status"><span className={`status-pill status-pill-plain ${identity.status === 'active' ? 'tone-completed' : 'tone-cancelled'}`}>{identity.status === 'active' ? 'Active' : 'Disabled'}</span></td>
              <td className="cell-actions"><button type="button" className="button" onClick={() => onEdit(identity)} aria-label={`Change ${identity.user_id}`}>Change</button></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function IdentityDialog({ tenant, present, onClose }: { tenant: string; present: Identity | undefined; onClose: () => void }) {
  const change = useChange();
  const [user, setUser] = useState(present?.user_id ?? '');
  const [kind, setKind] = useState<string>(present?.kind ?? 'person');
  const [roles, setRoles] = useState(present?.roles.join(', ') ?? '');
  const [status, setStatus] = useState<string>(present?.status ?? 'active');
  const save = async (): Promise<void> => {
    await change('register_identity', { tenant_id: tenant, user_id: user.trim(), kind, roles: wordsIn(roles), status, ...(present?.attributes && { attributes: present.attributes }) }, present === undefined ? `${user.trim()} was added` : `${user.trim()} was changed`);
  };
  return (
    <ChangeDialog title={present === undefined ? `Add an identity to ${tenant}` : `Change ${present.user_id}`} submit={present === undefined ? 'Add' : 'Save'} busyText="Until every runtime holds it…" onSubmit={save} onClose={onClose} lead="Roles in the bundle count whatever a token says. Who is disabled starts nothing, and none of its keys opens anything.">
      {present === undefined && <TextField label="User id" mono required value={user} onChange={setUser} />}
      <ChoiceField label="Kind" value={kind} options={[['person', 'Person'], ['service', 'Service']]} onChange={setKind} />
      <TextField label="Roles" mono optional value={roles} placeholder="builder, operator" note="Names that policies speak of, with commas between." onChange={setRoles} />
      {present !== undefined && <ChoiceField label="Status" value={status} options={[['active', 'Active'], ['disabled', 'Disabled: starts nothing, and its keys open nothing']]} onChange={setStatus} />}
    </ChangeDialog>
  );
}
