import { useState } from 'react';
import { SearchField } from '../govern/search-field.js';
import { Icon } from '../ui/icon.js';
import type { DraftFile, FileState } from './policy-draft.js';
import type { Work } from './use-desk.js';

const states: Readonly<Record<FileState, string>> = { same: '', new: 'new', changed: 'changed', gone: 'removed' };

/** The files of the draft: policies with their tests beside them, the platform's own folded away. */
export function DeskFiles({ files, work, chosen, onChoose, onNew }: { files: readonly DraftFile[]; work: Work; chosen: string | undefined; onChoose: (name: string) => void; onNew: () => void }) {
  const [find, setFind] = useState('');
  const shown = files.filter(({ name }) => name.toLowerCase().includes(find.toLowerCase()));
  const [standing, own] = [shown.filter(isStanding), shown.filter((file) => !isStanding(file))];
  const row = (file: DraftFile) => <li key={file.name}><FileButton file={file} bad={work.problems.has(file.name) || work.refusal?.file === file.name} chosen={file.name === chosen} onChoose={onChoose} /></li>;
  return (
    <nav className="desk-files" aria-label="Files">
      <div className="desk-files-head"><SearchField label="Find a file" value={find} onChange={setFind} /><button type="button" className="icon-button icon-button-framed" onClick={onNew} aria-label="New policy" title="New policy"><Icon name="plus" size={14} /></button></div>
      <ul>{own.map(row)}</ul>
      {standing.length > 0 && <details className="disclosure" open={find !== '' || standing.some(({ name }) => name === chosen)}><summary><Icon name="chevron" size={11} />The platform’s own ({standing.length})</summary><ul>{standing.map(row)}</ul></details>}
    </nav>
  );
}

const isStanding = (file: DraftFile): boolean => file.kind === 'policy' && file.standing;

function FileButton({ file, bad, chosen, onChoose }: { file: DraftFile; bad: boolean; chosen: boolean; onChoose: (name: string) => void }) {
  return (
    <button type="button" className={`desk-file desk-file-${file.kind} desk-file-${file.state}`} aria-current={chosen ? 'true' : undefined} onClick={() => onChoose(file.name)} title={file.name}>
      <Icon name={file.kind === 'policy' ? 'shield' : 'check'} size={13} />
      <span>{file.name}</span>
      {bad && <em className="desk-file-bad">error</em>}
      {!bad && file.state !== 'same' && <em>{states[file.state]}</em>}
    </button>
  );
}
