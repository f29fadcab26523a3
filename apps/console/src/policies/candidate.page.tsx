import type { Candidate, PolicyTrial } from '@symphainy/contracts';
import type { Client } from '@symphainy/client';
import { useCallback, useState } from 'react';
import { usePlatform } from '../account/account-context.js';
import { useChange, useChangeCount } from '../govern/change-desk.js';
import { ChangeDialog } from '../govern/change-dialog.js';
import { ReadingProblem } from '../govern/reading-problem.js';
import { readList } from '../govern/read-list.js';
import { SectionHead } from '../govern/section-nav.js';
import { useLoad } from '../platform/use-load.js';
import { navigate } from '../routing/use-route.js';
import { TextField } from '../ui/field.js';
import { counted } from '../ui/format.js';
import { Skeleton } from '../ui/states.js';
import { entriesOfChanges, type Lists } from './changed-entries.js';
import { policyLinks } from './policy-links.js';
import { readChangeable } from './read-changeable.js';
import { SideBySide } from './side-by-side.js';
import { TestList } from './trial-result.js';
import { WhatIf } from './what-if.js';

interface Loaded {
  readonly candidate: Candidate | undefined;
  readonly lists: Lists;
  readonly version: number;
  readonly trial?: PolicyTrial;
}

/** A staged candidate: its tests, what it differs in, what it would flip; promoted or discarded from here. */
export function CandidatePage({ candidateId }: { candidateId: string }) {
  const platform = usePlatform();
  const { value, problem } = useLoad(useCallback(() => load(platform, candidateId), [platform, candidateId]), { again: useChangeCount() });
  return (
    <div className="page page-wide">
      <SectionHead title={candidateId} lead={<Lead loaded={value} />} links={policyLinks('candidate')} action={value?.candidate && <Actions candidate={value.candidate} trial={value.trial} />} />
      {problem && <ReadingProblem problem={problem} what="Candidates" />}
      {value === undefined && problem === undefined && <Skeleton rows={8} label="Loading the candidate" />}
      {value?.candidate && <Shown candidate={value.candidate} loaded={value} />}
      {(value !== undefined || problem !== undefined) && <WhatIf title="What would it flip?" candidate={{ candidate_id: candidateId }} ready />}
    </div>
  );
}

function Lead({ loaded }: { loaded: Loaded | undefined }) {
  if (loaded === undefined) return 'A candidate bundle.';
  const { candidate } = loaded;
  if (candidate === undefined) return 'What this candidate says is not shown to you, or it is staged no more. Whether it would decide intents of your tenant otherwise can be asked below.';
  return <>{candidate.description && <>{candidate.description}. </>}Staged by {candidate.staged_by} upon bundle v{candidate.base.version}; in force is v{loaded.version}.</>;
}

async function load(platform: Client, candidateId: string): Promise<Loaded> {
  const { entries, bundle } = await readList<Candidate>(platform, 'candidates');
  const candidate = entries.find((each) => each.candidate_id === candidateId);
  if (candidate === undefined) return { candidate, lists: {}, version: bundle.version };
  const [lists, trial] = await Promise.all([readChangeable(platform), platform.policies.try({ candidate_id: candidateId })]);
  return { candidate, lists, version: bundle.version, trial };
}

function Shown({ candidate, loaded: { lists, version, trial } }: { candidate: Candidate; loaded: Loaded }) {
  const entries = entriesOfChanges(candidate.changes, lists);
  return (
    <div className="candidate">
      <div className="candidate-main">
        <h2 className="govern-group-head">What it changes<span>{entries.length}</span></h2>
        <SideBySide entries={entries} before={`In force, v${version}`} after="Candidate" />
      </div>
      <div className="candidate-side">
        {trial && trial.policies.length > 0 && <section className="panel"><h2>What it says</h2><ul className="desk-words">{trial.policies.map(({ id, words }) => <li key={id}><code>{id}</code>{words}</li>)}</ul></section>}
        {trial && <TestList tests={trial.tests} />}
      </div>
    </div>
  );
}

function Actions({ candidate, trial }: { candidate: Candidate; trial: PolicyTrial | undefined }) {
  const [asked, setAsked] = useState<'promote' | 'discard'>();
  const failing = trial?.tests.filter(({ passed }) => !passed).length ?? 0;
  return (
    <>
      <button type="button" className="button" onClick={() => setAsked('discard')}>Discard…</button>
      <button type="button" className="button button-primary" onClick={() => setAsked('promote')}>Promote…</button>
      {asked === 'promote' && <PromoteDialog candidate={candidate} failing={failing} onClose={() => setAsked(undefined)} />}
      {asked === 'discard' && <DiscardDialog candidateId={candidate.candidate_id} onClose={() => setAsked(undefined)} />}
    </>
  );
}

function PromoteDialog({ candidate: { candidate_id, changes }, failing, onClose }: { candidate: Candidate; failing: number; onClose: () => void }) {
  const change = useChange();
  const [reason, setReason] = useState('');
  const promote = async (): Promise<void> => {
    await change('promote_bundle', { candidate_id, ...(reason.trim() !== '' && { reason: reason.trim() }) }, `${candidate_id} was promoted`);
    navigate({ page: 'versions' });
  };
  return (
    <ChangeDialog title={`Promote ${candidate_id}?`} submit="Promote" busyText="Until every runtime holds it…" onSubmit={promote} onClose={onClose} lead={<>{counted(changes.length, 'change')} come into force at every runtime in one bundle version. What runs goes on under the bundle it began with. {failing > 0 && <strong className="inline-problem">{counted(failing, 'test')} would fail: the platform will refuse.</strong>}</>}>
      <TextField label="Why" optional note="An auditor will read it beside your name." value={reason} onChange={setReason} />
    </ChangeDialog>
  );
}

function DiscardDialog({ candidateId, onClose }: { candidateId: string; onClose: () => void }) {
  const change = useChange();
  const discard = async (): Promise<void> => {
    await change('discard_candidate', { candidate_id: candidateId }, `The candidate ${candidateId} was discarded`);
    navigate({ page: 'candidates' });
  };
  return <ChangeDialog title={`Discard ${candidateId}?`} submit="Discard it" destroys onSubmit={discard} onClose={onClose} lead="The candidate is taken away. What is in force stays as it is; its record stays too." />;
}

