/** How values stand in a statement's text, in one place: what writes statements and what checks them must agree on it. */
import type { Json } from '@symphainy/kernel';

const MAX_TEXT = 200;

/** Texts with white space collapsed and cut at 200 characters; numbers with at most 4 decimals; lists and objects as JSON. */
export function shown(value: Json): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : trimmed(value, 4);
  const text = typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : JSON.stringify(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}

/** A rate as a percentage with at most 2 decimals. Values that are no number stay as they are. */
export const percent = (value: Json): string => (typeof value === 'number' ? `${trimmed(value * 100, 2)} %` : shown(value));

/** Rounded, without trailing zeros; values too small for the decimals keep 3 significant digits. */
function trimmed(value: number, decimals: number): string {
  const fixed = Number(value.toFixed(decimals));
  return String(fixed === 0 && value !== 0 ? Number(value.toPrecision(3)) : fixed);
}

/** A place for a value, or a plural ending that is dropped where the value before it is 1. */
const placeholder = /\{(%?)\}|\[(s)\]/g;

/** The template with each placeholder replaced by the next value; undefined when their numbers differ. */
export function fillTemplate(template: string, values: readonly Json[]): string | undefined {
  let next = 0;
  const text = template.replace(placeholder, (_, form: string, plural: string | undefined) => {
    if (plural !== undefined) return values[next - 1] === 1 ? '' : plural;
    const value = values[next++];
    return value === undefined ? '' : form === '%' ? percent(value) : shown(value);
  });
  return next === values.length ? text : undefined;
}

export const literalsOf = (template: string): string => template.replace(placeholder, ' ');
