import type { ReactNode } from 'react';
import type { Timeline } from '../timeline/timeline.model.js';
import { CopyText } from '../ui/copy-text.js';
import { shortHash, shortId } from '../ui/format.js';
import { JsonView } from '../ui/json-view.js';
import { RouteLink } from '../ui/route-link.js';
import { Panel } from './panel.js';

export function DetailsPanel({ executionId, timeline }: { executionId: string; timeline: Timeline }) {
  const { intent, capability, parent } = timeline;
  return (
    <Panel title="Details">
      <dl className="facts">
        <Fact name="Execution"><CopyText value={executionId} shown={shortId(executionId)} label="execution id" /></Fact>
        {intent && <Fact name="Session"><CopyText value={intent.session_id} shown={shortId(intent.session_id)} label="session id" /></Fact>}
        {capability && <Fact name="Capability">{capability.name} {capability.version}</Fact>}
        {capability && <Fact name="Realm">{capability.realm}</Fact>}
        {parent && <Fact name="Child of"><RouteLink to={{ page: 'execution', executionId: parent.execution_id }}>{shortId(parent.execution_id)} · {parent.step}</RouteLink></Fact>}
        {intent?.idempotency_key && <Fact name="Idempotency key"><code>{intent.idempotency_key}</code></Fact>}
        {timeline.headHash && <Fact name="Head"><CopyText value={timeline.headHash} shown={shortHash(timeline.headHash)} label="head hash" /></Fact>}
      </dl>
      {intent && <div className="details-payload"><h3>Payload</h3><JsonView value={intent.payload} openTo={2} /></div>}
    </Panel>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}
