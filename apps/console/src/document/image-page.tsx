import { useState } from 'react';
import { useBlobUrl } from '../ui/use-blob-url.js';
import { PageBoxes, type Marking } from './page-boxes.js';
import type { Box, Region } from './regions.js';

/** A picture with boxes over it; they are in its own pixels. */
export function ImagePage({ blob, name, width, regions, wanted, ...marking }: Marking & { blob: Blob; name: string; width: number; regions: readonly Region[]; wanted?: Box }) {
  const url = useBlobUrl(blob);
  const [own, setOwn] = useState<{ width: number; height: number }>();
  const scale = own === undefined ? 1 : width / own.width;
  const toPage = ([x0, y0, x1, y1]: Box): Box => [x0 * scale, y0 * scale, x1 * scale, y1 * scale];
  return (
    <div className="page-sheet" style={{ width, height: own && own.height * scale }} data-page={own && 1}>
      {url && <img className="page-picture" src={url} alt={name} width={width} onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => setOwn({ width: naturalWidth, height: naturalHeight })} />}
      {own && <PageBoxes width={width} height={own.height * scale} regions={regions} toPage={toPage} wanted={wanted} {...marking} />}
    </div>
  );
}
