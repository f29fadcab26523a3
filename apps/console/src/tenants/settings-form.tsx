import type { Json, Tenant } from '@symphainy/contracts';
import { useState, type FormEvent } from 'react';
import { useChange } from '../govern/change-desk.js';
import { problemOf, type Problem } from '../platform/problem.js';
import { TextField } from '../ui/field.js';
import { ProblemPanel } from '../ui/states.js';
import { changeOf, draftOf, numbers, positions, switches, trafficInWords, type SettingsDraft } from './tenant-switches.js';

/** Switches, limits and name of a tenant; one change for all that was touched. */
export function SettingsForm({ tenant, mayChange }: { tenant: Tenant; mayChange: boolean }) {
  const { draft, edit, save, reset, busy, problem, touched } = useSettings(tenant);
  return (
    <form onSubmit={save} className="execution-main">
      <fieldset className="settings" disabled={!mayChange}>
        <section className="panel">
          <div className="panel-head"><h2>Switches</h2></div>
          {switches.map((each) => <SwitchRow key={each.name} row={each} draft={draft} edit={edit} />)}
        </section>
        <section className="panel">
          <div className="panel-head"><h2>Limits</h2><span className="panel-note">empty: as the runtimes’ environment says</span></div>
          <div className="settings-numbers">{numbers.map(({ name, title, note }) => <TextField key={name} label={title} mono value={draft.numbers[name]} note={note} onChange={(typed) => edit({ numbers: { ...draft.numbers, [name]: typed } })} />)}</div>
          <TextField label="Name" value={draft.name} onChange={(name) => edit({ name })} />
          {tenant.traffic && <p className="panel-empty">{trafficInWords(tenant.traffic)}</p>}
        </section>
      </fieldset>
      {problem && <ProblemPanel problem={problem} title="The settings were not changed" />}
      {touched && <div className="desk-bar"><p><strong>Not saved yet</strong></p><div className="actions"><button type="button" className="button" onClick={reset}>Undo</button><button type="submit" className="button button-primary" disabled={busy}>{busy ? 'Until every runtime holds it…' : 'Save settings'}</button></div></div>}
    </form>
  );
}

function SwitchRow({ row: { name, title, says }, draft, edit }: { row: (typeof switches)[number]; draft: SettingsDraft; edit: (change: Partial<SettingsDraft>) => void }) {
  const at = draft.switches[name];
  return (
    <div className="switch-row">
      <div><h3>{title}</h3><p>{says[at]}</p></div>
      <fieldset className="segments">
        <legend className="visually-hidden">{title}</legend>
        {positions.map((position) => <label key={position} className="segment"><input type="radio" name={name} checked={at === position} onChange={() => edit({ switches: { ...draft.switches, [name]: position } })} /><span>{position}</span></label>)}
      </fieldset>
    </div>
  );
}

function useSettings(tenant: Tenant) {
  const change = useChange();
  const [draft, setDraft] = useState(() => draftOf(tenant));
  const [state, setState] = useState<{ busy: boolean; problem?: Problem }>({ busy: false });
  const touched = JSON.stringify(draft) !== JSON.stringify(draftOf(tenant));
  const save = (event: FormEvent): void => {
    event.preventDefault();
    const asked = changeOf(tenant, draft);
    if ('wrong' in asked) return setState({ busy: false, problem: { code: 'console.not_a_number', message: asked.message, field: asked.wrong, fix: 'Write a number of 0 or more' } });
    setState({ busy: true });
    change('update_tenant', { tenant_id: tenant.tenant_id, ...(asked.change as { [key: string]: Json }) }, `The settings of ${tenant.name} were changed`).then(
      () => setState({ busy: false }),
      (thrown: unknown) => setState({ busy: false, problem: problemOf(thrown) }),
    );
  };
  return { draft, ...state, touched, save, reset: () => setDraft(draftOf(tenant)), edit: (part: Partial<SettingsDraft>) => setDraft((before) => ({ ...before, ...part })) };
}
