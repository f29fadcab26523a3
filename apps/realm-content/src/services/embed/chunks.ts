import type { ChunkRegion, ContentBlock, ContentDocument, ContentSource, ContentTable } from '@symphainy/contracts';

/** A stretch of a document that is embedded as one, with the blocks and rows it is made of and the place that covers them. */
export interface Chunk {
  readonly text: string;
  readonly block_ids: string[];
  readonly source: ContentSource;
  readonly regions: ChunkRegion[];
}

/** Names what is done here: other chunks of the same document are another version. */
export const CHUNKING = 'blocks-v2';

/** Characters after which a chunk ends, where nothing else is asked for. */
export const CHUNK_CHARACTERS = 800;

/** Chunks in reading order: a heading begins one and leads it; rows of a table go together under the names of its columns. A chunk ends after `characters`; a block longer than twice that is divided at sentences. */
export function* chunksOf(document: ContentDocument, characters = CHUNK_CHARACTERS): Generator<Chunk> {
  const tables = new Map(document.tables.map((table) => [table.id, table]));
  let open: ContentBlock[] = [];
  for (const block of document.blocks) {
    const table = block.table_id === undefined ? undefined : tables.get(block.table_id);
    const full = open.length > 0 && lengthOf(open) + block.text.length > characters && !open.every((b) => b.type === 'heading');
    if (open.length > 0 && (table || full || (block.type === 'heading' && !open.every((b) => b.type === 'heading')))) {
      yield* closeChunk(open, characters);
      open = [];
    }
    if (table) yield* tableChunks(block, table, characters);
    else open.push(block);
  }
  yield* closeChunk(open, characters);
}

const lengthOf = (blocks: readonly ContentBlock[]): number => blocks.reduce((sum, block) => sum + block.text.length + 1, 0);

const shownText = (block: ContentBlock): string => (block.marker === undefined ? block.text : `${block.marker} ${block.text}`);

/** A part of a text, from its first character up to, but without, its last. */
interface Range {
  readonly from: number;
  readonly to: number;
}

function* closeChunk(blocks: readonly ContentBlock[], characters: number): Generator<Chunk> {
  if (blocks.length === 0) return;
  let at = 0;
  const placed = blocks.map((block) => {
    const from = at;
    const to = from + shownText(block).length;
    at = to + 1;
    return { block, from, to };
  });
  const whole = blocks.map(shownText).join('\n');
  for (const piece of divide(whole, characters)) {
    const regions = placed.flatMap(({ block, from, to }): ChunkRegion[] => {
      const range = { from: Math.max(from, piece.from) - from, to: Math.min(to, piece.to) - from };
      return range.from < range.to ? [{ block: block.id, char_start: range.from, char_end: range.to, source: block.source }] : [];
    });
    if (regions.length > 0) yield { text: whole.slice(piece.from, piece.to), block_ids: regions.map(({ block }) => block), source: cover(regions.map(({ source }) => source)), regions };
  }
}

/** Parts of at most twice the chunk's length, cut after a sentence or at a blank; blanks at their ends belong to none. */
function* divide(text: string, characters: number): Generator<Range> {
  let from = 0;
  while (from < text.length) {
    const to = text.length - from > characters * 2 ? cutOf(text, from, characters) : text.length;
    const trimmed = trim(text, { from, to });
    if (trimmed.from < trimmed.to) yield trimmed;
    from = to;
  }
}

function cutOf(text: string, from: number, characters: number): number {
  const window = text.slice(from, from + characters * 2);
  const sentence = Math.max(window.lastIndexOf('. '), window.lastIndexOf('\n'));
  if (sentence > characters / 2) return from + sentence + 1;
  const blank = window.lastIndexOf(' ');
  if (blank > 0) return from + blank;
  // a pair of surrogates is one character
  return from + window.length - (/[\uD800-\uDBFF]$/.test(window) ? 1 : 0);
}

function trim(text: string, { from, to }: Range): Range {
  let [start, end] = [from, to];
  while (start < end && /\s/.test(text[start]!)) start++;
  while (end > start && /\s/.test(text[end - 1]!)) end--;
  return { from: start, to: end };
}

interface TableRow {
  readonly at: number;
  readonly line: string;
  readonly source: ContentSource;
}

function* tableChunks(block: ContentBlock, table: ContentTable, characters: number): Generator<Chunk> {
  let rows: TableRow[] = [];
  let [length, any] = [0, false];
  for (const [at, row] of table.rows.entries()) {
    const line = row.flatMap((cell, column) => (cell === null ? [] : [`${table.columns[column]!.name}: ${String(cell)}`])).join('; ');
    if (line === '') continue;
    rows.push({ at, line, source: table.row_sources?.[at] ?? block.source });
    length += line.length;
    if (length < characters) continue;
    yield* rowsChunk(block, table, rows, characters);
    [rows, length, any] = [[], 0, true];
  }
  if (rows.length > 0 || !any) yield* rowsChunk(block, table, rows, characters);
}

function* rowsChunk(block: ContentBlock, table: ContentTable, rows: readonly TableRow[], characters: number): Generator<Chunk> {
  const text = [table.name, ...rows.map(({ line }) => line)].join('\n');
  const source = rows.length > 0 ? cover(rows.map((row) => row.source)) : block.source;
  const regions: ChunkRegion[] = [{ block: block.id, ...(rows.length > 0 ? { rows: { table: table.id, first: rows[0]!.at, last: rows.at(-1)!.at } } : {}), source }];
  for (const { from, to } of divide(text, characters)) yield { text: text.slice(from, to), block_ids: [block.id], source, regions };
}

/** The least place that covers all: the first one's page, line and sheet; boxes joined while on its page; bytes from first to last. */
function cover(sources: readonly ContentSource[]): ContentSource {
  const first = sources[0]!;
  const boxes = sources.flatMap((s) => (s.page === first.page && s.box ? [s.box] : []));
  const starts = sources.flatMap((s) => (s.byte_start === undefined ? [] : [s.byte_start]));
  const ends = sources.flatMap((s) => (s.byte_end === undefined ? [] : [s.byte_end]));
  return {
    ...first,
    ...(boxes.length > 0 ? { box: [least(boxes, 0), least(boxes, 1), most(boxes, 2), most(boxes, 3)] } : {}),
    ...(starts.length > 0 && ends.length > 0 ? { byte_start: starts.reduce((a, b) => Math.min(a, b)), byte_end: ends.reduce((a, b) => Math.max(a, b)) } : {}),
  };
}

const least = (boxes: readonly number[][], at: number): number => boxes.reduce((low, box) => Math.min(low, box[at]!), Infinity);
const most = (boxes: readonly number[][], at: number): number => boxes.reduce((high, box) => Math.max(high, box[at]!), -Infinity);
