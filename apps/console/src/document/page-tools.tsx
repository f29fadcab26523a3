import { useEffect, useId, useState, type FormEvent } from 'react';
import { Icon } from '../ui/icon.js';

const ZOOM = { least: 0.5, most: 4, step: 1.25 } as const;

/** Turning pages, and their size. */
export function PageTools({ page, count, zoom, onPage, onZoom }: { page: number; count: number; zoom: number; onPage: (page: number) => void; onZoom: (zoom: number) => void }) {
  const id = useId();
  const [typed, setTyped] = useState(String(page));
  useEffect(() => setTyped(String(page)), [page]);
  const go = (event: FormEvent): void => {
    event.preventDefault();
    const asked = Math.trunc(Number(typed));
    if (asked >= 1 && asked <= count) onPage(asked);
    else setTyped(String(page));
  };
  return (
    <div className="page-tools" role="toolbar" aria-label="Pages">
      <button type="button" className="icon-button" aria-label="Previous page" disabled={page <= 1} onClick={() => onPage(page - 1)}><Icon name="back" /></button>
      <form onSubmit={go}>
        <label htmlFor={id}>Page</label>
        <input id={id} type="text" inputMode="numeric" value={typed} onChange={(event) => setTyped(event.target.value)} onBlur={go} />
        <span className="quiet">of {count}</span>
      </form>
      <button type="button" className="icon-button" aria-label="Next page" disabled={page >= count} onClick={() => onPage(page + 1)}><Icon name="chevron" /></button>
      <span className="page-tools-end">
        <button type="button" className="icon-button" aria-label="Smaller" disabled={zoom <= ZOOM.least} onClick={() => onZoom(Math.max(ZOOM.least, zoom / ZOOM.step))}><Icon name="minus" /></button>
        <button type="button" className="icon-button" aria-label="Larger" disabled={zoom >= ZOOM.most} onClick={() => onZoom(Math.min(ZOOM.most, zoom * ZOOM.step))}><Icon name="plus" /></button>
      </span>
    </div>
  );
}
