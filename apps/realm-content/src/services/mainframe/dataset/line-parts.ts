/** Divides JSON lines into parts of whole lines. */
import { failure } from '@symphainy/contracts';
import { z } from 'zod';

/** Lines `first_record` on, in bytes `start` to `end` of the artifact. */
export const linesPart = z.object({ reference: z.string(), first_record: z.number().int().min(1), start: z.number().int().min(0), end: z.number().int().min(0) });
export type LinesPart = z.infer<typeof linesPart>;

const PART_BYTES = 8 * 1024 * 1024;
/** A map's output names so many results (docs/guides/writing-sagas.md); larger files have larger parts. */
const MOST_PARTS = 250;
const MOST_LINE_BYTES = 64 * 1024 * 1024;
const LINE_FEED = 0x0a;

export interface LinesSource {
  readonly artifact: { readonly object?: { readonly size: number } | undefined };
  bytes(): Promise<Uint8Array>;
  stream(): Promise<AsyncIterable<Uint8Array>>;
}

/** Errors: `content.empty_file`; `content.too_large` for a line beyond 64 MiB. */
export async function* lineParts(reference: string, source: LinesSource, progress: (done: { bytes_done: number; records: number }) => void): AsyncGenerator<LinesPart> {
  const size = source.artifact.object?.size ?? (await source.bytes()).length;
  if (size === 0) throw failure('content.empty_file', { field: '/rows' });
  const partBytes = Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS));
  let part = { first_record: 1, start: 0 };
  let [seen, lines, lineStart] = [0, 0, 0];
  for await (const chunk of await source.stream()) {
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) {
      lines++;
      lineStart = seen + at + 1;
      if (lineStart - part.start < partBytes) continue;
      yield { reference, ...part, end: lineStart };
      part = { first_record: lines + 1, start: lineStart };
    }
    seen += chunk.length;
    if (seen - lineStart > MOST_LINE_BYTES) throw failure('content.too_large', { message: `the line at byte ${lineStart} is longer than ${MOST_LINE_BYTES} bytes`, field: '/rows', details: { limit: MOST_LINE_BYTES } });
    progress({ bytes_done: seen, records: lines });
  }
  if (seen > part.start) yield { reference, ...part, end: seen };
}
