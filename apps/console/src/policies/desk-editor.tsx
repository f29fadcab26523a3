import type { CedarPolicy } from '@symphainy/contracts';
import { useId } from 'react';
import { Icon } from '../ui/icon.js';
import { CodeEditor, CodeView } from './code.js';
import { reverted, withoutPolicy, withPolicy, withTests, type Base, type Draft, type DraftFile } from './policy-draft.js';
import type { TextProblem } from './test-file.js';
import { roleNames, roleQuestions } from './verdict.js';

interface Props {
  readonly file: DraftFile;
  readonly base: Base;
  readonly problems: readonly TextProblem[];
  readonly edit: (change: (draft: Draft) => Draft) => void;
  /** Begins a file of tests for a policy. */
  readonly onTests: (of: string) => void;
  readonly hasTests: (of: string) => boolean;
  readonly onChoose: (name: string) => void;
}

/** One file, to be written or read. */
export function DeskEditor(props: Props) {
  const { file } = props;
  return (
    <section className="panel desk-editor" aria-label={file.name}>
      <div className="desk-editor-head">
        <h2>{file.name}</h2>
        <div className="actions"><FileActions {...props} /></div>
      </div>
      <FileBody {...props} />
    </section>
  );
}

function FileBody({ file, problems, edit }: Props) {
  if (file.kind === 'tests') return <CodeEditor label={`Tests, ${file.name}`} text={file.text} language="yaml" problems={problems} onChange={(text) => edit((draft) => withTests(draft, file.of, text))} />;
  const { policy, standing, state } = file;
  if (standing) return <><p className="desk-note">The platform’s own: it comes with the platform’s code and changes with it only.</p><CodeView text={policy.text} language="cedar" /></>;
  if (state === 'gone') return <><p className="desk-note">This draft removes the policy. Its tests stay until they are taken out of their file.</p><CodeView text={policy.text} language="cedar" /></>;
  return <CodeEditor label={`Cedar policy ${policy.id}`} text={policy.text} language="cedar" problems={problems} onChange={(text) => edit((draft) => withPolicy(draft, { ...policy, text }))} />;
}

function FileActions({ file, base, edit, onTests, hasTests, onChoose }: Props) {
  const revert = file.state === 'same' ? null : <button type="button" className="button" onClick={() => edit((draft) => reverted(draft, file))}>{file.state === 'new' ? 'Drop' : 'Revert'}</button>;
  if (file.kind === 'tests') return revert;
  if (file.standing) return null;
  const { policy } = file;
  return (
    <>
      {file.state !== 'gone' && <RoleChoice role={policy.role} onChange={(role) => edit((draft) => withPolicy(draft, { ...policy, role }))} />}
      <button type="button" className="button" onClick={() => (hasTests(policy.id) ? onChoose(`${policy.id}.tests.yaml`) : onTests(policy.id))}>{hasTests(policy.id) ? 'Its tests' : 'Add tests'}</button>
      {revert}
      {file.state !== 'gone' && file.state !== 'new' && <button type="button" className="button" onClick={() => edit((draft) => withoutPolicy(draft, base, policy.id))}>Remove</button>}
    </>
  );
}

function RoleChoice({ role, onChange }: { role: CedarPolicy['role']; onChange: (role: CedarPolicy['role']) => void }) {
  const id = useId();
  return (
    <span className="select">
      <label htmlFor={id} className="visually-hidden">Role that judges by it</label>
      <select id={id} value={role} onChange={(event) => onChange(event.target.value as CedarPolicy['role'])}>
        {(Object.keys(roleNames) as CedarPolicy['role'][]).map((name) => <option key={name} value={name}>{roleNames[name]}: {roleQuestions[name]}</option>)}
      </select>
      <Icon name="down" size={12} />
    </span>
  );
}
