import type { PageViewport, PDFDocumentProxy } from 'pdfjs-dist';
import { useEffect, useRef, useState } from 'react';
import { problemOf, type Problem } from '../platform/problem.js';
import { ProblemPanel } from '../ui/states.js';
import { PageBoxes, type Marking } from './page-boxes.js';
import type { Box, Region } from './regions.js';

/** Most pixels of a drawn page, whatever the screen's density. */
const MAX_PIXELS = 12_000_000;

/** One page, drawn at a width, with boxes over it. */
export function PdfPage({ pdf, page, width, regions, wanted, ...marking }: Marking & { pdf: PDFDocumentProxy; page: number; width: number; regions: readonly Region[]; wanted?: Box }) {
  const { holder, viewport, problem } = useDrawnPage(pdf, page, width);
  const toPage = ([x0, y0, x1, y1]: Box): Box => {
    if (viewport === undefined) return [x0, y0, x1, y1];
    const [ax, ay] = viewport.convertToViewportPoint(x0, y0) as [number, number];
    const [bx, by] = viewport.convertToViewportPoint(x1, y1) as [number, number];
    return [ax, ay, bx, by];
  };
  return (
    <>
      {problem && <ProblemPanel problem={problem} title={`Page ${page} could not be drawn`} />}
      <div className="page-sheet" style={viewport && { width: viewport.width, height: viewport.height }} data-page={viewport && page}>
        <div ref={holder} className="page-drawing" role="img" aria-label={`Page ${page}`} />
        {viewport && <PageBoxes width={viewport.width} height={viewport.height} regions={regions} toPage={toPage} wanted={wanted} {...marking} />}
      </div>
    </>
  );
}

/** The page before stays until the next one is drawn. */
function useDrawnPage(pdf: PDFDocumentProxy, number: number, width: number) {
  const holder = useRef<HTMLDivElement>(null);
  const [viewport, setViewport] = useState<PageViewport>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    let stop = (): void => undefined;
    let stopped = false;
    const draw = async (): Promise<void> => {
      const page = await pdf.getPage(number);
      if (stopped) return;
      const shown = page.getViewport({ scale: width / page.getViewport({ scale: 1 }).width });
      const density = Math.min(window.devicePixelRatio || 1, Math.sqrt(MAX_PIXELS / (shown.width * shown.height)));
      const dots = page.getViewport({ scale: shown.scale * density });
      const canvas = Object.assign(document.createElement('canvas'), { width: Math.ceil(dots.width), height: Math.ceil(dots.height) });
      const task = page.render({ canvas, viewport: dots });
      stop = () => task.cancel();
      await task.promise;
      if (stopped) return;
      holder.current?.replaceChildren(canvas);
      setViewport(shown);
      setProblem(undefined);
      page.cleanup();
    };
    void draw().catch((thrown: unknown) => {
      if (!stopped) setProblem(problemOf(thrown));
    });
    return () => {
      stopped = true;
      stop();
    };
  }, [pdf, number, width]);
  return { holder, viewport, problem };
}
