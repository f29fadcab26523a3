import type { Operated } from '@symphainy/client';
import { useState, type FormEvent } from 'react';
import { usePlatform } from '../account/account-context.js';
import { problemOf, type Problem } from '../platform/problem.js';
import { Dialog } from '../ui/dialog.js';
import { ChoiceField, JsonField, TextField } from '../ui/field.js';
import { readJson } from '../ui/json-text.js';
import { ProblemPanel } from '../ui/states.js';
import { explanationOf, operationTexts, perform, titleOf, type OperationAnswer, type OperationRequest } from './operation.model.js';

interface Props {
  readonly executionId: string;
  readonly request: OperationRequest;
  readonly onClose: () => void;
  readonly onDone: (request: OperationRequest, operated: Operated) => void;
}

interface Draft {
  readonly reason: string;
  readonly step: string;
  readonly signal: string;
  readonly data: string;
  readonly happened: '' | 'yes' | 'no';
}

/** Asks why, and whatever else the operation wants; a refusal is told here, with its code and what to do. */
export function OperationDialog(props: Props) {
  const { request, onClose } = props;
  const { destroys, needsReason } = operationTexts[request.operation];
  const { draft, edit, submit, busy, problem } = useOperation(props);
  const title = titleOf(request);
  return (
    <Dialog title={request.step === undefined ? title : `${title}: ${request.step}`} onClose={onClose}>
      <form onSubmit={submit}>
        <p className="dialog-lead">{explanationOf(request)}</p>
        <div className="field-group">
          <OperationFields request={request} draft={draft} edit={edit} />
          <TextField label="Reason" optional={needsReason !== true} required={needsReason} note="It is recorded with your name." value={draft.reason} onChange={(reason) => edit({ reason })} />
        </div>
        {problem && <ProblemPanel title="The platform refused" problem={problem} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>{destroys ? 'Leave it as it is' : 'Not now'}</button>
          <button type="submit" className={destroys || request.approved === false ? 'button button-danger' : 'button button-primary'} disabled={busy}>{busy ? 'Asking…' : title.replace('…', '')}</button>
        </div>
      </form>
    </Dialog>
  );
}

function OperationFields({ request, draft, edit }: { request: OperationRequest; draft: Draft; edit: (change: Partial<Draft>) => void }) {
  const { operation, steps } = request;
  return (
    <>
      {steps !== undefined && <ChoiceField label="Step" value={draft.step} options={steps.map((step) => [step, step])} onChange={(step) => edit({ step })} />}
      {operation === 'signal' && <TextField label="Signal" mono required value={draft.signal} onChange={(signal) => edit({ signal })} />}
      {operation === 'signal' && <JsonField label="Data" optional note="JSON; what the step completes with." value={draft.data} onChange={(data) => edit({ data })} />}
      {operation === 'resolve_effect' && <Happened draft={draft} edit={edit} />}
    </>
  );
}

function Happened({ draft, edit }: { draft: Draft; edit: (change: Partial<Draft>) => void }) {
  const options = [['yes', 'It happened: the step completes with this receipt'], ['no', 'It did not happen: the step is tried again']] as const;
  return (
    <>
      <fieldset className="choices">
        <legend>Did the effect happen?</legend>
        {options.map(([value, text]) => <label key={value} className="check"><input type="radio" name="happened" required checked={draft.happened === value} onChange={() => edit({ happened: value })} /><span>{text}</span></label>)}
      </fieldset>
      {draft.happened === 'yes' && <JsonField label="Receipt" optional note="JSON; what the outside system says of it." value={draft.data} onChange={(data) => edit({ data })} />}
    </>
  );
}

function useOperation({ executionId, request, onDone }: Props) {
  const platform = usePlatform();
  const [draft, setDraft] = useState<Draft>({ reason: '', step: request.steps?.[0] ?? '', signal: request.signal ?? '', data: '', happened: '' });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const ask = async (): Promise<void> => {
    const data = readJson(draft.data, 'data');
    if ('problem' in data) return setProblem(data.problem);
    setBusy(true);
    try {
      onDone(request, await perform(platform, executionId, request, answerOf(draft, data.value)));
    } catch (thrown) {
      setProblem(problemOf(thrown));
      setBusy(false);
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setProblem(undefined);
    void ask();
  };
  return { draft, busy, problem, submit, edit: (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change })) };
}

function answerOf({ reason, step, signal, happened }: Draft, data: OperationAnswer['data']): OperationAnswer {
  const why = reason.trim();
  return { step, signal, happened: happened === 'yes', ...(why !== '' && { reason: why }), ...(data !== undefined && { data }) };
}
