import { failure } from '@symphainy/contracts';
import { z } from 'zod';

/** Where a page ended, as text that callers hand back unread: the base64url of a JSON array. */
export const cursorOf = (place: readonly (string | number)[]): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** The place a cursor names, in the wanted form; undefined without a cursor. A cursor of another list is `request.invalid`. */
export function placeOf<S extends z.ZodType>(cursor: string | undefined, form: S): z.infer<S> | undefined {
  if (cursor === undefined) return undefined;
  try {
    return form.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (cause) {
    throw failure('request.invalid', { field: '/cursor', message: 'the cursor is not one of this list', cause });
  }
}

/** A page of rows: one more than `limit` was read to see whether there is a next. */
export function pageOf<R, T>(rows: readonly R[], limit: number, shape: (row: R) => T, place: (row: R) => readonly (string | number)[]): { items: T[]; next: { next_cursor?: string } } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(shape), next: rows.length > limit && last !== undefined ? { next_cursor: cursorOf(place(last)) } : {} };
}
