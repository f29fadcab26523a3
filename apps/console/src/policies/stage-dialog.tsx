import { useState } from 'react';
import { useChange } from '../govern/change-desk.js';
import { ChangeDialog } from '../govern/change-dialog.js';
import { navigate } from '../routing/use-route.js';
import { TextField } from '../ui/field.js';
import { counted } from '../ui/format.js';
import type { DraftChange } from './policy-draft.js';

/** Makes the draft a candidate under an id: checked, tested, and not in force. */
export function StageDialog({ changes, onClose, onStaged }: { changes: readonly DraftChange[]; onClose: () => void; onStaged: () => void }) {
  const change = useChange();
  const [id, setId] = useState(() => idFrom(changes[0]?.file ?? ''));
  const [description, setDescription] = useState('');
  const stage = async (): Promise<void> => {
    const candidate_id = id.trim();
    await change('stage_bundle', { candidate_id, changes: changes.map((each) => each.change) as never, ...(description.trim() !== '' && { description: description.trim() }) }, `The candidate ${candidate_id} was staged`);
    onStaged();
    navigate({ page: 'candidate', candidateId: candidate_id });
  };
  return (
    <ChangeDialog title="Stage as a candidate" submit="Stage" busyText="Staging…" onSubmit={stage} onClose={onClose} lead={`${counted(changes.length, 'change')} become one candidate. Nothing is in force by it: it can be tried by auditors, promoted or discarded.`}>
      <TextField label="Candidate id" mono required value={id} note="Staging under an id that is taken replaces that candidate." onChange={setId} />
      <TextField label="What it is for" optional value={description} onChange={setDescription} />
    </ChangeDialog>
  );
}

const idFrom = (file: string): string => file.replace(/\.(cedar|tests\.yaml)$/, '').toLowerCase().replace(/[^a-z0-9_-]+/g, '-').replace(/^[^a-z0-9]+/, '').slice(0, 60);
