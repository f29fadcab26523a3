import type { Json } from '@symphainy/contracts';
import { useState } from 'react';
import { counted } from './format.js';
import { Icon } from './icon.js';

const MAX_SHOWN = 100;
const MAX_TEXT = 400;

/** JSON as a tree that folds. The first `openTo` levels start open. */
export function JsonView({ value, openTo = 2 }: { value: Json; openTo?: number }) {
  const entries = entriesOf(value);
  return <div className="json">{entries === undefined || entries.length === 0 ? <JsonNode value={value} depth={0} openTo={openTo} /> : <JsonEntries entries={entries} depth={0} openTo={openTo} />}</div>;
}

function JsonNode({ name, value, depth, openTo }: { name?: string; value: Json; depth: number; openTo: number }) {
  const entries = entriesOf(value);
  if (entries === undefined || entries.length === 0) {
    return <div className="json-line"><JsonName name={name} /><JsonScalar value={value} /></div>;
  }
  return <JsonBranch name={name} value={value} entries={entries} depth={depth} openTo={openTo} />;
}

function JsonBranch({ name, value, entries, depth, openTo }: { name?: string; value: Json; entries: [string, Json][]; depth: number; openTo: number }) {
  const [open, setOpen] = useState(depth + 1 < openTo);
  const isList = Array.isArray(value);
  return (
    <div className="json-branch">
      <button type="button" className="json-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="chevron" size={11} />
        <JsonName name={name} />
        <span className="json-size">{isList ? counted(entries.length, 'item') : counted(entries.length, 'field')}</span>
      </button>
      {open && <div className="json-children"><JsonEntries entries={entries} depth={depth + 1} openTo={openTo} /></div>}
    </div>
  );
}

function JsonEntries({ entries, depth, openTo }: { entries: [string, Json][]; depth: number; openTo: number }) {
  const [shown, setShown] = useState(MAX_SHOWN);
  return (
    <>
      {entries.slice(0, shown).map(([key, child]) => <JsonNode key={key} name={key} value={child} depth={depth} openTo={openTo} />)}
      {entries.length > shown && <button type="button" className="link-button" onClick={() => setShown(shown + 10 * MAX_SHOWN)}>Show more of {entries.length - shown} left</button>}
    </>
  );
}

function JsonName({ name }: { name: string | undefined }) {
  return name === undefined ? null : <span className="json-name">{name}</span>;
}

function JsonScalar({ value }: { value: Json }) {
  const [whole, setWhole] = useState(false);
  if (value === null) return <span className="json-null">null</span>;
  if (typeof value === 'object') return <span className="json-null">{Array.isArray(value) ? '[ ]' : '{ }'}</span>;
  if (typeof value !== 'string') return <span className={`json-${typeof value}`}>{String(value)}</span>;
  const long = value.length > MAX_TEXT && !whole;
  return (
    <span className="json-string">
      {long ? `${value.slice(0, MAX_TEXT)}…` : value}
      {long && <button type="button" className="link-button" onClick={() => setWhole(true)}>show all</button>}
    </span>
  );
}

function entriesOf(value: Json): [string, Json][] | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  return Array.isArray(value) ? value.map((item: Json, index: number) => [String(index), item] as [string, Json]) : Object.entries(value).filter((entry): entry is [string, Json] => entry[1] !== undefined);
}
