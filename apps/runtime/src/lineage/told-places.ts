import { cellPlace, contentTable, sourceRegion, type Artifact, type ArtifactLineage, type LineageKind, type PlacedTable, type SourceRegion } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { partsOf, placesOf, pointerTo, touches } from './json-places.js';

/** A place in an artifact's content, and one that it was made from. */
export interface ToldPlace {
  readonly target: string;
  readonly region: SourceRegion;
  readonly kind: LineageKind;
}

/**
 * What an artifact's lineage tells of the places that touch `target`, in the order of the content. `of`: only what comes from this reference is looked for; then what cannot is not read.
 */
export function* toldPlaces(lineage: ArtifactLineage, content: Json, target = '', of?: string): Generator<ToldPlace> {
  const wanted = partsOf(target);
  for (const { target: place, from, kind = 'identity' } of lineage.values ?? []) {
    if (touches(partsOf(place), wanted)) for (const region of from) yield { target: place, region, kind };
  }
  for (const { path, source, reference, kind = 'identity' } of lineage.members ?? []) {
    if (of !== undefined && reference !== undefined && reference !== of) continue;
    for (const { parts, value } of placesOf(content, partsOf(path), wanted)) {
      for (const region of regionsIn(value, source, reference)) yield { target: pointerTo(parts), region, kind };
    }
  }
  for (const { path, reference } of lineage.tables ?? []) {
    if (of !== undefined && reference !== of) continue;
    for (const { parts, value } of placesOf(content, partsOf(path), wanted)) yield* cellsOf(value, parts, wanted, reference);
  }
}

function* regionsIn(member: Json, source: string, reference: string | undefined): Generator<SourceRegion> {
  for (const { value } of placesOf(member, partsOf(source))) {
    for (const one of Array.isArray(value) ? value : [value]) {
      const region = regionOf(one, reference);
      if (region !== undefined) yield region;
    }
  }
}

/** Members of a region that others add (a citation's value, a column's name) are left out. */
function regionOf(value: Json, reference: string | undefined): SourceRegion | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const named = value['reference'] ?? value['artifact_id'] ?? reference;
  const found = sourceRegion.safeParse({ ...value, reference: named });
  return found.success ? found.data : undefined;
}

const placed = contentTable.pick({ columns: true, source: true });

/** `/rows/<row>/<column>` of a table; without a column the row, without a row every row. */
function* cellsOf(table: Json, at: readonly string[], wanted: readonly string[], reference: string): Generator<ToldPlace> {
  const shape = placed.safeParse(table);
  if (!shape.success) return;
  const of = table as unknown as PlacedTable & { readonly rows?: readonly unknown[] };
  const [list, row, column] = wanted.slice(at.length);
  if (list !== undefined && list !== 'rows') return;
  const told = (parts: readonly (string | number)[], region: object): ToldPlace => ({ target: pointerTo([...at, 'rows', ...parts]), region: { ...region, reference }, kind: 'identity' });
  const rows = of.rows?.length ?? 0;
  if (row === undefined) for (let i = 0; i < rows; i++) yield told([i], of.row_sources?.[i] ?? of.source);
  else if (Number(row) < rows && column === undefined) yield told([row], of.row_sources?.[Number(row)] ?? of.source);
  else if (Number(row) < rows) yield told([row, column!], cellPlace(of, Number(row), Number(column)));
}

/** Every cell of a row whose own place overlaps: the row was found to. */
export function* cellsOfRow(content: Json, { target, region }: ToldPlace): Generator<ToldPlace> {
  const parts = partsOf(target);
  const [table] = placesOf(content, parts.slice(0, -2));
  const shape = placed.safeParse(table?.value);
  if (!shape.success) return;
  const of = table!.value as unknown as PlacedTable;
  for (let column = 0; column < of.columns.length; column++) {
    yield { target: pointerTo([...parts, column]), region: { ...cellPlace(of, Number(parts.at(-1)), column), reference: region.reference }, kind: 'identity' };
  }
}

/** Whether two places of one reference have something in common: where both say where, they must agree. */
export function overlaps(a: SourceRegion, b: SourceRegion): boolean {
  if (a.reference !== b.reference) return false;
  for (const member of ['page', 'sheet', 'column', 'line', 'part', 'paragraph'] as const) if (differ(a[member], b[member])) return false;
  if (differ(a.field?.toUpperCase(), b.field?.toUpperCase()) || differ(singleCell(a.cell), singleCell(b.cell))) return false;
  if (!meet(numbersOf(a, 'row'), numbersOf(b, 'row')) || !meet(numbersOf(a, 'record'), numbersOf(b, 'record')) || !meet(bytesOf(a), bytesOf(b))) return false;
  if (a.box !== undefined && b.box !== undefined && !(spansMeet(a.box[0], a.box[2], b.box[0], b.box[2]) && spansMeet(a.box[1], a.box[3], b.box[1], b.box[3]))) return false;
  return a.pointer === undefined || b.pointer === undefined || touches(partsOf(a.pointer), partsOf(b.pointer));
}

type Ranges = readonly (readonly [first: number, last: number])[];

/** The rows or records that a region names, in order; undefined: it names none. */
function numbersOf(region: SourceRegion, counted: 'row' | 'record'): Ranges | undefined {
  const first = region[counted];
  if (first === undefined) return undefined;
  return region.numbers?.map((one) => (typeof one === 'number' ? ([one, one] as const) : one)) ?? [[first, region[`${counted}_end`] ?? first]];
}

const bytesOf = ({ byte_start, byte_end, spans }: SourceRegion): Ranges | undefined =>
  byte_start === undefined || byte_end === undefined ? undefined : (spans ?? ([[byte_start, byte_end]] as const)).map(([start, end]) => [start, end - 1] as const);

/** Whether ranges in order have a number in common; what is not told agrees with everything. */
function meet(a: Ranges | undefined, b: Ranges | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  for (let [i, j] = [0, 0]; i < a.length && j < b.length; ) {
    const [[a0, a1], [b0, b1]] = [a[i]!, b[j]!];
    if (a0 <= b1 && b0 <= a1) return true;
    if (a1 < b1) i++;
    else j++;
  }
  return false;
}

const differ = (a: string | number | undefined, b: string | number | undefined): boolean => a !== undefined && b !== undefined && a !== b;
/** A range of cells says less than its cells. */
const singleCell = (cell: string | undefined): string | undefined => (cell?.includes(':') === true ? undefined : cell);
const spansMeet = (a0: number | undefined, a1: number | undefined, b0: number | undefined, b1: number | undefined): boolean =>
  a0 === undefined || a1 === undefined || b0 === undefined || b1 === undefined || (a0 < b1 && b0 < a1);

/** A whole artifact whose lineage tells nothing finer comes from the whole of what it was derived from. */
export const derivedWhole = ({ derived_from }: Pick<Artifact, 'derived_from'>): ToldPlace[] => (derived_from ?? []).map((reference) => ({ target: '', region: { reference }, kind: 'transformation' }));
