import { lazy, Suspense, useEffect, useRef } from 'react';
import { AccountGate } from './account/account-context.js';
import { ExecutionPage } from './execution/execution.page.js';
import { ExecutionsPage } from './executions/executions.page.js';
import { dataTitle, isDataRoute } from './routing/data-route.js';
import { governTitle, isGovernRoute } from './routing/govern-route.js';
import { formatRoute, type Route } from './routing/route.js';
import { useRoute } from './routing/use-route.js';
import { Shell } from './shell/shell.js';
import { RouteLink } from './ui/route-link.js';
import { EmptyState, Skeleton } from './ui/states.js';

// Pages that one does not start on come when they are first opened.
const ArtifactPage = lazy(async () => ({ default: (await import('./artifacts/artifact.page.js')).ArtifactPage }));
const AttentionPage = lazy(async () => ({ default: (await import('./attention/attention.page.js')).AttentionPage }));
const DocumentPage = lazy(async () => ({ default: (await import('./document/document.page.js')).DocumentPage }));
const GovernPage = lazy(async () => ({ default: (await import('./govern/govern.page.js')).GovernPage }));
const LineagePage = lazy(async () => ({ default: (await import('./lineage/lineage.page.js')).LineagePage }));
const RecordsPage = lazy(async () => ({ default: (await import('./records/records.page.js')).RecordsPage }));
const SchedulesPage = lazy(async () => ({ default: (await import('./schedules/schedules.page.js')).SchedulesPage }));
const SearchPage = lazy(async () => ({ default: (await import('./search/search.page.js')).SearchPage }));
const SubmitPage = lazy(async () => ({ default: (await import('./submit/submit.page.js')).SubmitPage }));

export function App() {
  return <AccountGate><Pages /></AccountGate>;
}

function Pages() {
  const route = useRoute();
  useNewPage(route);
  return <Shell route={route}><Suspense fallback={<div className="page"><Skeleton rows={6} label="Loading the page" /></div>}><Page route={route} /></Suspense></Shell>;
}

/** A new page starts at its top and says its name in the tab; filters of the same page do not count as a new one. */
function useNewPage(route: Route): void {
  const address = route.page === 'executions' ? route.page : formatRoute(route.page === 'records' ? { ...route, record: undefined, field: undefined } : route);
  const before = useRef(address);
  useEffect(() => {
    document.title = `${titleOf(route)} · Symphainy`;
    if (before.current === address) return;
    before.current = address;
    window.scrollTo(0, 0);
    document.getElementById('content')?.focus({ preventScroll: true });
  }, [address]);
}

function titleOf(route: Route): string {
  if (isGovernRoute(route)) return governTitle(route);
  if (isDataRoute(route)) return dataTitle(route);
  switch (route.page) {
    case 'executions': return 'Executions';
    case 'execution': return 'Execution';
    case 'artifact': return route.name;
    case 'attention': return 'Needs attention';
    case 'schedules': return 'Schedules';
    case 'submit': return 'Upload and submit';
    case 'unknown': return 'Not found';
  }
}

function Page({ route }: { route: Route }) {
  if (isGovernRoute(route)) return <GovernPage route={route} />;
  switch (route.page) {
    case 'executions': return <ExecutionsPage route={route} />;
    case 'execution': return <ExecutionPage key={route.executionId} executionId={route.executionId} />;
    case 'artifact': return <ArtifactPage key={`${route.executionId}/${route.step}/${route.name}`} executionId={route.executionId} step={route.step} name={route.name} />;
    case 'attention': return <AttentionPage />;
    case 'document': return <DocumentPage key={formatRoute(route)} executionId={route.executionId} step={route.step} name={route.name} place={route.place} />;
    case 'lineage': return <LineagePage route={route} />;
    case 'records': return <RecordsPage key={`${route.executionId}/${route.step}/${route.name}`} route={route} />;
    case 'search': return <SearchPage />;
    case 'schedules': return <SchedulesPage />;
    case 'submit': return <SubmitPage key={formatRoute(route)} intentType={route.intentType} source={route.source} />;
    case 'unknown': return <EmptyState icon="alert" title="There is no such page" action={<RouteLink to={{ page: 'executions' }} className="button">Go to executions</RouteLink>}>The address <code>{route.path}</code> leads nowhere.</EmptyState>;
  }
}
