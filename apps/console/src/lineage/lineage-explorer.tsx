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
  const folded = useMemo(() => foldAlike(view, open, new Set([start])), [view, open, start]);
  const layout = useMemo(() => layOut(folded), [folded]);
  const selected = view.nodes.has(chosen) ? chosen : start;
  const unfold = (fold: string): void => setOpen(new Set([...open, fold]));
  const choose = (id: string): void => {
    const within = folded.folds.find(({ members }) => members.some((member) => member.id === id));
    if (within !== undefined) unfold(within.id);
    setChosen(id);
  };
  return (
    <div className="lineage">
      <LineageGraph lineage={lineage} folded={folded} layout={layout} selected={selected} onSelect={choose} onOpen={unfold} />
      <NodeDetails lineage={lineage} id={selected} onSelect={choose} />
      {unfinished.map(({ key, goOn }) => (
        <p key={key} className="page-foot lineage-foot">There is more than is drawn. {goOn === undefined ? 'Begin at a nearer node to see it.' : <button type="button" className="link-button" onClick={goOn}>Draw more</button>}</p>
      ))}
    </div>
  );
}
