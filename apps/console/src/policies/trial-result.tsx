import type { TestOutcome } from '@symphainy/contracts';
import { counted } from '../ui/format.js';
import { StatusMark } from '../ui/status.js';
import { Icon } from '../ui/icon.js';
import { ProblemPanel } from '../ui/states.js';
import type { Work } from './use-desk.js';

/** How the draft stands: what is wrong with it, what its policies say, and every test. */
export function TrialResult({ work, onChoose }: { work: Work; onChoose: (file: string) => void }) {
  const { trial, refusal, problems, trying } = work;
  const count = [...problems.values()].flat().length;
  return (
    <aside className="desk-result" aria-label="Result" aria-busy={trying}>
      {refusal && <><ProblemPanel problem={refusal} title="The draft cannot stand" action={refusal.file === undefined ? undefined : <button type="button" className="link-button" onClick={() => onChoose(refusal.file ?? '')}>Go to {refusal.file}</button>} /></>}
      {count > 0 && <section className="panel panel-bad"><h2>{counted(count, 'error')}</h2><ul className="desk-errors">{[...problems].map(([file, found]) => <li key={file}><button type="button" className="link-button" onClick={() => onChoose(file)}>{file}</button> <span className="quiet">line {found[0]?.line}</span></li>)}</ul><p className="panel-empty">Tests run once it is mended.</p></section>}
      {trial && trial.policies.length > 0 && <section className="panel"><h2>What it says</h2><ul className="desk-words">{trial.policies.map(({ id, words }) => <li key={id}><code>{id}</code>{words}</li>)}</ul></section>}
      {trial && count === 0 && <TestList tests={trial.tests} />}
      <p className="desk-trying" role="status">{trying ? 'Trying…' : ''}</p>
    </aside>
  );
}

/** Failing tests first, each with what was expected and what decided. */
export function TestList({ tests }: { tests: readonly TestOutcome[] }) {
  const failed = tests.filter(({ passed }) => !passed);
  return (
    <section className="panel tests" aria-label="Policy tests">
      <div className="panel-head">
        <h2>Policy tests</h2>
        {tests.length > 0 && <span className={failed.length === 0 ? 'badge badge-good' : 'badge badge-bad'}>{failed.length === 0 ? `all ${tests.length} pass` : `${failed.length} of ${tests.length} fail`}</span>}
      </div>
      {tests.length === 0 && <p className="panel-empty">There are no tests yet. A candidate is promoted only while every test holds: write what must not change.</p>}
      <ul className="test-list">{[...failed, ...tests.filter(({ passed }) => passed)].map((test) => <TestItem key={test.name} test={test} />)}</ul>
    </section>
  );
}

function TestItem({ test: { name, passed, expected, found, policies } }: { test: TestOutcome }) {
  return (
    <li className={passed ? 'test test-passed' : 'test test-failed'}>
      <StatusMark status={passed ? 'completed' : 'failed'} size={15} />
      <div>
        <p className="test-name">{name}<span className="visually-hidden">{passed ? ' passes' : ' fails'}</span></p>
        {passed ? <p className="test-policies">{expected.startsWith('permit') ? 'permitted' : 'denied'} by {policies.length === 0 ? 'default' : policies.map((id) => <code key={id}>{id}</code>)}</p> : <dl className="test-facts"><div><dt>expected</dt><dd>{expected}</dd></div><div><dt>found</dt><dd>{found}</dd></div></dl>}
      </div>
      {!passed && <Icon name="alert" size={14} />}
    </li>
  );
}
