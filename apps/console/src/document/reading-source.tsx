import { useEffect, useRef } from 'react';
import { sourceText } from '../artifacts/source-mark.js';
import { CellTable } from './cell-table.js';
import type { Marking } from './page-boxes.js';
import type { PlacedBlock } from './regions.js';

const MOST = 500;

/** What was read in a file that a browser cannot show, as one text with its places in the margin. */
export function ReadingSource({ blocks, name, active, onActive, onChoose }: Marking & { blocks: readonly PlacedBlock[]; name: string }) {
  const frame = useRef<HTMLElement>(null);
  useEffect(() => {
    const [box, block] = [frame.current, frame.current?.querySelector<HTMLElement>(`[data-read="${CSS.escape(active ?? '')}"]`)];
    if (!box || !block || (block.offsetTop >= box.scrollTop && block.offsetTop + block.offsetHeight <= box.scrollTop + box.clientHeight)) return;
    box.scrollTop = block.offsetTop - box.clientHeight / 3;
  }, [active]);
  return (
    <article className="paper reading" ref={frame} aria-label={name} onMouseLeave={() => onActive(undefined)}>
      {blocks.slice(0, MOST).map(({ block, table }) => (
        <div key={block.id} data-read={block.id} className={`block block-${block.type}${block.id === active ? ' reading-marked' : ''}`} onMouseEnter={() => onActive(block.id)} onClick={() => onChoose(block.id)}>
          {table !== undefined ? <CellTable table={table} active={active} onActive={onActive} onChoose={onChoose} /> : block.type === 'table' || block.type === 'code' ? <pre>{block.text}</pre> : <p className={block.type === 'heading' ? `heading heading-${Math.min(4, block.level ?? 1)}` : undefined}>{block.marker && `${block.marker} `}{block.text}</p>}
          <span className="source-mark">{sourceText(block.source)}</span>
        </div>
      ))}
      {blocks.length > MOST && <p className="page-foot">The beginning is shown.</p>}
    </article>
  );
}
