import { useEffect, useMemo, useRef } from 'react';
import type { Marking } from './page-boxes.js';
import type { PlacedBlock } from './regions.js';
import { linesAt, linesOf, type TextPlace } from './text-lines.js';

/** A text as it stands in its file, line by line: always as text, whatever it says. The lines of what is marked, and of the place one came for, are marked. */
export function TextSource({ bytes, cut, encoding, blocks, wanted, active, onActive, onChoose }: Marking & { bytes: Uint8Array; cut: boolean; encoding: string; blocks: readonly PlacedBlock[]; wanted?: TextPlace }) {
  const frame = useRef<HTMLPreElement>(null);
  const lines = useMemo(() => linesOf(bytes, encoding), [bytes, encoding]);
  const owners = useMemo(() => ownersOf(lines, blocks), [lines, blocks]);
  const activePlace = blocks.find(({ block }) => block.id === active)?.block.source;
  const marked = activePlace && linesAt(lines, activePlace);
  const asked = wanted && linesAt(lines, wanted);
  const [from, to] = marked ?? asked ?? [0, -1];
  useEffect(() => {
    const [box, line] = [frame.current, frame.current?.querySelector<HTMLElement>(`[data-line="${from}"]`)];
    if (!box || !line || (line.offsetTop >= box.scrollTop && line.offsetTop + line.offsetHeight <= box.scrollTop + box.clientHeight)) return;
    box.scrollTop = line.offsetTop - box.clientHeight / 3;
  }, [from]);
  return (
    <>
      <pre ref={frame} className="source-lines" tabIndex={0} aria-label="The file’s text" onMouseLeave={() => onActive(undefined)}>
        {lines.map(({ number, text }) => (
          <span key={number} data-line={number} className={number >= from && number <= to ? 'source-line source-line-marked' : 'source-line'} onMouseEnter={() => onActive(owners.get(number))} onClick={() => choose(owners.get(number), onChoose)}>
            <span className="source-number" aria-hidden="true">{number}</span><span>{text}{'\n'}</span>
          </span>
        ))}
      </pre>
      {cut && <p className="page-foot">The beginning of the file is shown.</p>}
    </>
  );
}

function choose(id: string | undefined, onChoose: Marking['onChoose']): void {
  if (id !== undefined) onChoose(id);
}

/** Whose each line is; the last that says so is the finest. */
function ownersOf(lines: ReturnType<typeof linesOf>, blocks: readonly PlacedBlock[]): ReadonlyMap<number, string> {
  const owners = new Map<number, string>();
  for (const { block } of blocks) {
    const [from, to] = linesAt(lines, block.source) ?? [1, 0];
    for (let line = from; line <= to; line++) owners.set(line, block.id);
  }
  return owners;
}
