/**
 * A document as lines: headings, marked items and plain text in reading order, each with its exact span in its block.
 *
 * A block may hold several items (a parser keeps the lines of a paragraph together, or a sentence enumerates `(1) …, (2) …`); it is cut
 * where the next number in sequence stands. Lines of a table of contents are dropped.
 */
import type { Block, ProceduralDocument, Source } from '../model/document.schema.js';
import type { Line } from '../model/outline.js';
import { readMarker, readOrdinal, type Marker } from '../language/marker.js';

interface Span {
  readonly start: number;
  readonly end: number;
}

const unread = new Set(['table', 'code']);

export const readLines = (document: ProceduralDocument): Line[] => document.blocks.filter((block) => !unread.has(block.type)).flatMap(linesOf);

const contentsEntry = /(?:\.\s?){4,}\s*\d{1,4}\s*$|\t\s*\d{1,4}\s*$/;

function linesOf(block: Block): Line[] {
  if (block.type === 'heading') return [lineOf(block, { start: 0, end: block.text.length }, readMarker(block.text.trimStart(), true), 'heading')];
  return physicalSpans(block.text)
    .filter((span) => !contentsEntry.test(block.text.slice(span.start, span.end)))
    .flatMap((span, i) => runIns(block, span).map((part, j) => itemOrText(block, part, i === 0 && j === 0)));
}

function itemOrText(block: Block, span: Span, first: boolean): Line {
  const text = block.text.slice(span.start, span.end);
  const kept = first && typeof block.marker === 'string' && readMarker(text) === undefined ? markerOf(block.marker) : undefined;
  const marker = kept ?? readMarker(text) ?? startOrdinal(text) ?? (first && block.type === 'list_item' ? { label: '', length: 0, readings: [{ style: 'bullet' as const, form: '', path: [0] }] } : undefined);
  return lineOf(block, span, marker, marker === undefined ? 'text' : 'item');
}

/** A marker that the parser took off the text: it has no length there. */
const markerOf = (marker: string): Marker | undefined => {
  const read = readMarker(`${marker.trim()} x`, true);
  return read === undefined ? undefined : { ...read, length: 0 };
};

const startOrdinal = (text: string): Marker | undefined => {
  const marker = readOrdinal(text);
  return marker !== undefined && (marker.readings[0]?.relative === 'next' || /^\S+(?:\s\S+){0,2},/.test(text.slice(0, marker.length)) || /^first/i.test(text)) ? marker : undefined;
};

function lineOf(block: Block, span: Span, marker: Marker | undefined, kind: Line['kind']): Line {
  const raw = block.text.slice(span.start, span.end);
  const lead = raw.length - raw.trimStart().length;
  const text = raw.slice(marker === undefined ? 0 : lead + marker.length).replace(/\s+/g, ' ').trim();
  return { kind, block, start: span.start, end: span.end, text, level: block.level ?? 0, ...(marker === undefined ? {} : { marker }) };
}

/** The physical lines of a text, joined where a line does not begin with a marker: it continues the line before. */
function physicalSpans(text: string): Span[] {
  const spans: { start: number; end: number }[] = [];
  for (const found of text.matchAll(/[^\r\n]+/g)) {
    const trimmed = found[0].trimStart();
    const start = found.index + found[0].length - trimmed.length;
    const end = start + trimmed.trimEnd().length;
    if (end === start) continue;
    const last = spans.at(-1);
    if (last === undefined || readMarker(trimmed) !== undefined || readOrdinal(trimmed) !== undefined) spans.push({ start, end });
    else last.end = end;
  }
  return spans;
}

/** Cuts `1. … 2. … 3. …`, `(1) …, (2) …` and `First, … Then … Finally …` inside one line. Fewer than the next number in sequence cuts nothing. */
function runIns(block: Block, span: Span): Span[] {
  const text = block.text.slice(span.start, span.end);
  const cuts = numberedCuts(text, /(?<=^|[\s,;:.])\((\d{1,2})\)\s+/g) ?? numberedCuts(text, /(?<=^|[.;:!?)]\s+)(\d{1,2})[.)]\s+(?=\p{Lu})/gu) ?? numberedCuts(text, /(?<=^|[.;:,]\s+)step\s+(\d{1,2})\s*[:.)–-]\s*/gi) ?? ordinalCuts(text);
  if (cuts === undefined) return [span];
  const starts = cuts[0] === 0 ? cuts : [0, ...cuts];
  return starts.map((start, i) => trimmedSpan(block.text, span.start + start, span.start + (starts[i + 1] ?? text.length))).filter((s) => s.end > s.start);
}

const trimmedSpan = (text: string, start: number, end: number): Span => ({ start, end: start + text.slice(start, end).trimEnd().replace(/[,;]?\s+(?:and|or|then)$|[,;]$/i, '').length });

/** Where the numbers n, n+1, … stand in `text`; undefined unless at least two follow each other. */
function numberedCuts(text: string, pattern: RegExp): number[] | undefined {
  const cuts: number[] = [];
  let expected: number | undefined;
  for (const found of text.matchAll(pattern)) {
    const number = Number(found[1]);
    if (expected === undefined ? number === 1 || found.index === 0 : number === expected) {
      cuts.push(found.index);
      expected = number + 1;
    }
  }
  return cuts.length >= 2 ? cuts : undefined;
}

/** Sentences that begin with First and, at least twice more, with a further ordinal word. */
function ordinalCuts(text: string): number[] | undefined {
  const starts = [0, ...[...text.matchAll(/(?<=[.!?;])\s+(?=\p{Lu})/gu)].map((m) => m.index + m[0].length)];
  const marked = starts.map((start) => ({ start, reading: readOrdinal(text.slice(start))?.readings[0] }));
  const first = marked.findIndex((m) => m.reading?.path[0] === 1);
  const cuts = first < 0 ? [] : marked.slice(first).filter((m) => m.reading !== undefined);
  return cuts.length >= 3 ? cuts.map((c) => c.start) : undefined;
}

/** A line's place as a citation. */
export const citationOf = (line: { block: Block; start: number; end: number }): { block_id: string; source: Source; quote: string; start: number; end: number } => ({
  block_id: line.block.id,
  source: line.block.source,
  quote: line.block.text.slice(line.start, line.end),
  start: line.start,
  end: line.end,
});
