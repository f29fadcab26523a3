import type { ExecutionStatus, Json } from '@symphainy/contracts';
import type { WireErrorView } from '../timeline/timeline.model.js';
import { JsonView } from '../ui/json-view.js';
import { ProblemPanel } from '../ui/states.js';

const titles: Partial<Record<ExecutionStatus, string>> = { rejected: 'This intent was refused', cancelled: 'This execution was cancelled' };

/** Why an execution did not complete: code, field and fix, and what the error carries beside them. */
export function ErrorPanel({ error, status }: { error: WireErrorView; status: ExecutionStatus }) {
  const more: Record<string, Json> = { ...(error.details && { details: error.details }), ...(error.cause && { cause: error.cause as unknown as Json }) };
  return (
    <ProblemPanel
      title={titles[status] ?? 'This execution failed'}
      problem={{ code: error.code, message: error.message, ...(error.field && { field: error.field }), ...(error.fix && { fix: error.fix }) }}
      action={Object.keys(more).length > 0 && <JsonView value={more} openTo={1} />}
    />
  );
}
