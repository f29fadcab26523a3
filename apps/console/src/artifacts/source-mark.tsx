import type { ContentSource } from '@symphainy/contracts';

/** Where a value stands in its file, in the shortest words: `p. 3`, `Sheet1!B7`, `line 12`, `bytes 0–120`. */
export function sourceText(source: ContentSource): string {
  const { page, sheet, cell, row, column, line, byte_start: start, byte_end: end, part, paragraph, pointer } = source;
  if (page !== undefined) return `p. ${page}`;
  if (sheet !== undefined) return cell !== undefined ? `${sheet}!${cell}` : row !== undefined ? `${sheet} row ${row}` : sheet;
  if (cell !== undefined) return cell;
  if (line !== undefined) return `line ${line}`;
  if (row !== undefined) return column === undefined ? `row ${row}` : `row ${row}, column ${column}`;
  if (pointer !== undefined) return pointer;
  if (paragraph !== undefined) return `¶ ${paragraph}`;
  if (start !== undefined) return end === undefined ? `byte ${start}` : `bytes ${start}–${end}`;
  return part ?? '';
}

/** `after`: the mark before this one; one that says the same stays in the background. */
export function SourceMark({ source, after }: { source: ContentSource | undefined; after?: ContentSource }) {
  const text = source === undefined ? '' : sourceText(source);
  const repeated = after !== undefined && sourceText(after) === text;
  return text === '' ? null : <span className={repeated ? 'source-mark source-repeated' : 'source-mark'} title={`In the source: ${JSON.stringify(source)}`}>{text}</span>;
}
