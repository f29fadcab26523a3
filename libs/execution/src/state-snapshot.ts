import { hexOf } from './chain.js';
import type { ExecutionState } from './execution-state.js';

/**
 * Names the fold that a kept state came from. Raise it with every change of what `evolve` makes of a record or of the state's form: states kept by
 * another fold are then not read, and the stream is folded from its first frame.
 */
export const FOLD_VERSION = 5;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** What JSON has no form for, each under a name of its own. */
type Marked = { readonly $bytes: string } | { readonly $map: readonly [unknown, unknown][] } | { readonly $set: readonly unknown[] };

/** `this[key]`: bytes that know how to tell themselves as JSON have done so in `value` already. */
function mark(this: unknown, key: string, value: unknown): unknown {
  const raw = (this as { readonly [key: string]: unknown })[key];
  if (raw instanceof Uint8Array) return { $bytes: hexOf(raw) } satisfies Marked;
  if (raw instanceof Map) return { $map: [...(raw as Map<unknown, unknown>)] } satisfies Marked;
  if (raw instanceof Set) return { $set: [...(raw as Set<unknown>)] } satisfies Marked;
  return value;
}

function unmark(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value);
  if (keys.length !== 1) return value;
  const marked = value as Partial<{ $bytes: string; $map: [unknown, unknown][]; $set: unknown[] }>;
  if (typeof marked.$bytes === 'string') return Uint8Array.from(marked.$bytes.match(/../g) ?? [], (hex) => Number.parseInt(hex, 16));
  if (Array.isArray(marked.$map)) return new Map(marked.$map);
  return Array.isArray(marked.$set) ? new Set(marked.$set) : value;
}

/**
 * A state as bytes, for a checkpoint beside the log. Undefined for the rare one that holds a caller's JSON with `$bytes`, `$map` or `$set` for a key: it would be
 * read back as something else, so its stream is folded whole.
 */
export const encodeState = (state: ExecutionState): Uint8Array | undefined => (holdsMarks(state) ? undefined : encoder.encode(JSON.stringify(state, mark)));

/** The state again, ready to be advanced by the frame after its head. */
export const decodeState = (bytes: Uint8Array): ExecutionState => JSON.parse(decoder.decode(bytes), unmark) as ExecutionState;

const MARKS = new Set(['$bytes', '$map', '$set']);

function holdsMarks(value: unknown): boolean {
  if (value instanceof Uint8Array) return false;
  if (value instanceof Map) return [...(value as Map<unknown, unknown>)].some(([key, held]) => holdsMarks(key) || holdsMarks(held));
  if (value instanceof Set) return [...(value as Set<unknown>)].some(holdsMarks);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, held]) => MARKS.has(key) || holdsMarks(held));
}
