import type { Json } from '@symphainy/contracts';
import { useState } from 'react';
import { summarise } from '../timeline/record-summary.js';
import type { TimelineRecord } from '../timeline/timeline.model.js';
import { formatClock, formatCount, shortActor } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { JsonView } from '../ui/json-view.js';
import { Panel } from './panel.js';

const SHOWN = 200;

/** Every record of the stream, in order, as the log holds it. */
export function RecordList({ records }: { records: readonly TimelineRecord[] }) {
  const [shown, setShown] = useState(SHOWN);
  return (
    <Panel title="Records" note={formatCount(records.length)}>
      <ol className="records">
        {records.slice(0, shown).map((entry) => <RecordRow key={entry.key} entry={entry} />)}
      </ol>
      {records.length > shown && <button type="button" className="button button-quiet" onClick={() => setShown(shown + 5 * SHOWN)}>Show {formatCount(Math.min(5 * SHOWN, records.length - shown))} more of {formatCount(records.length - shown)}</button>}
    </Panel>
  );
}

function RecordRow({ entry }: { entry: TimelineRecord }) {
  const [open, setOpen] = useState(false);
  const { record, seq } = entry;
  const { title, subject, tone } = summarise(record);
  return (
    <li className={open ? 'record record-open' : 'record'}>
      <button type="button" className="record-line" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className="record-seq" title={`Frame ${seq}`}>{seq}</span>
        <time className="record-time" dateTime={record.at}>{formatClock(record.at)}</time>
        <span className={`record-dot record-${tone}`} aria-hidden="true" />
        <span className="record-what"><span className="record-title">{title}</span>{subject && <span className="record-subject">{subject}</span>}</span>
        <span className="record-actor" title={record.actor}>{shortActor(record.actor)}</span>
        <Icon name="chevron" size={12} />
      </button>
      {open && <div className="record-body"><JsonView value={withoutHeader(record)} openTo={2} /></div>}
    </li>
  );
}

/** Time and actor stand in the line already. */
const withoutHeader = (record: TimelineRecord['record']): Json => Object.fromEntries(Object.entries(record).filter(([key]) => key !== 'at' && key !== 'actor')) as { [key: string]: Json };
