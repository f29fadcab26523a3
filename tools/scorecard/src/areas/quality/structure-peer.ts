import { parse } from 'csv-parse/sync';

/** What csv-parse tells of a file's shape: records that have another number of fields than the first, and its labels looked at plainly. */
export function structurePeer(bytes: Uint8Array): [number | null, number | null, string][] {
  const [labels = [], ...rows] = parse(Buffer.from(bytes), { relax_column_count: true }) as string[][];
  const named = labels.flatMap((label, at): [null, number, string][] => (label.trim() === '' ? [[null, at + 1, 'blank-label']] : labels.indexOf(label) < at ? [[null, at + 1, 'duplicate-label']] : []));
  const ragged = rows.flatMap((row, at): [number, number, string][] => {
    const [from, to] = [Math.min(row.length, labels.length), Math.max(row.length, labels.length)];
    return Array.from({ length: to - from }, (_, i) => [at + 2, from + i + 1, row.length < labels.length ? 'missing-cell' : 'extra-cell']);
  });
  return [...named, ...ragged];
}
