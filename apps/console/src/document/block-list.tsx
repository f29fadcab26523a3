import { memo, useEffect, useRef, useState } from 'react';
import { sourceText } from '../artifacts/source-mark.js';
import { lineageOf } from '../routing/data-route.js';
import { counted, formatShare } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { RouteLink } from '../ui/route-link.js';
import { EmptyState } from '../ui/states.js';
import { CellTable } from './cell-table.js';
import type { Marking } from './page-boxes.js';
import type { PlacedBlock } from './regions.js';

const PORTION = 200;
/** Recognition that is less sure is shown to be. */
const SURE = 0.8;

const names: Readonly<Record<PlacedBlock['block']['type'], string>> = { heading: 'Heading', paragraph: 'Paragraph', list_item: 'List item', table: 'Table', key_value: 'Key and value', code: 'Code' };

/** What was extracted, in reading order. A block that is pointed at or has the focus is marked on the other side. */
export function BlockList({ blocks, documentId, chosen, active, onActive, onChoose }: Marking & { blocks: readonly PlacedBlock[]; documentId: string; chosen: string | undefined }) {
  const list = useRef<HTMLOListElement>(null);
  const [shown, setShown] = useState(PORTION);
  const at = blocks.findIndex(({ block, table }) => block.id === chosen || (table !== undefined && chosen?.startsWith(`${table.id}/`)));
  const most = Math.max(shown, at + 1);
  useEffect(() => {
    if (chosen !== undefined) list.current?.querySelector(`[data-block="${CSS.escape(chosen)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [chosen, blocks]);
  if (blocks.length === 0) return <EmptyState icon="document" title="Nothing was extracted here">No text, table or form field was found.</EmptyState>;
  return (
    <>
      <ol className="extracted" ref={list} aria-label="Extracted blocks" onMouseLeave={() => onActive(undefined)}>
        {blocks.slice(0, most).map((placed) => <BlockItem key={placed.block.id} placed={placed} documentId={documentId} active={activeIn(placed, active)} chosen={placed.block.id === chosen} onActive={onActive} onChoose={onChoose} />)}
      </ol>
      {blocks.length > most && <button type="button" className="button button-quiet" onClick={() => setShown(most + 5 * PORTION)}>Show more of {counted(blocks.length - most, 'block')} left</button>}
    </>
  );
}

/** The id that is marked, if it is the block's or one of its table's cells. */
const activeIn = ({ block, table }: PlacedBlock, active: string | undefined): string | undefined => (active !== undefined && (active === block.id || (table !== undefined && active.startsWith(`${table.id}/`))) ? active : undefined);

const BlockItem = memo(function BlockItem({ placed, documentId, active, chosen, onActive, onChoose }: { placed: PlacedBlock; documentId: string; active: string | undefined; chosen: boolean; onActive: Marking['onActive']; onChoose: Marking['onChoose'] }) {
  const { block, index } = placed;
  const { confidence } = block;
  return (
    <li data-block={block.id} className={`extracted-block extracted-${block.type}${active === block.id ? ' extracted-active' : ''}${chosen ? ' extracted-chosen' : ''}`} onMouseEnter={() => onActive(block.id)}>
      <div className="extracted-head">
        <button type="button" className="extracted-name" aria-pressed={chosen} onFocus={() => onActive(block.id)} onBlur={() => onActive(undefined)} onClick={() => onChoose(block.id)}>{names[block.type]}</button>
        {confidence !== undefined && <span className={confidence < SURE ? 'confidence confidence-low' : 'confidence'} title="How sure the recognition of this text is">{formatShare(confidence)}</span>}
        <span className="source-mark">{sourceText(block.source)}</span>
        <RouteLink to={lineageOf(documentId, { pointer: `/blocks/${index}` })} className="icon-button extracted-lineage" label={`Lineage of ${names[block.type].toLowerCase()} ${index + 1}`}><Icon name="flow" size={13} /></RouteLink>
      </div>
      <BlockBody placed={placed} active={active} onActive={onActive} onChoose={onChoose} />
    </li>
  );
});

function BlockBody({ placed: { block, table }, active, onActive, onChoose }: Marking & { placed: PlacedBlock }) {
  if (table !== undefined) return <CellTable table={table} active={active} onActive={onActive} onChoose={onChoose} />;
  if (block.type === 'key_value' && block.key !== undefined) return <p className="key-value"><span>{block.key}</span><strong>{block.value ?? ''}</strong></p>;
  if (block.type === 'code') return <pre>{block.text}</pre>;
  return <p className={block.type === 'heading' ? 'heading' : undefined}>{block.marker && <span className="list-marker">{block.marker} </span>}{block.text}</p>;
}
