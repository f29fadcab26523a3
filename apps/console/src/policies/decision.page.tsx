import type { PolicyExplanation, RecordedExplanation } from '@symphainy/contracts';
import { useCallback, useState, type FormEvent } from 'react';
import { usePlatform } from '../account/account-context.js';
import { SectionHead } from '../govern/section-nav.js';
import { problemOf, type Problem } from '../platform/problem.js';
import { useCapabilities } from '../platform/use-capabilities.js';
import { useLoad } from '../platform/use-load.js';
import { navigate } from '../routing/use-route.js';
import { ChoiceField, TextField } from '../ui/field.js';
import { shortId } from '../ui/format.js';
import { RouteLink } from '../ui/route-link.js';
import { ProblemPanel, Skeleton } from '../ui/states.js';
import { Explanation } from './explanation.js';
import { policyLinks } from './policy-links.js';

export function DecisionPage({ executionId }: { executionId: string | undefined }) {
  return (
    <div className="page">
      <SectionHead title="Explain a decision" lead="Which policies decide, and on what: of an intent that was recorded, or of one that nobody submitted." links={policyLinks('decision')} />
      <div className="decision">
        <div className="decision-ask"><RecordedForm executionId={executionId} /><Hypothesis key={executionId ?? ''} /></div>
        <div className="decision-answer">{executionId !== undefined && <Recorded executionId={executionId} />}</div>
      </div>
    </div>
  );
}

function RecordedForm({ executionId }: { executionId: string | undefined }) {
  const [id, setId] = useState(executionId ?? '');
  const open = (event: FormEvent): void => {
    event.preventDefault();
    navigate({ page: 'decision', executionId: id.trim() });
  };
  return (
    <form className="panel field-group" onSubmit={open} aria-label="A recorded decision">
      <h2>Why was it decided so?</h2>
      <TextField label="Execution" mono required value={id} onChange={setId} />
      <div><button type="submit" className="button">Explain the record</button></div>
    </form>
  );
}

function Recorded({ executionId }: { executionId: string }) {
  const platform = usePlatform();
  const { value, problem } = useLoad(useCallback(() => platform.policies.explainRecorded(executionId), [platform, executionId]));
  if (problem) return <ProblemPanel problem={problem} title="The decision could not be explained" />;
  return value === undefined ? <Skeleton rows={6} label="Deciding again" /> : <RecordedAnswer value={value} />;
}

function RecordedAnswer({ value: { execution_id, explanation, reproduced, error } }: { value: RecordedExplanation }) {
  return (
    <>
      <p className="decision-about">The decision on <RouteLink to={{ page: 'execution', executionId: execution_id }} className="link">{shortId(execution_id)}</RouteLink>, made again under its own bundle. {reproduced === true && <span className="badge badge-good">It came out as recorded.</span>}{reproduced === false && <span className="badge badge-bad">It did not come out as recorded.</span>}</p>
      {error && <ProblemPanel problem={error} title="The intent was refused" />}
      {explanation ? <Explanation explanation={explanation} /> : <p className="panel-empty">Policy was never asked: it was refused before.</p>}
    </>
  );
}

interface Draft {
  readonly intentType: string;
  readonly user: string;
  readonly action: string;
  readonly classifications: string;
  readonly ownTargets: boolean;
  readonly granted: boolean;
}

function Hypothesis() {
  const { draft, edit, ask, busy, problem, answer, intentTypes } = useHypothesis();
  return (
    <>
      <form className="panel field-group" onSubmit={ask} aria-label="A request that nobody made">
        <h2>What if somebody asked?</h2>
        <ChoiceField label="Intent" value={draft.intentType} options={[['', 'Choose an intent'], ...intentTypes.map((name) => [name, name] as const)]} onChange={(intentType) => edit({ intentType })} />
        <ChoiceField label="To" value={draft.action} options={[['submit', 'Submit it'], ['replay', 'Replay an execution of it'], ['hydrate', 'Read what an execution of it made']]} onChange={(action) => edit({ action })} />
        <TextField label="Who" optional mono value={draft.user} note="A user of your tenant; empty: you." onChange={(user) => edit({ user })} />
        <TextField label="Classified as" optional mono value={draft.classifications} placeholder="pii, restricted" onChange={(classifications) => edit({ classifications })} />
        <label className="check"><input type="checkbox" checked={draft.ownTargets} onChange={(event) => edit({ ownTargets: event.target.checked })} /><span>Executions that are named are the caller’s own</span></label>
        <label className="check"><input type="checkbox" checked={draft.granted} onChange={(event) => edit({ granted: event.target.checked })} /><span>A grant covers it</span></label>
        <div><button type="submit" className="button" disabled={busy || draft.intentType === ''}>{busy ? 'Asking…' : 'Explain'}</button></div>
        {problem && <ProblemPanel problem={problem} title="It could not be asked" />}
      </form>
      {answer && <div className="decision-hypothesis"><Explanation explanation={answer} /></div>}
    </>
  );
}

function useHypothesis() {
  const platform = usePlatform();
  const { value } = useCapabilities();
  const intentTypes = (value ?? []).map(({ name }) => name).toSorted();
  const [draft, setDraft] = useState<Draft>({ intentType: '', user: '', action: 'submit', classifications: '', ownTargets: true, granted: false });
  const [state, setState] = useState<{ busy: boolean; problem?: Problem; answer?: PolicyExplanation }>({ busy: false });
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    setState({ busy: true });
    const classifications = draft.classifications.split(/[\s,]+/).filter((word) => word !== '');
    const user = draft.user.trim();
    platform.policies.explain({ intent_type: draft.intentType, action: draft.action as 'submit', classifications, own_targets: draft.ownTargets, granted: draft.granted, ...(user !== '' && { user_id: user }) }).then(
      (answer) => setState({ busy: false, answer }),
      (thrown: unknown) => setState({ busy: false, problem: problemOf(thrown) }),
    );
  };
  return { draft, ...state, ask, intentTypes, edit: (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change })) };
}

