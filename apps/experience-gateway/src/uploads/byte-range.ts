export interface ByteRange {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
}

/** One byte range of RFC 9110, section 14; several, or anything else, are ignored (undefined: send the whole). */
export function byteRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (found === null || (found[1] === '' && found[2] === '')) return undefined;
  const range = found[1] === '' ? lastBytes(Number(found[2]), size) : { start: Number(found[1]), end: found[2] === '' ? size - 1 : Math.min(Number(found[2]), size - 1) };
  if (found[1] !== '' && found[2] !== '' && Number(found[2]) < Number(found[1])) return undefined;
  return range.start >= size || range.end < range.start ? 'unsatisfiable' : range;
}

const lastBytes = (count: number, size: number): ByteRange => ({ start: Math.max(0, size - count), end: count === 0 ? -1 : size - 1 });
