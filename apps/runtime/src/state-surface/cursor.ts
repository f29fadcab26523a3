import { failure } from '@symphainy/contracts';
import { z } from 'zod';

/** Where a page ended, as text that callers hand back unread: the base64url of a JSON array. */
export const cursorOf = (place: readonly (string | number | readonly (string | number)[])[]): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** The place a cursor names, in the wanted form; undefined without a cursor. A cursor of another list is `request.invalid`, at the `field` that it came in. */
export function placeOf<S extends z.ZodType>(cursor: string | undefined, form: S, field = '/cursor'): z.infer<S> | undefined {
  if (cursor === undefined) return undefined;
  try {
    return form.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (cause) {
    throw failure('request.invalid', { field, message: 'the cursor is not one of this list', cause });
  }
}

/** A page of rows: one more than `limit` was read to see whether there is a next. */
export function pageOf<R, T>(rows: readonly R[], limit: number, shape: (row: R) => T, place: (row: R) => readonly (string | number)[]): { items: T[]; next: { next_cursor?: string } } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(shape), next: rows.length > limit && last !== undefined ? { next_cursor: cursorOf(place(last)) } : {} };
}

/** What one answer holds of frames: well under the bus's largest message. */
const ANSWER_BYTES = 900 * 1024;
/** What is told of a frame beside its records. */
const HEAD_BYTES = 512;

/** How many frames, in order and one at least, one answer holds; their bodies are told as they stand in the log. */
export function fitting(frames: readonly { readonly body?: Uint8Array }[], limit: number): number {
  let bytes = 0;
  for (let count = 0; count < limit; count++) {
    const frame = frames[count];
    if (frame === undefined) return limit;
    bytes += HEAD_BYTES + (frame.body?.length ?? 0);
    if (bytes > ANSWER_BYTES && count > 0) return count;
  }
  return limit;
}
