import type { ReplayMode, ReplayReport } from '@symphainy/contracts';
import { useState } from 'react';
import { usePlatform } from '../account/account-context.js';
import { problemOf, type Problem } from '../platform/problem.js';
import { saveFile } from '../platform/save-file.js';
import { ChoiceField } from '../ui/field.js';
import { Icon } from '../ui/icon.js';
import { ProblemPanel } from '../ui/states.js';
import { Panel } from './panel.js';
import { ReplayResult } from './replay-result.js';

const modes: readonly (readonly [ReplayMode, string])[] = [
  ['state_only', 'State only: fold the log again and compare'],
  ['full', 'Full: run deterministic steps again and compare'],
  ['events_only', 'Events only: read the records in order'],
];

/** What convinces somebody who trusts nobody: the evidence to take away, and the record replayed. */
export function EvidencePanel({ executionId }: { executionId: string }) {
  const platform = usePlatform();
  const [mode, setMode] = useState<ReplayMode>('state_only');
  const [objects, setObjects] = useState(false);
  const [report, setReport] = useState<ReplayReport>();
  const task = useTask();
  const replay = async (): Promise<void> => setReport(await platform.executions.replay(executionId, mode));
  const download = async (): Promise<void> => saveFile(`evidence-${executionId}.json`, JSON.stringify(await platform.evidence.ofExecution(executionId, { objects })));
  return (
    <Panel title="Evidence and replay">
      <div className="evidence">
        <div className="evidence-row">
          <button type="button" className="button" disabled={task.busy !== undefined} onClick={() => task.run('evidence', download)}><Icon name="download" size={14} />{task.busy === 'evidence' ? 'Sealing…' : 'Download evidence'}</button>
          <label className="check"><input type="checkbox" checked={objects} onChange={(event) => setObjects(event.target.checked)} /><span>With the bytes of its artifacts</span></label>
        </div>
        <p className="field-note">Records, policy, proofs and signed roots. <code>symphainy-verify</code> checks it offline.</p>
        <div className="evidence-row evidence-replay">
          <ChoiceField label="Replay" value={mode} options={modes} onChange={(chosen) => setMode(chosen as ReplayMode)} />
          <button type="button" className="button" disabled={task.busy !== undefined} onClick={() => task.run('replay', replay)}><Icon name="refresh" size={14} />{task.busy === 'replay' ? 'Replaying…' : 'Run the replay'}</button>
        </div>
        <div role="status">{task.problem === undefined && report && <ReplayResult report={report} />}</div>
        {task.problem && <ProblemPanel problem={task.problem} />}
      </div>
    </Panel>
  );
}

/** One thing at a time, and what went wrong with it. */
function useTask() {
  const [busy, setBusy] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const run = (name: string, work: () => Promise<void>): void => {
    setBusy(name);
    setProblem(undefined);
    void work().catch((thrown: unknown) => setProblem(problemOf(thrown))).finally(() => setBusy(undefined));
  };
  return { busy, problem, run };
}
