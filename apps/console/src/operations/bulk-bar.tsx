import { useState } from 'react';
import type { ExecutionsRoute } from '../routing/route.js';
import { BulkDialog } from './bulk-dialog.js';
import { bulkOperations, type BulkName } from './bulk.model.js';
import { operationTexts } from './operation.model.js';

/** The same operation for all executions that the present filter finds. */
export function BulkBar({ route }: { route: ExecutionsRoute }) {
  const [asked, setAsked] = useState<BulkName>();
  const names = bulkOperations(route.status);
  if (names.length === 0) return null;
  return (
    <div className="bulk" role="group" aria-label="Operate on all that match">
      <span>All that match:</span>
      {names.map((name) => <button key={name} type="button" className="button" onClick={() => setAsked(name)}>{operationTexts[name].title} all…</button>)}
      {asked && <BulkDialog operation={asked} route={route} onClose={() => setAsked(undefined)} />}
    </div>
  );
}
