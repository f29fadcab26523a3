import { useMemo, useState } from 'react';
import { foldAlike } from './lineage.model.js';
import { layOut } from './lineage-layout.js';
import { LineageGraph } from './lineage-graph.js';
import { NodeDetails } from './node-details.js';
import type { Lineage } from './use-lineage.js';

/** The graph, and beside it what is known of the node one is at. */
export function LineageExplorer({ lineage }: { lineage: Lineage }) {
  const { view, start, unfinished } = lineage;
  const [chosen, setChosen] = useState(start);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const folded = useMemo(() => foldAlike(view, open, new Set([start, chosen])), [view, open, start, chosen]);
  const layout = useMemo(() => layOut(folded), [folded]);
  const selected = view.nodes.has(chosen) ? chosen : start;
  return (
    <div className="lineage">
      <LineageGraph lineage={lineage} folded={folded} layout={layout} selected={selected} onSelect={setChosen} onOpen={(fold) => setOpen(new Set([...open, fold]))} />
      <NodeDetails lineage={lineage} id={selected} onSelect={setChosen} />
      {unfinished.map(({ key, goOn }) => (
        <p key={key} className="page-foot lineage-foot">There is more than is drawn. {goOn === undefined ? 'Begin at a nearer node to see it.' : <button type="button" className="link-button" onClick={goOn}>Draw more</button>}</p>
      ))}
    </div>
  );
}
