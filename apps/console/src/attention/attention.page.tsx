import type { ExecutionView } from '@symphainy/contracts';
import { useCallback } from 'react';
import { usePlatform } from '../account/account-context.js';
import { useLoad } from '../platform/use-load.js';
import { formatAgo, formatMoment, shortId } from '../ui/format.js';
import { RouteLink } from '../ui/route-link.js';
import { EmptyState, ProblemPanel, Skeleton } from '../ui/states.js';
import { StatusMark } from '../ui/status.js';
import { useNow } from '../ui/use-now.js';
import { ATTENTION_LIMIT, findAttention } from './find-attention.js';

const REFRESH_MS = 5000;

export function AttentionPage() {
  const platform = usePlatform();
  const { value, problem } = useLoad(useCallback(() => findAttention(platform), [platform]), { everyMs: REFRESH_MS });
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>Needs attention</h1>
          <p className="page-lead">Executions that stand still until a person decides: stuck ones, and effects that wait for approval.</p>
        </div>
      </header>
      {problem && <ProblemPanel problem={problem} title="What needs attention could not be read" />}
      {value === undefined && problem === undefined && <Skeleton rows={4} label="Looking for what needs attention" />}
      {value?.executions.length === 0 && <EmptyState icon="check" title="Nothing needs attention">Nothing is stuck, and no effect waits for approval.</EmptyState>}
      {value && value.executions.length > 0 && <ul className="attention-list">{value.executions.map((view) => <AttentionItem key={view.execution_id} view={view} />)}</ul>}
      {value?.truncated && <p className="page-foot">The newest {ATTENTION_LIMIT} of each kind are looked at; there may be more.</p>}
    </div>
  );
}

const whats: Record<NonNullable<ExecutionView['attention']>['what'], string> = {
  effect_unknown: 'Nobody knows whether this effect happened',
  compensation_failed: 'A step could not be undone',
  approval: 'An effect waits for approval',
};

function AttentionItem({ view }: { view: ExecutionView }) {
  const now = useNow(10_000);
  const { attention } = view;
  if (attention === undefined) return null;
  return (
    <li className="attention-item">
      <StatusMark status={attention.what === 'approval' ? 'waiting_retry' : 'stuck'} />
      <div>
        <RouteLink to={{ page: 'execution', executionId: view.execution_id }} className="row-link">{view.intent_type}</RouteLink>
        <p className="attention-what"><strong>{whats[attention.what]}</strong>: {attention.step}{attention.error && <> · <code>{attention.error.code}</code> {attention.error.message}</>}</p>
        <p className="execution-sub"><code>{shortId(view.execution_id)}</code><span>{view.user_id}</span><span>What helps: {attention.operations.map((name) => name.replaceAll('_', ' ')).join(', ')}</span></p>
      </div>
      <time className="attention-when" dateTime={view.created_at} title={formatMoment(view.created_at)}>{formatAgo(view.created_at, now)}</time>
    </li>
  );
}
