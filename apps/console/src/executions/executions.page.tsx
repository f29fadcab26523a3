import type { ExecutionPage } from '@symphainy/client';
import { useCallback, useMemo } from 'react';
import { useAccount, usePlatform } from '../account/account-context.js';
import { useCapabilities } from '../platform/use-capabilities.js';
import { useLoad } from '../platform/use-load.js';
import type { ExecutionsRoute } from '../routing/route.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { EmptyState, ProblemPanel, Skeleton } from '../ui/states.js';
import { BulkBar } from '../operations/bulk-bar.js';
import { ExecutionFilters } from './execution-filters.js';
import { ExecutionTable } from './execution-table.js';

const REFRESH_MS = 2000;
const PAGE = 100;

export function ExecutionsPage({ route }: { route: ExecutionsRoute }) {
  const { intentTypes, stepsOf } = useIntentTypes();
  const list = useExecutions(route);
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>Executions</h1>
          <p className="page-lead">Every intent the platform accepted or refused, newest first.</p>
        </div>
        <RouteLink to={{ page: 'submit' }} className="button button-primary"><Icon name="plus" size={14} />New execution</RouteLink>
      </header>
      <ExecutionFilters route={route} intentTypes={intentTypes} live={list.problem === undefined} />
      <BulkBar route={route} />
      {list.problem && <ProblemPanel problem={list.problem} title="The list could not be read" />}
      {list.value === undefined ? list.problem === undefined && <Skeleton rows={6} label="Loading executions" /> : <ExecutionList route={route} page={list.value} stepsOf={stepsOf} />}
    </div>
  );
}

function ExecutionList({ route, page, stepsOf }: { route: ExecutionsRoute; page: ExecutionPage; stepsOf: (intentType: string) => number | undefined }) {
  if (page.executions.length === 0) return <NothingYet filtered={route.status !== undefined || route.intentType !== undefined} scope={route.scope} />;
  return (
    <>
      <ExecutionTable executions={page.executions} stepsOf={stepsOf} />
      {page.next_cursor && <p className="page-foot">The newest {PAGE} are shown. Narrow the filter to see older ones.</p>}
    </>
  );
}

function NothingYet({ filtered, scope }: { filtered: boolean; scope?: 'session' }) {
  if (filtered) {
    return (
      <EmptyState icon="list" title="Nothing matches these filters" action={<RouteLink to={{ page: 'executions', ...(scope && { scope }) }} className="button">Clear the filters</RouteLink>}>
        No execution has this status and intent type.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="upload" title="Nothing has been executed here yet" action={<RouteLink to={{ page: 'submit' }} className="button button-primary"><Icon name="upload" size={14} />Upload and submit</RouteLink>}>
      Upload a file and submit an intent, such as <code>content.ingest</code>. {scope === 'session' ? 'Executions of other sessions are under “All sessions”.' : ''}
    </EmptyState>
  );
}

function useExecutions(route: ExecutionsRoute) {
  const platform = usePlatform();
  const { session } = useAccount();
  const { status, intentType, scope } = route;
  const load = useCallback(
    () => platform.executions.list({ limit: PAGE, ...(status && { status }), ...(intentType && { intent_type: intentType }), ...(scope === 'session' && { session_id: session.session_id }) }),
    [platform, status, intentType, scope, session.session_id],
  );
  return useLoad(load, { everyMs: REFRESH_MS });
}

function useIntentTypes() {
  const { value } = useCapabilities();
  return useMemo(() => {
    // Which nested steps are run is decided on the way, so that a saga with any has no total.
    const counts = new Map((value ?? []).map(({ name, plan }) => [name, plan.some(({ within }) => within !== undefined) ? undefined : plan.length]));
    return { intentTypes: [...counts.keys()].toSorted(), stepsOf: (intentType: string) => counts.get(intentType) };
  }, [value]);
}
