/** What was extracted of a document and where it stands, for drawing. Pure. */
import { cellPlace, type ContentBlock, type ContentDocument, type ContentSource, type ContentTable } from '@symphainy/contracts';
import type { Place } from '../routing/data-route.js';

export type Box = readonly [x0: number, y0: number, x1: number, y1: number];

/** A box on a page. */
export interface Region {
  /** `b3` of a block; `t1/0/2` of a table's cell, row and column from 0. */
  readonly id: string;
  readonly kind: ContentBlock['type'] | 'cell';
  readonly box: Box;
  /** What stands there, for those who cannot see it. */
  readonly text: string;
}

/** A block with its place in the list, and its table. */
export interface PlacedBlock {
  readonly block: ContentBlock;
  readonly index: number;
  readonly table?: ContentTable;
  readonly tableIndex?: number;
}

export interface DocumentPlaces {
  readonly blocks: readonly PlacedBlock[];
  /** By page, from 1; only what is on pages of the file itself. */
  readonly pages: ReadonlyMap<number, readonly PlacedBlock[]>;
}

export const cellId = (tableId: string, row: number, column: number): string => `${tableId}/${row}/${column}`;

/** Everything in order, and by page. Of files within the file (`entry`), no place is one of the file's own pages. */
export function placesOf(document: ContentDocument): DocumentPlaces {
  const tables = new Map(document.tables.map((table, index) => [table.id, { table, tableIndex: index }]));
  const blocks = document.blocks.map((block, index) => ({ block, index, ...(block.table_id === undefined ? {} : tables.get(block.table_id)) }));
  const pages = Map.groupBy(blocks.filter(({ block }) => block.source.page !== undefined && block.source.entry === undefined), ({ block }) => block.source.page ?? 0);
  return { blocks, pages };
}

/** The boxes of a page: blocks, and the cells of tables. */
export function regionsOn(blocks: readonly PlacedBlock[], page: number): readonly Region[] {
  return blocks.flatMap(({ block, table }) => [
    ...regionOf(block.id, block.type, block.source, page, block.text),
    ...(table === undefined ? [] : table.rows.flatMap((row, at) => row.flatMap((cell, column) => (cell === null ? [] : regionOf(cellId(table.id, at, column), 'cell', cellPlace(table, at, column), page, String(cell)))))),
  ]);
}

function regionOf(id: string, kind: Region['kind'], source: ContentSource, page: number, text: string): Region[] {
  return source.box?.length === 4 && source.page === page ? [{ id, kind, box: source.box as unknown as Box, text }] : [];
}

/** The block that a place is of: the one named by a pointer, or whose own place is or meets it. */
export function blockAt(blocks: readonly PlacedBlock[], place: Place): PlacedBlock | undefined {
  const named = /^\/blocks\/(\d+)/.exec(place.pointer ?? '')?.[1];
  if (named !== undefined) return blocks[Number(named)];
  const table = /^\/tables\/(\d+)/.exec(place.pointer ?? '')?.[1];
  if (table !== undefined) return blocks.find(({ tableIndex }) => tableIndex === Number(table));
  return blocks.find(({ block }) => meets(block.source, place)) ?? blocks.find(({ block }) => place.page !== undefined && block.source.page === place.page);
}

function meets(source: ContentSource, place: Place): boolean {
  if (source.entry !== place.entry) return false;
  if (place.page !== undefined) return source.page === place.page && place.box !== undefined && source.box !== undefined && boxesMeet(source.box, place.box);
  if (place.byte_start !== undefined && source.byte_start !== undefined) return source.byte_start < (place.byte_end ?? place.byte_start + 1) && (source.byte_end ?? source.byte_start + 1) > place.byte_start;
  if (place.sheet !== undefined) return source.sheet === place.sheet && (place.cell === undefined || source.cell === place.cell);
  if (place.paragraph !== undefined) return source.part === place.part && source.paragraph === place.paragraph;
  if (place.line !== undefined) return source.line === place.line;
  return place.pointer !== undefined && source.pointer === place.pointer;
}

const boxesMeet = ([ax0 = 0, ay0 = 0, ax1 = 0, ay1 = 0]: readonly number[], [bx0 = 0, by0 = 0, bx1 = 0, by1 = 0]: readonly number[]): boolean => ax0 < bx1 && bx0 < ax1 && ay0 < by1 && by0 < ay1;

/** How a document's source is shown beside it. */
export type SourceKind = 'pdf' | 'image' | 'text' | 'reading';

const TEXTS = new Set<ContentDocument['kind']>(['csv', 'json', 'html', 'text', 'xml']);

/** Pages as they look, texts as they stand; of other files what was read in them, as text. */
export function sourceKindOf({ kind }: ContentDocument): SourceKind {
  if (kind === 'pdf' || kind === 'image') return kind;
  return TEXTS.has(kind) ? 'text' : 'reading';
}
