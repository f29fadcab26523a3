import type { ContentBlock, ContentDocument, ContentSource, ContentTable } from '@symphainy/contracts';

/** A stretch of a document that is embedded as one, with the blocks it is made of and the place that covers them. */
export interface Chunk {
  readonly text: string;
  readonly block_ids: string[];
  readonly source: ContentSource;
}

/** Characters after which a chunk ends; a longer block is divided at sentences. */
const CHUNK_CHARACTERS = 800;

/** Chunks in reading order: a heading begins one and leads it; rows of a table go together under the names of its columns. */
export function* chunksOf(document: ContentDocument): Generator<Chunk> {
  const tables = new Map(document.tables.map((table) => [table.id, table]));
  let open: ContentBlock[] = [];
  for (const block of document.blocks) {
    const table = block.table_id === undefined ? undefined : tables.get(block.table_id);
    const full = open.length > 0 && lengthOf(open) + block.text.length > CHUNK_CHARACTERS && !open.every((b) => b.type === 'heading');
    if (open.length > 0 && (table || full || (block.type === 'heading' && !open.every((b) => b.type === 'heading')))) {
      yield* closeChunk(open);
      open = [];
    }
    if (table) yield* tableChunks(block, table);
    else open.push(block);
  }
  yield* closeChunk(open);
}

const lengthOf = (blocks: readonly ContentBlock[]): number => blocks.reduce((sum, block) => sum + block.text.length + 1, 0);

const shownText = (block: ContentBlock): string => (block.marker === undefined ? block.text : `${block.marker} ${block.text}`);

function* closeChunk(blocks: readonly ContentBlock[]): Generator<Chunk> {
  if (blocks.length === 0) return;
  const source = cover(blocks.map((block) => block.source));
  for (const text of divide(blocks.map(shownText).join('\n'))) yield { text, block_ids: blocks.map((block) => block.id), source };
}

/** Pieces of at most twice the chunk length, cut after a sentence or at a blank. */
function* divide(text: string): Generator<string> {
  let rest = text;
  while (rest.length > CHUNK_CHARACTERS * 2) {
    const window = rest.slice(0, CHUNK_CHARACTERS * 2);
    const sentence = Math.max(window.lastIndexOf('. '), window.lastIndexOf('\n'));
    const cut = sentence > CHUNK_CHARACTERS / 2 ? sentence + 1 : Math.max(window.lastIndexOf(' '), 0) || window.length;
    yield rest.slice(0, cut).trim();
    rest = rest.slice(cut).trim();
  }
  if (rest !== '') yield rest;
}

function* tableChunks(block: ContentBlock, table: ContentTable): Generator<Chunk> {
  let lines: string[] = [];
  let sources: ContentSource[] = [];
  let length = 0;
  let none = true;
  const close = function* (): Generator<Chunk> {
    const source = sources.length > 0 ? cover(sources) : block.source;
    for (const text of divide(`${table.name}\n${lines.join('\n')}`)) yield { text, block_ids: [block.id], source };
  };
  for (const [at, row] of table.rows.entries()) {
    const line = row.flatMap((cell, column) => (cell === null ? [] : [`${table.columns[column]!.name}: ${String(cell)}`])).join('; ');
    if (line === '') continue;
    lines.push(line);
    sources.push(table.row_sources?.[at] ?? block.source);
    length += line.length;
    if (length < CHUNK_CHARACTERS) continue;
    yield* close();
    [lines, sources, length, none] = [[], [], 0, false];
  }
  if (lines.length > 0 || none) yield* close();
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
