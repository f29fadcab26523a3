import type { Firing } from '../timeline/timeline.model.js';
import { formatCount, formatMoment, shortId } from '../ui/format.js';
import { RouteLink } from '../ui/route-link.js';
import { Panel } from './panel.js';

const SHOWN = 50;

/** What a schedule submitted, newest first. */
export function FiringsPanel({ firings }: { firings: readonly Firing[] }) {
  if (firings.length === 0) return null;
  return (
    <Panel title="Firings" note={firings.length > SHOWN ? `the last ${SHOWN} of ${formatCount(firings.length)}` : formatCount(firings.length)}>
      <div className="scroll-x">
        <table className="plain">
          <thead><tr><th scope="col">No.</th><th scope="col">Due</th><th scope="col">Execution</th><th scope="col">Outcome</th></tr></thead>
          <tbody>
            {firings.slice(-SHOWN).toReversed().map(({ firing, dueAt, executionId, missed, outcome, error }) => (
              <tr key={firing}>
                <td>{firing}</td>
                <td>{formatMoment(dueAt)}{missed > 0 && <span className="quiet"> · {formatCount(missed)} missed before</span>}</td>
                <td>{outcome === 'refused' ? <code>{shortId(executionId)}</code> : <RouteLink to={{ page: 'execution', executionId }} className="mono link">{shortId(executionId)}</RouteLink>}</td>
                <td>{outcome === 'refused' ? <><span className="tone-failed toned">Refused</span> {error && <code>{error.code}</code>}</> : outcome === undefined ? 'Being submitted' : 'Submitted'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
