import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { counted } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import type { Direction, Fold, FoldedView, LineageNodeView } from './lineage.model.js';
import { NODE_HEIGHT, NODE_WIDTH, nodeTowards, type LineageLayout } from './lineage-layout.js';
import { kindIcons, kindNames, nodeSubtitle, nodeTitle } from './lineage-words.js';
import type { Lineage } from './use-lineage.js';

interface GraphProps {
  readonly lineage: Lineage;
  readonly folded: FoldedView;
  readonly layout: LineageLayout;
  readonly selected: string;
  readonly onSelect: (id: string) => void;
  readonly onOpen: (fold: string) => void;
}

const ZOOM = { least: 0.25, readable: 0.85, most: 1.5, step: 1.25 } as const;

/** The drawing: it scrolls and zooms; one node is in the order of tabs, arrow keys lead to the others. */
export function LineageGraph({ lineage, folded, layout, selected, onSelect, onOpen }: GraphProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState(1);
  const [at, setAt] = useState(selected);
  const focused = layout.places.has(at) ? at : selected;
  useSelectedInSight(frame, selected, layout, zoom);
  const fit = (least: number = ZOOM.least): void => {
    const { clientWidth, clientHeight } = frame.current ?? { clientWidth: 1, clientHeight: 1 };
    setZoom(Math.max(least, Math.min(1, clientWidth / layout.width, clientHeight / layout.height)));
  };
  // As it opens: all of it, if that can be read.
  const sized = useRef(false);
  useEffect(() => {
    if (sized.current || lineage.loading) return;
    sized.current = true;
    fit(ZOOM.readable);
  });
  const goTo = (id: string): void => {
    setAt(id);
    frame.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`)?.focus();
  };
  const walk = (event: KeyboardEvent): void => {
    const direction = ({ ArrowLeft: 'up', ArrowRight: 'down' } as const)[event.key];
    const from = (event.target as HTMLElement).dataset['node'] ?? focused;
    const node = lineage.view.nodes.get(from);
    if (event.shiftKey && direction !== undefined && node !== undefined) lineage.toggle(node, direction);
    else {
      const next = nodeTowards(event.key, from, layout);
      if (next === undefined) return;
      goTo(next);
    }
    event.preventDefault();
  };
  return (
    <div className="lineage-drawing">
      <div className="lineage-tools" role="toolbar" aria-label="Size of the drawing">
        <button type="button" className="icon-button" aria-label="Smaller" disabled={zoom <= ZOOM.least} onClick={() => setZoom(Math.max(ZOOM.least, zoom / ZOOM.step))}><Icon name="minus" /></button>
        <button type="button" className="icon-button" aria-label="Larger" disabled={zoom >= ZOOM.most} onClick={() => setZoom(Math.min(ZOOM.most, zoom * ZOOM.step))}><Icon name="plus" /></button>
        <button type="button" className="button button-small" onClick={() => fit()}>Fit</button>
        <span className="lineage-keys">Arrow keys walk, Shift with left or right unfolds, Enter chooses</span>
      </div>
      <div className="lineage-frame" ref={frame} role="group" aria-label="Lineage graph" onKeyDown={walk}>
        <div className="lineage-canvas" style={{ width: layout.width * zoom, height: layout.height * zoom }}>
          <div className="lineage-scaled" style={{ width: layout.width, height: layout.height, transform: `scale(${zoom})` }}>
            <Edges layout={layout} selected={selected} />
            {folded.nodes.map((node) => <Node key={node.id} node={node} place={layout.places.get(node.id)} start={node.id === lineage.start} selected={node.id === selected} inTabs={node.id === focused} side={lineage.side} onSelect={() => { setAt(node.id); onSelect(node.id); }} onToggle={(direction) => lineage.toggle(node, direction)} />)}
            {folded.folds.map((fold) => <FoldNode key={fold.id} fold={fold} place={layout.places.get(fold.id)} inTabs={fold.id === focused} onOpen={() => onOpen(fold.id)} />)}
          </div>
        </div>
      </div>
    </div>
  );
}

/** What is chosen is in sight, after each change of the drawing, too. */
function useSelectedInSight(frame: React.RefObject<HTMLDivElement | null>, selected: string, layout: LineageLayout, zoom: number): void {
  useEffect(() => {
    const [element, place] = [frame.current, layout.places.get(selected)];
    if (element === null || place === undefined) return;
    const [left, top] = [(place.x + NODE_WIDTH / 2) * zoom - element.clientWidth / 2, (place.y + NODE_HEIGHT / 2) * zoom - element.clientHeight / 2];
    element.scrollTo({ left, top });
  }, [frame, selected, layout, zoom]);
}

function Edges({ layout, selected }: { layout: LineageLayout; selected: string }) {
  return (
    <svg className="lineage-edges" width={layout.width} height={layout.height} aria-hidden="true" focusable="false">
      {layout.edges.map(({ from, to, kind, path }) => <path key={`${from} ${kind} ${to}`} className={from === selected || to === selected ? 'lineage-edge lineage-edge-near' : 'lineage-edge'} d={path} />)}
    </svg>
  );
}

const corner = (place: { readonly x: number; readonly y: number } | undefined) => ({ left: place?.x ?? 0, top: place?.y ?? 0, width: NODE_WIDTH, height: NODE_HEIGHT });

interface NodeProps {
  readonly node: LineageNodeView;
  readonly place: { readonly x: number; readonly y: number } | undefined;
  readonly start: boolean;
  readonly selected: boolean;
  readonly inTabs: boolean;
  readonly side: Lineage['side'];
  readonly onSelect: () => void;
  readonly onToggle: (direction: Direction) => void;
}

function Node({ node, place, start, selected, inTabs, side, onSelect, onToggle }: NodeProps) {
  const [title, subtitle] = [nodeTitle(node), nodeSubtitle(node)];
  return (
    <div className={`lineage-node lineage-${node.kind}${start ? ' lineage-start' : ''}${selected ? ' lineage-selected' : ''}${node.ended ? ' lineage-ended' : ''}`} style={corner(place)}>
      {start && <span className="lineage-begin">Start</span>}
      <button type="button" className="lineage-body" data-node={node.id} tabIndex={inTabs ? 0 : -1} aria-pressed={selected} title={`${kindNames[node.kind]}: ${title}`} onClick={onSelect}>
        <Icon name={node.ended ? 'alert' : kindIcons[node.kind]} size={15} />
        <span className="lineage-text"><span className="lineage-title">{title}</span><span className="lineage-subtitle">{subtitle}</span></span>
      </button>
      <Unfold side={side(node.id, 'up')} direction="up" title={title} onToggle={onToggle} />
      <Unfold side={side(node.id, 'down')} direction="down" title={title} onToggle={onToggle} />
    </div>
  );
}

const asks = { up: 'what it came from', down: 'what came of it' } as const;

function Unfold({ side, direction, title, onToggle }: { side: ReturnType<Lineage['side']>; direction: Direction; title: string; onToggle: (direction: Direction) => void }) {
  if (side === 'whole') return null;
  const name = side === 'shown' ? `Hide ${asks[direction]}` : `Show ${asks[direction]}`;
  return <button type="button" className={`lineage-unfold lineage-unfold-${direction}`} tabIndex={-1} disabled={side === 'busy'} aria-label={`${name}: ${title}`} title={name} onClick={() => onToggle(direction)}>{side === 'busy' ? '…' : side === 'shown' ? '−' : '+'}</button>;
}

function FoldNode({ fold, place, inTabs, onOpen }: { fold: Fold; place: { readonly x: number; readonly y: number } | undefined; inTabs: boolean; onOpen: () => void }) {
  const [first] = fold.members;
  if (first === undefined) return null;
  return (
    <div className="lineage-node lineage-fold" style={corner(place)}>
      <button type="button" className="lineage-body" data-node={fold.id} tabIndex={inTabs ? 0 : -1} aria-expanded={false} onClick={onOpen}>
        <Icon name={kindIcons[first.kind]} size={15} />
        <span className="lineage-text"><span className="lineage-title">{counted(fold.members.length, kindNames[first.kind].toLowerCase())}</span><span className="lineage-subtitle">{nodeSubtitle(first)} · alike</span></span>
      </button>
    </div>
  );
}
