import type { ContentBlock, ContentDocument, ContentTable } from '@symphainy/contracts';
import { gridOf, type GridCell } from './table-grid.js';

/** A document as Markdown (CommonMark with GFM tables): spanned cells repeat, since Markdown has no spans. */
export function markdown(document: ContentDocument): string {
  const tables = new Map(document.tables.map((table) => [table.id, table]));
  let text = '';
  let above: ContentBlock | undefined;
  const terms: string[] = [];
  for (const block of document.blocks) {
    const shown = sheetHeading(block, above) + (isDefinition(block) ? definitionMarkdown(block, terms) : blockMarkdown(block, tables));
    if (shown === '') continue;
    if (!isListed(block)) terms.length = 0;
    else if (!isDefinition(block)) reach(terms, block.level ?? 1, block.text);
    const tight = isListed(above) && isListed(block);
    text += text === '' ? shown : `${tight ? '\n' : '\n\n'}${shown}`;
    above = block;
  }
  return text === '' ? '' : `${text}\n`;
}

/** Sheets of a workbook are named where they begin. */
const sheetHeading = (block: ContentBlock, above: ContentBlock | undefined): string => (block.source.sheet === undefined || block.source.sheet === above?.source.sheet ? '' : `## ${oneLine(block.source.sheet)}\n\n`);

/** A pair of a definition list: its level is that of its term. */
const isDefinition = (block: ContentBlock): boolean => block.type === 'key_value' && block.level !== undefined;
const isListed = (block: ContentBlock | undefined): boolean => block?.type === 'list_item' || (block !== undefined && isDefinition(block));

function reach(terms: string[], level: number, term: string): void {
  terms.length = Math.min(terms.length, level);
  terms[level - 1] = term;
}

const indent = (level: number): string => '    '.repeat(level - 1);

/** The term as an item, unless it is the one that the list is at, and under it what is said of it. `terms`: where the list is at, by level. */
function definitionMarkdown(block: ContentBlock, terms: string[]): string {
  const { level = 1, key = '', value = '' } = block;
  const isSame = terms[level - 1] === key;
  reach(terms, level, key);
  return `${isSame ? '' : `${indent(level)}- **${oneLine(key)}**\n`}${indent(level + 1)}- ${oneLine(value)}`;
}

function blockMarkdown(block: ContentBlock, tables: ReadonlyMap<string, ContentTable>): string {
  const table = block.table_id === undefined ? undefined : tables.get(block.table_id);
  if (table) return tableMarkdown(gridOf(table));
  switch (block.type) {
    case 'heading':
      return `${'#'.repeat(Math.min(block.level ?? 1, 6))} ${oneLine(block.text)}`;
    case 'list_item':
      return `${indent(block.level ?? 1)}${listMark(block.marker)} ${oneLine(block.text)}`;
    case 'code':
      return `\`\`\`\n${block.text}\n\`\`\``;
    default:
      return block.text;
  }
}

/** Numbers stay, boxes are tasks; letters and other marks have no form of their own in Markdown and stand behind a dash. */
function listMark(marker: string | undefined): string {
  if (marker !== undefined && marker in TASKS) return TASKS[marker]!;
  if (marker === undefined || /^[-–—*+•‣◦▪●○·]$/.test(marker)) return '-';
  return /^\d{1,9}[.)]$/.test(marker) ? marker : `- ${marker}`;
}

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ');

const TASKS: Readonly<Record<string, string>> = { '☐': '- [ ]', '☒': '- [x]', '☑': '- [x]' };

/** A list in a cell keeps its marks; a table's row is one line. */
const cellMarkdown = (text: string): string => oneLine(text.replace(/^([☐☒☑•])(?=\s)/gm, (mark) => TASKS[mark] ?? '-')).replaceAll('|', '\\|');

function tableMarkdown(grid: readonly (readonly (GridCell | undefined)[])[]): string {
  const rows = spread(grid);
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const [heading, ...body] = rows.map((row) => row.map(cellMarkdown));
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
