/**
 * Documents for tests, in the shape content.ingest gives: one line a block. `# x` is a heading, `- x` a list item with the marker
 * kept apart, `~1. x` a list item with that marker, two leading spaces deepen it, `\n` stays inside its block; all else are paragraphs.
 */
import type { Block, ProceduralDocument, Table } from '../model/document.schema.js';

export function documentOf(text: string, tables: Table[] = []): ProceduralDocument {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return { kind: 'text' as const, title: 'Manual', blocks: lines.map((line, i) => blockOf(line.replaceAll('\\n', '\n'), i + 1, tables)), tables };
}

function blockOf(line: string, number: number, tables: readonly Table[]): Block {
  const rest = { id: `b${number}`, source: { line: number } };
  const heading = /^(#+) (.*)$/s.exec(line);
  if (heading !== null) return { ...rest, type: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? '' };
  const item = /^( *)(?:(-)|~(\S+)) (.*)$/s.exec(line);
  if (item !== null) return { ...rest, type: 'list_item', level: (item[1]?.length ?? 0) / 2 + 1, marker: item[2] ?? item[3] ?? '', text: item[4] ?? '' };
  const table = line === '[table]' ? tables[0] : undefined;
  return table === undefined ? { ...rest, type: 'paragraph', text: line } : { ...rest, type: 'table', table_id: table.id, text: [table.columns.map((c) => c.name), ...table.rows].map((row) => row.join('\t')).join('\n') };
}
