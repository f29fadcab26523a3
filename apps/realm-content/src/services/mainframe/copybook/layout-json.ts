/** A layout given as JSON instead of a copybook: fields of characters, one behind the other. */
import { failure } from '@symphainy/contracts';
import { z } from 'zod';
import type { Copybook, Item } from './copybook.model.js';
import { parsePicture } from './picture.js';

const jsonLayout = z.object({
  records: z.array(z.object({ name: z.string().min(1).max(120), fields: z.array(z.object({ name: z.string().min(1).max(120), size: z.number().int().min(1).max(16_777_216) })).min(1) })).min(1),
});

export const isJsonLayout = (text: string): boolean => /^\s*\{/.test(text);

/** `{records: [{name, fields: [{name, size}]}]}`; names are taken as they stand. Errors: `copybook.syntax`. */
export function jsonCopybook(text: string): Copybook {
  const read = jsonLayout.safeParse(parsed(text));
  if (!read.success) {
    const issue = read.error.issues[0];
    throw failure('copybook.syntax', { message: `the layout does not read: ${issue?.path.join('/') ?? ''} ${issue?.message ?? ''}`.trim(), field: '/copybook', fix: 'write {"records": [{"name": …, "fields": [{"name": …, "size": …}]}]}' });
  }
  return { records: read.data.records.map(({ name, fields }) => ({ ...itemOf(1, name), children: fields.map(({ name: field, size }) => ({ ...itemOf(5, field), picture: parsePicture(`X(${size})`) })) })) };
}

const itemOf = (level: number, name: string): Item => ({ level, name, line: 1, usage: 'display', sync: false, blankWhenZero: false, justified: false, conditions: [], children: [], renames: [] });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
