import type { Json } from '@symphainy/contracts';
import type { ReactNode } from 'react';
import { CopyText } from '../ui/copy-text.js';
import { formatBytes, formatMoment, humanName, shortHash } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { JsonView } from '../ui/json-view.js';
import { RouteLink } from '../ui/route-link.js';
import type { LineageEdgeView, LineageNodeView } from './lineage.model.js';
import { edgeName, kindIcons, kindNames, linksOf, nodeSubtitle, nodeTitle, placeText, referenceOf } from './lineage-words.js';
import type { Lineage } from './use-lineage.js';

/** What is known of a node, where it leads, and pages that tell more. */
export function NodeDetails({ lineage, id, onSelect }: { lineage: Lineage; id: string; onSelect: (id: string) => void }) {
  const node = lineage.view.nodes.get(id);
  if (node === undefined) return null;
  return (
    <aside className="panel lineage-details" aria-label="About the chosen node">
      <p className="lineage-kind">{kindNames[node.kind]}</p>
      <h2>{nodeTitle(node)}</h2>
      {node.ended && <p className="inline-problem">The way ends here: {node.ended.message} <code>{node.ended.code}</code></p>}
      <Facts node={node} />
      <div className="lineage-links">{linksOf(node).map(({ name, to }) => <RouteLink key={name} to={to} className="button button-small">{name}</RouteLink>)}</div>
      <Sides lineage={lineage} node={node} onSelect={onSelect} />
    </aside>
  );
}

function Facts({ node }: { node: LineageNodeView }) {
  const { value, name: _, content_hash: hash, size, external, ...data } = node.data;
  const reference = referenceOf(node);
  return (
    <>
      <dl className="facts">
        {node.region && node.kind === 'place' && <Fact name="Place">{placeText(node.region)}</Fact>}
        {reference && <Fact name="Reference"><CopyText value={reference} label="reference" /></Fact>}
        {node.at && <Fact name="Recorded">{formatMoment(node.at)}</Fact>}
        {typeof hash === 'string' && <Fact name="Content"><CopyText value={hash} shown={`sha256 ${shortHash(hash)}`} label="content hash" /></Fact>}
        {typeof size === 'number' && <Fact name="Size">{formatBytes(size)}</Fact>}
        {Object.entries(data).map(([key, told]) => <Fact key={key} name={humanName(key)}>{textOf(told)}</Fact>)}
        {external !== undefined && <Fact name="External">{textOf(external)}</Fact>}
      </dl>
      {value !== undefined && <div className="details-payload"><h3>What stands there</h3><JsonView value={value} openTo={2} /></div>}
      {node.region && node.kind === 'place' && Object.keys(node.region).length > 2 && <div className="details-payload"><h3>Where</h3><JsonView value={node.region as unknown as Json} openTo={1} /></div>}
    </>
  );
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : Array.isArray(value) ? value.map(String).join(', ') : JSON.stringify(value));

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

const SIDES = [['up', 'What it came from'], ['down', 'What came of it']] as const;

/** The relations as a list: for those who would rather read them than see them. */
function Sides({ lineage, node, onSelect }: { lineage: Lineage; node: LineageNodeView; onSelect: (id: string) => void }) {
  const { view } = lineage;
  const near = { up: view.edges.filter(({ from }) => from === node.id), down: view.edges.filter(({ to }) => to === node.id) };
  return (
    <>
      {SIDES.map(([direction, title]) => {
        const state = lineage.side(node.id, direction);
        return (
          <section key={direction} className="lineage-side">
            <h3>{title}</h3>
            <Relations view={view} edges={near[direction]} side={direction} onSelect={onSelect} />
            {state === 'whole' && near[direction].length === 0 && <p className="panel-empty">Nothing is recorded.</p>}
            {state !== 'whole' && <button type="button" className="link-button" disabled={state === 'busy'} onClick={() => lineage.toggle(node, direction)}>{{ busy: 'Looking…', shown: 'Hide what was found', more: 'Show all' }[state]}</button>}
          </section>
        );
      })}
    </>
  );
}

const LISTED = 30;

function Relations({ view, edges, side, onSelect }: { view: Lineage['view']; edges: readonly LineageEdgeView[]; side: 'up' | 'down'; onSelect: (id: string) => void }) {
  return (
    <ul className="lineage-relations">
      {edges.slice(0, LISTED).map((edge) => {
        const other = view.nodes.get(side === 'up' ? edge.to : edge.from);
        return other && (
          <li key={`${edge.kind} ${other.id}`}>
            <span className="lineage-relation">{edgeName(edge.kind, side)}</span>
            <button type="button" className="lineage-other" onClick={() => onSelect(other.id)}><Icon name={kindIcons[other.kind]} size={13} /><span>{nodeTitle(other)}</span><span className="quiet">{nodeSubtitle(other)}</span></button>
          </li>
        );
      })}
      {edges.length > LISTED && <li className="quiet">and {edges.length - LISTED} more</li>}
    </ul>
  );
}
