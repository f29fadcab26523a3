import type { BulkOutcome } from '@symphainy/client';
import { useState, type FormEvent } from 'react';
import { useAccount } from '../account/account-context.js';
import { problemOf, type Problem } from '../platform/problem.js';
import type { ExecutionsRoute } from '../routing/route.js';
import { Dialog } from '../ui/dialog.js';
import { ChoiceField, TextField } from '../ui/field.js';
import { formatCount, shortId } from '../ui/format.js';
import { RouteLink } from '../ui/route-link.js';
import { ProblemPanel } from '../ui/states.js';
import { statusName } from '../ui/status.js';
import { BULK_LIMIT, bulkQuery, bulkWords, type BulkName, type BulkScope } from './bulk.model.js';
import { operationTexts } from './operation.model.js';

interface Props {
  readonly operation: BulkName;
  readonly route: ExecutionsRoute;
  readonly onClose: () => void;
}

/** Asks once for all; afterwards tells how many there were, and why some were refused. */
export function BulkDialog({ operation, route, onClose }: Props) {
  const { title } = operationTexts[operation];
  const [outcome, setOutcome] = useState<BulkOutcome>();
  return (
    <Dialog title={outcome ? `${title} all: what was done` : `${title} all that match`} onClose={onClose}>
      {outcome ? <Outcome outcome={outcome} onClose={onClose} /> : <Ask operation={operation} route={route} onClose={onClose} onDone={setOutcome} />}
    </Dialog>
  );
}

function Ask({ operation, route, onClose, onDone }: Props & { onDone: (outcome: BulkOutcome) => void }) {
  const { platform, session } = useAccount();
  const [of, setOf] = useState<BulkScope>('mine');
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const { title, explain, destroys } = operationTexts[operation];
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    const why = reason.trim() === '' ? {} : { reason: reason.trim() };
    platform.operations.apply({ operation, query: bulkQuery(route, session.session_id, of), ...why }).then(onDone, (thrown: unknown) => {
      setProblem(problemOf(thrown));
      setBusy(false);
    });
  };
  return (
    <form onSubmit={ask}>
      <p className="dialog-lead">For {bulkWords(route, statusName)}: {explain} At most {formatCount(BULK_LIMIT)}, newest first.</p>
      <div className="field-group">
        <ChoiceField label="Whose" value={of} options={[['mine', 'Mine'], ['tenant', 'Everybody’s of this tenant']]} onChange={(chosen) => setOf(chosen as BulkScope)} />
        <TextField label="Reason" optional value={reason} note="It is recorded with your name." onChange={setReason} />
      </div>
      {problem && <ProblemPanel title="The platform refused" problem={problem} />}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>{destroys ? 'Leave them as they are' : 'Not now'}</button>
        <button type="submit" className={destroys ? 'button button-danger' : 'button button-primary'} disabled={busy}>{busy ? 'Asking…' : `${title} all`}</button>
      </div>
    </form>
  );
}

function Outcome({ outcome: { operation_id, report }, onClose }: { outcome: BulkOutcome; onClose: () => void }) {
  return (
    <>
      <p className="dialog-lead" role="status">{report ? (report.more === true ? `More than ${formatCount(report.matched)} matched: ask again for the rest.` : `${formatCount(report.matched)} matched.`) : 'It goes on; its execution tells how far it came.'} <RouteLink to={{ page: 'execution', executionId: operation_id }} className="link">See its record</RouteLink></p>
      {report && (
        <dl className="bulk-counts">
          {([['Matched', report.matched], ['Done', report.done], ['As it was', report.unchanged], ['Refused', report.refused]] as const).map(([name, count]) => <div key={name}><dt>{name}</dt><dd>{formatCount(count)}</dd></div>)}
        </dl>
      )}
      {report && report.refusals.length > 0 && (
        <div className="scroll-x">
          <table className="plain">
            <caption className="visually-hidden">Refusals</caption>
            <thead><tr><th scope="col">Execution</th><th scope="col">Refused for</th></tr></thead>
            <tbody>{report.refusals.map(({ execution_id, error }) => <tr key={execution_id}><td><RouteLink to={{ page: 'execution', executionId: execution_id }} className="mono link">{shortId(execution_id)}</RouteLink></td><td><code>{error.code}</code> {error.message}</td></tr>)}</tbody>
          </table>
        </div>
      )}
      <div className="dialog-actions"><button type="button" className="button button-primary" onClick={onClose}>Done</button></div>
    </>
  );
}
