import { RouteLink } from '../ui/route-link.js';
import { verbOf, type RecordedChange } from './recorded-change.js';

/** Who did what, why, and the record of it. */
export function ChangeLine({ change: { executionId, action, by, about, reason } }: { change: RecordedChange }) {
  return (
    <p className="version-change"><strong>{by}</strong> {verbOf(action)} {about && <code>{about}</code>} {executionId && <RouteLink to={{ page: 'execution', executionId }} className="link">its record</RouteLink>}{reason && <span className="version-reason">“{reason}”</span>}</p>
  );
}
