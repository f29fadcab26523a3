import { useEffect, useMemo, useRef, useState, type FormEvent } from 'react';
import type { Place } from '../routing/data-route.js';
import { FormField } from '../ui/field.js';
import { ProblemPanel, Skeleton } from '../ui/states.js';
import { ImagePage } from './image-page.js';
import type { Marking } from './page-boxes.js';
import { PdfPage } from './pdf-page.js';
import { ReadingSource } from './reading-source.js';
import { regionsOn, type Box, type PlacedBlock } from './regions.js';
import { TextSource } from './text-source.js';
import type { ReadDocument, SourceState } from './use-source.js';

interface PaneProps {
  readonly state: SourceState;
  readonly read: ReadDocument;
  readonly blocks: readonly PlacedBlock[];
  readonly page: number;
  readonly zoom: number;
  /** The place one came for. */
  readonly wanted: Place | undefined;
  readonly marking: Marking;
}

export function SourcePane({ state, read, blocks, page, zoom, wanted, marking }: PaneProps) {
  switch (state.kind) {
    case 'loading': return <Skeleton rows={12} label="Opening the file" />;
    case 'problem': return <><ProblemPanel problem={state.problem} title="The file could not be opened" /><ReadingSource blocks={blocks} name="What was read" {...marking} /></>;
    case 'password': return <PasswordForm wrong={state.wrong} onOpen={state.open} />;
    case 'reading': return <ReadingSource blocks={blocks} name={read.document.title ?? 'What was read'} {...marking} />;
    case 'text': return <TextSource bytes={state.bytes} cut={state.cut} encoding={encodingOf(read)} blocks={blocks} wanted={wanted} {...marking} />;
    case 'pdf':
    case 'image': return <Sheet state={state} read={read} blocks={blocks} page={page} zoom={zoom} wanted={wanted} marking={marking} />;
  }
}

const encodingOf = ({ document }: ReadDocument): string => (typeof document.metadata['encoding'] === 'string' ? document.metadata['encoding'] : 'utf-8');

/** A page as wide as its frame, times the zoom; what is marked is in sight. */
function Sheet({ state, read, blocks, page, zoom, wanted, marking }: Omit<PaneProps, 'state'> & { state: Extract<SourceState, { kind: 'pdf' | 'image' }> }) {
  const frame = useRef<HTMLDivElement>(null);
  const width = Math.round(useWidth(frame) * zoom);
  const regions = useMemo(() => regionsOn(blocks, page), [blocks, page]);
  const box = wanted?.page === page && wanted.box?.length === 4 ? (wanted.box as unknown as Box) : undefined;
  const shared = { width, regions, wanted: box, ...marking };
  useEffect(() => {
    if (marking.active === undefined || frame.current?.matches(':hover')) return;
    frame.current?.querySelector(`[data-region="${CSS.escape(marking.active)}"]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [marking.active]);
  return (
    <div className="page-frame" ref={frame}>
      {width > 0 && (state.kind === 'pdf' ? <PdfPage pdf={state.opened.pdf} page={page} {...shared} /> : <ImagePage blob={state.blob} name={read.source?.name ?? 'picture'} {...shared} />)}
    </div>
  );
}

const BORDER = 2;
const SETTLED_MS = 120;

/** The width there is for a page, once it has come to rest. */
function useWidth(frame: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    setWidth(element.clientWidth - BORDER);
    let timer = 0;
    const observer = new ResizeObserver(() => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => setWidth(element.clientWidth - BORDER), SETTLED_MS);
    });
    observer.observe(element);
    return () => {
      window.clearTimeout(timer);
      observer.disconnect();
    };
  }, [frame]);
  return width;
}

function PasswordForm({ wrong, onOpen }: { wrong: boolean; onOpen: (password: string) => void }) {
  const [password, setPassword] = useState('');
  const open = (event: FormEvent): void => {
    event.preventDefault();
    if (password !== '') onOpen(password);
  };
  return (
    <form className="panel password-form" onSubmit={open}>
      <FormField label="The file asks for a password" note={wrong ? 'That one does not open it.' : 'It stays in this page and is kept nowhere.'}>{(tie) => <input {...tie} type="password" value={password} autoComplete="off" onChange={(event) => setPassword(event.target.value)} />}</FormField>
      <button type="submit" className="button button-primary">Open</button>
    </form>
  );
}
