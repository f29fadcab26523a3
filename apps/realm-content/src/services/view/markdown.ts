import type { ContentBlock, ContentDocument, ContentTable } from '@symphainy/contracts';
import { gridOf, type GridCell } from './table-grid.js';

/** A document as Markdown (CommonMark with GFM tables): spanned cells repeat, since Markdown has no spans. */
export function markdown(document: ContentDocument): string {
  const tables = new Map(document.tables.map((table) => [table.id, table]));
  let text = '';
  let above: ContentBlock | undefined;
  for (const block of document.blocks) {
    const shown = sheetHeading(block, above) + blockMarkdown(block, tables);
    if (shown === '') continue;
    const tight = above?.type === 'list_item' && block.type === 'list_item';
    text += text === '' ? shown : `${tight ? '\n' : '\n\n'}${shown}`;
    above = block;
  }
  return text === '' ? '' : `${text}\n`;
}

/** Sheets of a workbook are named where they begin. */
const sheetHeading = (block: ContentBlock, above: ContentBlock | undefined): string => (block.source.sheet === undefined || block.source.sheet === above?.source.sheet ? '' : `## ${oneLine(block.source.sheet)}\n\n`);

function blockMarkdown(block: ContentBlock, tables: ReadonlyMap<string, ContentTable>): string {
  const table = block.table_id === undefined ? undefined : tables.get(block.table_id);
  if (table) return tableMarkdown(gridOf(table));
  switch (block.type) {
    case 'heading':
      return `${'#'.repeat(Math.min(block.level ?? 1, 6))} ${oneLine(block.text)}`;
    case 'list_item':
      return `${'    '.repeat((block.level ?? 1) - 1)}${listMark(block.marker)} ${block.text.replaceAll('\n', ' ')}`;
    case 'code':
      return `\`\`\`\n${block.text}\n\`\`\``;
    default:
      return block.text;
  }
}

/** Numbers stay; letters and other marks have no form of their own in Markdown and stand behind a dash. */
function listMark(marker: string | undefined): string {
  if (marker === undefined || /^[-–—*+•‣◦▪●○·]$/.test(marker)) return '-';
  return /^\d{1,9}[.)]$/.test(marker) ? marker : `- ${marker}`;
}

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ');

function tableMarkdown(grid: readonly (readonly (GridCell | undefined)[])[]): string {
  const rows = spread(grid);
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const [heading, ...body] = rows.map((row) => row.map((text) => oneLine(text).replaceAll('|', '\\|')));
  return [line(heading!), line(heading!.map(() => '-')), ...body.map(line)].join('\n');
}

/** The texts of a grid, each repeated over the places its cell covers. */
export function spread(grid: readonly (readonly (GridCell | undefined)[])[]): string[][] {
  const rows = grid.map((row) => row.map(() => ''));
  grid.forEach((row, y) => row.forEach((cell, x) => {
    if (!cell) return;
    for (let dy = 0; dy < cell.rowSpan && y + dy < rows.length; dy++) for (let dx = 0; dx < cell.columnSpan && x + dx < rows[y + dy]!.length; dx++) rows[y + dy]![x + dx] = cell.text;
  }));
  return rows;
}
