import type { ScheduleOrder } from '@symphainy/client';
import { useState, type FormEvent } from 'react';
import { usePlatform } from '../account/account-context.js';
import { problemOf, type Problem } from '../platform/problem.js';
import { useCapabilities } from '../platform/use-capabilities.js';
import { Dialog } from '../ui/dialog.js';
import { ChoiceField, JsonField, TextField } from '../ui/field.js';
import { ProblemPanel } from '../ui/states.js';
import { orderOf, type ScheduleDraft } from './schedule-order.js';

const missed: readonly (readonly [ScheduleDraft['missed'], string])[] = [['once', 'Fire once for all of them'], ['skip', 'Pass them over'], ['all', 'Fire for each, up to a hundred']];

export function ScheduleForm({ onClose }: { onClose: () => void }) {
  const { draft, edit, submit, busy, problem, intentTypes } = useScheduleDraft(onClose);
  return (
    <Dialog title="New schedule" onClose={onClose}>
      <form onSubmit={submit}>
        <div className="field-group">
          <div className="field-pair">
            <TextField label="Cron" mono required placeholder="0 6 * * 1-5" note="minute hour day month weekday; seconds may stand first" value={draft.cron} onChange={(cron) => edit({ cron })} />
            <TextField label="Time zone" required note="an IANA name" value={draft.timeZone} onChange={(timeZone) => edit({ timeZone })} />
          </div>
          <div className="field-pair">
            <TextField label="Submits as" required note="a service identity of this tenant" value={draft.as} onChange={(as) => edit({ as })} />
            <ChoiceField label="Firings that were missed" value={draft.missed} options={missed} onChange={(chosen) => edit({ missed: chosen as ScheduleDraft['missed'] })} />
          </div>
          <ChoiceField label="Intent type" value={draft.intentType} options={[['', '—'], ...intentTypes.map((name) => [name, name] as const)]} onChange={(intentType) => edit({ intentType })} />
          <JsonField label="Payload" optional note="JSON; checked at each firing." value={draft.payload} onChange={(payload) => edit({ payload })} />
          <TextField label="At most so many firings" optional value={draft.maxFirings} onChange={(maxFirings) => edit({ maxFirings })} />
        </div>
        {problem && <ProblemPanel title="The schedule was not created" problem={problem} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>Not now</button>
          <button type="submit" className="button button-primary" disabled={busy}>{busy ? 'Creating…' : 'Create'}</button>
        </div>
      </form>
    </Dialog>
  );
}

function useScheduleDraft(onClose: () => void) {
  const platform = usePlatform();
  const { value } = useCapabilities();
  const intentTypes = (value ?? []).map(({ name }) => name).filter((name) => !name.startsWith('runtime.')).toSorted();
  const [draft, setDraft] = useState<ScheduleDraft>({ cron: '', timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, as: '', missed: 'once', intentType: '', payload: '', maxFirings: '' });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const create = async (order: ScheduleOrder): Promise<void> => {
    setBusy(true);
    try {
      await platform.schedules.create(order);
      onClose();
    } catch (thrown) {
      setProblem(problemOf(thrown));
      setBusy(false);
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setProblem(undefined);
    const read = orderOf(draft);
    if ('problem' in read) setProblem(read.problem);
    else void create(read.order);
  };
  return { draft, busy, problem, submit, intentTypes, edit: (change: Partial<ScheduleDraft>) => setDraft((before) => ({ ...before, ...change })) };
}
