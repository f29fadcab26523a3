import type { ExecutionSummary } from '@symphainy/contracts';
import { isEnded } from '../timeline/timeline.model.js';
import { counted, formatAgo, formatCount, formatDuration, formatMoment, shortId } from '../ui/format.js';
import { RouteLink } from '../ui/route-link.js';
import { StatusMark } from '../ui/status.js';
import { useNow } from '../ui/use-now.js';

export function ExecutionTable({ executions, stepsOf }: { executions: readonly ExecutionSummary[]; stepsOf: (intentType: string) => number | undefined }) {
  const running = executions.some((execution) => !isEnded(execution.status));
  const now = useNow(running ? 250 : 10_000);
  return (
    <div className="table-frame">
      <table className="executions">
        <thead>
          <tr>
            <th scope="col">Execution</th>
            <th scope="col">Steps</th>
            <th scope="col" className="numeric">Duration</th>
            <th scope="col" className="numeric">Artifacts</th>
            <th scope="col" className="numeric">Records</th>
            <th scope="col" className="numeric">Started</th>
          </tr>
        </thead>
        <tbody>
          {executions.map((execution) => <ExecutionRow key={execution.execution_id} execution={execution} total={stepsOf(execution.intent_type)} now={now} />)}
        </tbody>
      </table>
    </div>
  );
}

function ExecutionRow({ execution, total, now }: { execution: ExecutionSummary; total: number | undefined; now: number }) {
  return (
    <tr className="execution-row">
      <td className="execution-cell">
        <div className="execution-name"><StatusMark status={execution.status} /><div>
          <RouteLink to={{ page: 'execution', executionId: execution.execution_id }} className="row-link">{execution.intent_type}</RouteLink>
          <span className="execution-sub">
            <code title={execution.execution_id}>{shortId(execution.execution_id)}</code>
            {execution.error_code && <code className="execution-error">{execution.error_code}</code>}
          </span>
        </div></div>
      </td>
      <td data-label="Steps">{execution.status === 'rejected' ? <span className="quiet">—</span> : <StepMeter execution={execution} total={total} />}</td>
      <td data-label="Duration" className="numeric">{formatDuration(execution.execution_time_ms ?? Math.max(0, now - Date.parse(execution.created_at)))}</td>
      <td data-label="Artifacts" className="numeric">{formatCount(execution.artifact_count)}</td>
      <td data-label="Records" className="numeric">{formatCount(execution.record_count)}</td>
      <td data-label="Started" className="numeric quiet" title={formatMoment(execution.created_at)}>{formatAgo(execution.created_at, now)}</td>
    </tr>
  );
}

/** One segment for each step; the total comes from the capability, and is left open where that is gone. */
function StepMeter({ execution, total }: { execution: ExecutionSummary; total: number | undefined }) {
  const done = execution.steps_completed;
  const all = Math.max(done, total ?? done);
  const text = total === undefined ? counted(done, 'step') : `${done} of ${all} steps`;
  return (
    <span className="meter" title={text}>
      {all > 0 && all <= 12 && (
        <span className={`meter-bar tone-${execution.status}`} aria-hidden="true">
          {Array.from({ length: all }, (_, index) => <i key={index} className={segment(index, done, execution.status)} />)}
        </span>
      )}
      <span className="meter-text"><span aria-hidden="true">{total === undefined ? done : `${done}/${all}`}</span><span className="visually-hidden">{text}</span></span>
    </span>
  );
}

function segment(index: number, done: number, status: ExecutionSummary['status']): string {
  if (index < done) return 'done';
  if (index === done && status === 'running') return 'active';
  return index === done && status === 'failed' ? 'bad' : '';
}
