import type { Box, Region } from './regions.js';

export interface Marking {
  /** What is marked on both sides: a region's id. */
  readonly active: string | undefined;
  readonly onActive: (id: string | undefined) => void;
  /** A click: the other side shows it. */
  readonly onChoose: (id: string) => void;
}

/** Boxes over a page, in the page's own pixels. `toPage`: from a region's box to those. The list beside the page is the way of keyboards and readers. */
export function PageBoxes({ width, height, regions, toPage, wanted, active, onActive, onChoose }: Marking & { width: number; height: number; regions: readonly Region[]; toPage: (box: Box) => Box; wanted?: Box }) {
  // What is within stands in front: cells before their table.
  const ordered = [...regions.filter(({ kind }) => kind !== 'cell'), ...regions.filter(({ kind }) => kind === 'cell')];
  return (
    <svg className="page-boxes" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true" focusable="false">
      {wanted && <BoxShape className="page-box-wanted" box={toPage(wanted)} room={4} />}
      {ordered.map(({ id, kind, box }) => (
        <g key={id} data-region={id} className={`page-box page-box-${kind}${id === active ? ' page-box-active' : ''}`} onMouseEnter={() => onActive(id)} onMouseLeave={() => onActive(undefined)} onClick={() => onChoose(id)}>
          <BoxShape box={toPage(box)} room={kind === 'cell' ? 0 : 2} />
        </g>
      ))}
    </svg>
  );
}

function BoxShape({ box: [x0, y0, x1, y1], room, className }: { box: Box; room: number; className?: string }) {
  return <rect className={className} x={Math.min(x0, x1) - room} y={Math.min(y0, y1) - room} width={Math.abs(x1 - x0) + 2 * room} height={Math.abs(y1 - y0) + 2 * room} rx={2} />;
}
