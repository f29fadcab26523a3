import { useState, type FormEvent, type ReactNode } from 'react';
import { problemOf, type Problem } from '../platform/problem.js';
import { Dialog } from '../ui/dialog.js';
import { ProblemPanel } from '../ui/states.js';

interface Props {
  readonly title: string;
  readonly lead?: ReactNode;
  /** What the button says, and says while it works. */
  readonly submit: string;
  readonly busyText?: string;
  /** It takes something away for good, or from somebody. */
  readonly destroys?: boolean;
  readonly children?: ReactNode;
  /** Does it; what it throws is shown, and the dialog stays. A problem can be given back too; `stay`: something else takes the dialog's place. */
  readonly onSubmit: () => Promise<Problem | 'stay' | undefined | void>;
  readonly onClose: () => void;
}

/** Asks for a change of governance; a refusal is told here, with its code, its field and what to do. Closes when it is done. */
export function ChangeDialog({ title, lead, submit, busyText = 'Asking…', destroys = false, children, onSubmit, onClose }: Props) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const run = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    const refused = await onSubmit().catch((thrown: unknown) => problemOf(thrown));
    if (!refused) return onClose();
    if (refused === 'stay') return;
    setProblem(refused);
    setBusy(false);
  };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void run();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={send}>
        {lead && <p className="dialog-lead">{lead}</p>}
        {children && <div className="field-group">{children}</div>}
        {problem && <ProblemPanel title="The platform refused" problem={problem} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>{destroys ? 'Leave it as it is' : 'Not now'}</button>
          <button type="submit" className={destroys ? 'button button-danger' : 'button button-primary'} disabled={busy}>{busy ? busyText : submit}</button>
        </div>
      </form>
    </Dialog>
  );
}
