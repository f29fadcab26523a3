import { OperationButtons } from '../operations/operation-desk.js';
import { operationsFor } from '../operations/operation.model.js';
import type { Route } from '../routing/route.js';
import { isEnded, timelineSpan, type Timeline } from '../timeline/timeline.model.js';
import type { Connection } from '../timeline/follow-timeline.js';
import type { LiveTimeline } from '../timeline/use-timeline.js';
import { CopyText } from '../ui/copy-text.js';
import { counted, formatDuration, formatMoment, shortId } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { StatusPill } from '../ui/status.js';
import { useNow } from '../ui/use-now.js';
import { ChainBadge } from './chain-badge.js';

export function ExecutionHead({ executionId, live }: { executionId: string; live: LiveTimeline }) {
  const { timeline } = live;
  return (
    <header className="execution-head">
      <nav className="crumbs" aria-label="Breadcrumb"><RouteLink to={{ page: 'executions' }}>Executions</RouteLink><Icon name="chevron" size={11} /><CopyText value={executionId} shown={shortId(executionId)} label="execution id" /></nav>
      <div className="page-head">
        <div className="execution-title">
          <h1>{timeline.intent?.intent_type ?? 'Execution'}</h1>
          <StatusPill status={timeline.status} />
        </div>
        <HeadActions executionId={executionId} timeline={timeline} />
      </div>
      <p className="execution-facts">
        <Elapsed timeline={timeline} />
        <span>{counted(timeline.records.length, 'record')}</span>
        {timeline.startedAt && <span>{formatMoment(timeline.startedAt)}</span>}
        {timeline.userId && <span>{timeline.userId}</span>}
        <ChainBadge executionId={executionId} ended={isEnded(timeline.status)} />
        <ConnectionMark connection={live.connection} />
      </p>
    </header>
  );
}

function Elapsed({ timeline }: { timeline: Timeline }) {
  const running = !isEnded(timeline.status);
  const now = useNow(100, running);
  const { start, end } = timelineSpan(timeline, now);
  return <span className="strong">{formatDuration(end - start)}</span>;
}

const connections: Record<Connection, string> = { connecting: 'Connecting…', live: 'Live', reconnecting: 'Reconnecting…', ended: '', failed: 'Not connected' };

function ConnectionMark({ connection }: { connection: Connection }) {
  if (connection === 'ended') return null;
  return <span className={connection === 'live' ? 'live' : 'live live-off'} role="status"><span className="live-dot" />{connections[connection]}</span>;
}

function HeadActions({ executionId, timeline }: { executionId: string; timeline: Timeline }) {
  const again = isEnded(timeline.status) ? againRoute(timeline) : undefined;
  return (
    <div className="actions">
      <OperationButtons requests={operationsFor(timeline)} />
      {timeline.artifacts.length > 0 && <RouteLink to={{ page: 'lineage', node: `execution:${executionId}` }} className="button"><Icon name="flow" size={14} />Lineage</RouteLink>}
      {again && <RouteLink to={again} className="button"><Icon name="refresh" size={14} />Submit again</RouteLink>}
    </div>
  );
}

/** The submit page, filled in with this intent; uploads are not submitted by hand. */
function againRoute(timeline: Timeline): Route | undefined {
  const intent = timeline.intent;
  if (intent === undefined || intent.realm === 'runtime' || intent.realm === 'governance') return undefined;
  const source = intent.payload['source'];
  return { page: 'submit', intentType: intent.intent_type, ...(typeof source === 'string' && { source }) };
}
