import { useEffect, useMemo, useRef, useState, useSyncExternalStore, type KeyboardEvent } from 'react';
import { hexRows, type HexRow } from './record-bytes.js';

const WIDE = 16;
const NARROW = 8;
const narrow = window.matchMedia('(max-width: 640px)');

/** As many bytes as fit beside their characters. */
function usePerRow(): number {
  const isNarrow = useSyncExternalStore((changed) => {
    narrow.addEventListener('change', changed);
    return () => narrow.removeEventListener('change', changed);
  }, () => narrow.matches);
  return isNarrow ? NARROW : WIDE;
}

interface HexProps {
  readonly bytes: Uint8Array;
  /** Of the first byte, in the file. */
  readonly start: number;
  readonly characters: string | undefined;
  /** The bytes that are marked: inclusive, exclusive. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly onByte: (at: number | undefined) => void;
}

/** Offset, bytes and characters. It is one stop of the keyboard; arrow keys move the cursor in it. */
export function HexView({ bytes, start, characters, from, to, onByte }: HexProps) {
  const grid = useRef<HTMLDivElement>(null);
  const perRow = usePerRow();
  const rows = useMemo(() => hexRows(bytes, start, characters, perRow), [bytes, start, characters, perRow]);
  const [cursor, setCursor] = useState(start);
  const point = (at: number): void => {
    setCursor(at);
    onByte(at);
  };
  const move = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -perRow, ArrowDown: perRow }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    point(Math.max(start, Math.min(start + bytes.length - 1, cursor + by)));
  };
  useEffect(() => {
    if (from !== undefined) grid.current?.querySelector(`[data-at="${from}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [from]);
  const marked = (at: number): boolean => from !== undefined && to !== undefined && at >= from && at < to;
  return (
    <div className="hex" ref={grid} role="application" aria-label="Bytes of the record; arrow keys move" tabIndex={0} onKeyDown={move} onFocus={(event) => (event.target === event.currentTarget && event.currentTarget.matches(':focus-visible') ? point(cursor) : undefined)} onMouseLeave={() => onByte(undefined)}>
      {rows.map((row) => <Row key={row.at} row={row} cursor={cursor} marked={marked} onPoint={point} />)}
    </div>
  );
}

function Row({ row, cursor, marked, onPoint }: { row: HexRow; cursor: number; marked: (at: number) => boolean; onPoint: (at: number) => void }) {
  const state = (at: number): string => `${marked(at) ? ' hex-marked' : ''}${at === cursor ? ' hex-cursor' : ''}`;
  return (
    <div className="hex-row">
      <span className="hex-offset">{row.at.toString(16).padStart(8, '0')}</span>
      <span className="hex-bytes">{row.bytes.map(({ at, hex }) => <span key={at} data-at={at} className={`hex-byte${state(at)}`} onMouseEnter={() => onPoint(at)}>{hex}</span>)}</span>
      <span className="hex-text">{row.bytes.map(({ at, character }) => <span key={at} className={`hex-character${state(at)}`} onMouseEnter={() => onPoint(at)}>{character}</span>)}</span>
    </div>
  );
}
