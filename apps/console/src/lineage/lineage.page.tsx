import { useState } from 'react';
import { usePlatform } from '../account/account-context.js';
import { problemOf, type Problem } from '../platform/problem.js';
import { saveFile } from '../platform/save-file.js';
import type { DataRoute } from '../routing/data-route.js';
import { navigate } from '../routing/use-route.js';
import { counted } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { EmptyState, ProblemPanel, Skeleton } from '../ui/states.js';
import { executionOf } from './lineage-words.js';
import { LineageExplorer } from './lineage-explorer.js';
import { RunSelect } from './run-select.js';
import { useLineage, type LineageStart } from './use-lineage.js';
import '../styles/lineage.css';

type LineageRoute = Extract<DataRoute, { page: 'lineage' }>;

export function LineagePage({ route }: { route: LineageRoute }) {
  const { node, place, run } = route;
  if (node === undefined) {
    return (
      <div className="page">
        <EmptyState icon="flow" title="Lineage begins somewhere" action={<RouteLink to={{ page: 'executions' }} className="button">Go to executions</RouteLink>}>Open an execution or an artifact, and ask there for its lineage.</EmptyState>
      </div>
    );
  }
  const reference = node.startsWith('artifact:') ? node.slice('artifact:'.length) : undefined;
  return <StartedPage route={route} start={{ node, ...(place !== undefined && reference !== undefined && { region: { reference, ...place } }), ...(run !== undefined && { run }) }} />;
}

function StartedPage({ route, start }: { route: LineageRoute; start: LineageStart }) {
  const lineage = useLineage(start);
  const { nodes, edges } = lineage.view;
  return (
    <div className="page page-wide">
      <header className="page-head">
        <div>
          <h1>Lineage</h1>
          <p className="page-lead" role="status">{lineage.loading ? 'Looking…' : `${counted(nodes.size, 'node')}, ${counted(edges.length, 'relation')}: from what came first, left, to what came of it, right.`}</p>
        </div>
        <div className="actions">
          <RunSelect run={route.run} onChange={(run) => navigate({ ...route, run }, { replace: true })} />
          <ExportButtons executionId={executionOf(start.node)} />
        </div>
      </header>
      {lineage.problem && (lineage.problem.code === 'artifact.not_found' ? <NothingKnown problem={lineage.problem} run={route.run} /> : <ProblemPanel problem={lineage.problem} title="The lineage could not be read" />)}
      {nodes.size === 0 ? lineage.loading && <Skeleton rows={8} label="Looking for the lineage" /> : <LineageExplorer key={`${lineage.start} ${route.run ?? ''}`} lineage={lineage} />}
    </div>
  );
}

function NothingKnown({ problem, run }: { problem: Problem; run: string | undefined }) {
  return <EmptyState icon="flow" title="Nothing is known of its lineage">{run === undefined ? 'What neither read nor made data has no place in the graph.' : 'It was not there when that execution ended.'} <code>{problem.code}</code></EmptyState>;
}

const exports = [['openlineage', 'OpenLineage'], ['prov', 'PROV-JSON']] as const;

function ExportButtons({ executionId }: { executionId: string | undefined }) {
  const platform = usePlatform();
  const [problem, setProblem] = useState<Problem>();
  if (executionId === undefined) return null;
  const save = (format: (typeof exports)[number][0]): void => {
    setProblem(undefined);
    void platform.lineage.export(executionId, format)
      .then((document) => saveFile(`${format}-${executionId}.json`, JSON.stringify(document, undefined, 2)))
      .catch((thrown: unknown) => setProblem(problemOf(thrown)));
  };
  return (
    <>
      {exports.map(([format, name]) => <button key={format} type="button" className="button" onClick={() => save(format)} title={`This execution’s lineage as ${name}`}><Icon name="download" size={14} />{name}</button>)}
      {problem && <span className="inline-problem" role="alert">{problem.message} <code>{problem.code}</code></span>}
    </>
  );
}
