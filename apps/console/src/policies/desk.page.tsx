import { useState } from 'react';
import { useAccount } from '../account/account-context.js';
import { ReadingProblem } from '../govern/reading-problem.js';
import { SectionHead } from '../govern/section-nav.js';
import { counted } from '../ui/format.js';
import { Skeleton } from '../ui/states.js';
import { DeskEditor } from './desk-editor.js';
import { DeskFiles } from './desk-files.js';
import { NewPolicyDialog } from './new-policy-dialog.js';
import { emptyDraft, filesOf, withPolicy, withTests, type Base, type Draft } from './policy-draft.js';
import { policyLinks } from './policy-links.js';
import { StageDialog } from './stage-dialog.js';
import { newTest } from './test-file.js';
import { TrialResult } from './trial-result.js';
import { useBase, useDraft, useWork } from './use-desk.js';
import { WhatIf } from './what-if.js';

export function DeskPage({ policy }: { policy: string | undefined }) {
  const { value, problem } = useBase();
  return (
    <div className="page page-wide">
      <SectionHead title="Policy desk" lead="Write policies and their tests side by side. Every test runs as you write; nothing is in force before it is staged and promoted." links={policyLinks('policy-desk')} />
      {problem && <ReadingProblem problem={problem} what="Policies" />}
      {value === undefined ? problem === undefined && <Skeleton rows={8} label="Loading policies" /> : <Desk base={value} policy={policy} />}
    </div>
  );
}

function Desk({ base, policy }: { base: Base; policy: string | undefined }) {
  const [draft, edit] = useDraft();
  const [chosen, setChosen] = useState<string | undefined>(policy === undefined ? undefined : `${policy}.cedar`);
  const [dialog, setDialog] = useState<'new' | 'stage'>();
  const work = useWork(base, draft);
  const files = filesOf(base, draft);
  const file = files.find(({ name }) => name === chosen) ?? files.find(({ state }) => state !== 'same') ?? files.find((each) => each.kind === 'policy' && !each.standing) ?? files[0];
  const addTests = (of: string): void => {
    edit((before) => withTests(before, of, newTest(of === 'general' ? '' : of, tenantIn(base, of))));
    setChosen(`${of}.tests.yaml`);
  };
  return (
    <>
      <DeskBar draft={draft} changes={work.changes.length} sound={isSound(work)} onStage={() => setDialog('stage')} onDiscard={() => edit(() => emptyDraft)} />
      <div className="desk">
        <DeskFiles files={files} work={work} chosen={file?.name} onChoose={setChosen} onNew={() => setDialog('new')} />
        <div className="desk-main">
          {file && <DeskEditor key={file.name} file={file} base={base} problems={work.problems.get(file.name) ?? []} edit={edit} onTests={addTests} hasTests={(of) => files.some((each) => each.name === `${of}.tests.yaml`)} onChoose={setChosen} />}
          <WhatIf title="What would this draft flip?" candidate={candidateOf(work)} ready={isSound(work) && work.changes.length > 0} />
        </div>
        <TrialResult work={work} onChoose={setChosen} />
      </div>
      {dialog === 'new' && <NewPolicyDialog taken={files.flatMap((each) => (each.kind === 'policy' ? [each.policy.id] : []))} onClose={() => setDialog(undefined)} onCreate={(created) => { edit((before) => withPolicy(before, created)); setChosen(`${created.id}.cedar`); }} />}
      {dialog === 'stage' && <StageDialog changes={work.changes} onClose={() => setDialog(undefined)} onStaged={() => edit(() => emptyDraft)} />}
    </>
  );
}

type Work = ReturnType<typeof useWork>;

const isSound = ({ problems, refusal, trial }: Work): boolean => problems.size === 0 && refusal === undefined && trial !== undefined;
const tenantIn = (base: Base, of: string): string => /Tenant::"([^"]+)"/.exec(base.policies.find(({ id }) => id === of)?.text ?? '')?.[1] ?? 'acme';

/** What the draft changes of policies alone, as a candidate that nobody staged. */
function candidateOf({ changes }: Work) {
  const ofPolicies = changes.filter(({ change }) => change.list === 'policies').map(({ change }) => change);
  return { put: ofPolicies.flatMap(({ put }) => (put === undefined ? [] : [put as never])), remove: ofPolicies.flatMap(({ remove }) => (remove === undefined ? [] : [remove])) };
}

function DeskBar({ changes, sound, onStage, onDiscard }: { draft: Draft; changes: number; sound: boolean; onStage: () => void; onDiscard: () => void }) {
  const { me } = useAccount();
  const [sure, setSure] = useState(false);
  if (changes === 0) return <p className="desk-bar desk-bar-quiet">Nothing differs from the bundle in force. Choose a policy on the left, or write a new one.</p>;
  return (
    <div className="desk-bar" role="group" aria-label="The draft">
      <p><strong>{counted(changes, 'change')}</strong> <span className="quiet">kept in this tab until it is staged or discarded</span></p>
      <div className="actions">
        {sure ? <><span>Discard all of it?</span><button type="button" className="button" onClick={() => setSure(false)}>Keep it</button><button type="button" className="button button-danger" onClick={() => { setSure(false); onDiscard(); }}>Discard</button></> : <button type="button" className="button" onClick={() => setSure(true)}>Discard draft</button>}
        {me.tenant_id === 'platform' ? <button type="button" className="button button-primary" disabled={!sound} onClick={onStage}>Stage…</button> : <span className="quiet">Candidates are staged by the platform’s administrators.</span>}
      </div>
    </div>
  );
}
