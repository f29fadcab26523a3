import type { CapabilityEntry } from '@symphainy/client';
import { useId, useState, type FormEvent, type KeyboardEvent } from 'react';
import { useAccount } from '../account/account-context.js';
import { problemOf, type Problem } from '../platform/problem.js';
import { navigate } from '../routing/use-route.js';
import { counted } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { ProblemPanel } from '../ui/states.js';
import { PayloadForm } from './payload-form.js';
import type { FieldProblem, Payload } from './payload-schema.js';
import { dataReferences, isUploading, type Upload } from './uploads.js';
import { problemAtField, RAW_PATH, useDraft, type Draft } from './use-draft.js';
import { useReferences } from './use-references.js';

export function PayloadPanel({ capability, uploads, source }: { capability: CapabilityEntry; uploads: readonly Upload[]; source: string | undefined }) {
  const draft = useDraft(capability, uploads, source);
  const references = useReferences(uploads, source);
  const submission = useSubmission(capability, uploads, draft);
  const fieldProblems = [...submission.problems, ...problemAtField(draft, submission.refusal)];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void submission.submit();
  };
  return (
    <form className="panel submit-side" aria-labelledby="payload-heading" onSubmit={submit} onKeyDown={submitOnCommandEnter} noValidate>
      <div className="panel-head">
        <h2 id="payload-heading"><span className="ordinal">3</span>Payload</h2>
        <button type="button" className="link-button" aria-pressed={draft.raw !== undefined} onClick={draft.toggleRaw}>{draft.raw === undefined ? 'Edit as JSON' : 'Back to the form'}</button>
      </div>
      <p className="payload-for"><code>{capability.name}</code></p>
      {draft.raw === undefined ? <PayloadForm fields={draft.fields} values={draft.values} problems={fieldProblems} references={references} onChange={draft.setValue} /> : <RawPayload draft={draft} problems={fieldProblems} />}
      {submission.forEach !== undefined && <ForEachFile count={submission.forEach.count} checked={submission.forEach.chosen} onChange={submission.forEach.choose} />}
      {submission.refusal && <ProblemPanel problem={submission.refusal} title="This intent was not accepted" action={submission.refusal.executionId && <RouteLink to={{ page: 'execution', executionId: submission.refusal.executionId }} className="link-button">See what was recorded</RouteLink>} />}
      <div className="submit-action">
        <button type="submit" className="button button-primary button-wide" disabled={submission.busy || isUploading(uploads)}><Icon name="play" size={13} />{buttonText(submission.busy, isUploading(uploads))}</button>
      </div>
    </form>
  );
}

function buttonText(busy: boolean, uploading: boolean): string {
  if (uploading) return 'Waiting for the upload…';
  return busy ? 'Submitting…' : 'Submit';
}

function submitOnCommandEnter(event: KeyboardEvent<HTMLFormElement>): void {
  if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) event.currentTarget.requestSubmit();
}

function RawPayload({ draft, problems }: { draft: Draft; problems: readonly FieldProblem[] }) {
  const id = useId();
  const problem = problems.find((found) => found.path === RAW_PATH);
  return (
    <div className={problem ? 'field field-bad' : 'field'}>
      <label htmlFor={id}>Payload as JSON</label>
      <textarea id={id} className="mono" rows={14} spellCheck={false} value={draft.raw} aria-invalid={problem !== undefined} aria-describedby={`${id}-problem`} onChange={(event) => draft.setRaw(event.target.value)} />
      {problem && <p id={`${id}-problem`} className="field-problem" role="alert">{problem.message}</p>}
    </div>
  );
}

function ForEachFile({ count, checked, onChange }: { count: number; checked: boolean; onChange: (checked: boolean) => void }) {
  return <label className="check"><input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} /><span>Submit once for each of the {counted(count, 'data file')}</span></label>;
}

function useSubmission(capability: CapabilityEntry, uploads: readonly Upload[], draft: Draft) {
  const { platform, session } = useAccount();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Problem>();
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [each, setEach] = useState(true);
  const files = dataReferences(uploads);
  const splits = draft.raw === undefined && files.length > 1 && draft.fields.some((field) => field.path === 'source' && field.kind === 'reference');

  const submit = async (): Promise<void> => {
    const { payload, problems: found } = draft.read();
    setProblems(found);
    setRefusal(undefined);
    if (found.length > 0) return;
    setBusy(true);
    try {
      const executionIds: string[] = [];
      for (const one of splits && each ? perFile(payload, files) : [payload]) {
        executionIds.push((await platform.intents.submit({ intent_type: capability.name, session_id: session.session_id, payload: one })).execution_id);
      }
      navigate(executionIds.length === 1 && executionIds[0] !== undefined ? { page: 'execution', executionId: executionIds[0] } : { page: 'executions' });
    } catch (thrown) {
      setRefusal(problemOf(thrown));
      setBusy(false);
    }
  };
  return { busy, refusal, problems, submit, forEach: splits ? { count: files.length, chosen: each, choose: setEach } : undefined };
}

const perFile = (payload: Payload, files: readonly string[]): readonly Payload[] => files.map((source) => ({ ...payload, source }));
