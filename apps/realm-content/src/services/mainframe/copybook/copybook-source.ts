import { failure } from '@symphainy/contracts';

/** One line of a copybook's program text: comments, sequence numbers and continuation marks are gone; `number` counts from 1. */
export interface SourceLine {
  readonly number: number;
  /** Where `text` begins in its line, from 1. */
  readonly column: number;
  readonly text: string;
}

export type SourceFormat = 'fixed' | 'free';

const TAB_STOP = 8;
const INDICATOR = 6;
const LAST_COLUMN = 72;
const MAX_LINES = 100_000;

/**
 * Program text of a copybook. Fixed format keeps columns 8 to 72 and obeys the indicator in column 7; where column 7 holds a digit
 * or letter that begins an entry (as editors outside the mainframe leave it), the column belongs to the text.
 * Free format is assumed when an entry begins before column 7, or the source says so (`>>SOURCE FORMAT FREE`).
 */
export function sourceLines(text: string, format: SourceFormat = detectFormat(text)): SourceLine[] {
  const raw = physicalLines(text);
  if (raw.length > MAX_LINES) throw failure('copybook.unsupported', { message: `the copybook has more than ${MAX_LINES} lines`, field: '/copybook' });
  const lines: SourceLine[] = [];
  raw.forEach((line, index) => {
    const part = format === 'fixed' ? fixedText(line) : freeText(line);
    if (part === undefined) return;
    if (part.continues) joinContinuation(lines, part.text);
    else if (part.text.trim() !== '') lines.push({ number: index + 1, column: part.column, text: part.text });
  });
  return lines;
}

export function detectFormat(text: string): SourceFormat {
  for (const line of physicalLines(text)) {
    if (/^\s*(>>|\$)\s*SOURCE\s+(FORMAT\s+)?(IS\s+)?FREE/i.test(line)) return 'free';
    if (/^ {0,5}(0?1|77)\s+[A-Za-z0-9-]+/.test(line) && !/^\d{6}/.test(line)) return 'free';
    if (/^ {0,4}(0?[2-9]|[1-4]\d)\s{1,3}[A-Za-z][A-Za-z0-9-]*(\s+(PIC|PICTURE|OCCURS|REDEFINES|COMP|USAGE|VALUE)|\.)/i.test(line)) return 'free';
  }
  return 'fixed';
}

interface Part {
  readonly text: string;
  readonly column: number;
  readonly continues: boolean;
}

const physicalLines = (text: string): string[] => text.replace(/\u001a+$/, '').split(/\r\n|\r|\n/).map(expandTabs);

function expandTabs(line: string): string {
  if (!line.includes('\t')) return line;
  let out = '';
  for (const char of line) out += char === '\t' ? ' '.repeat(TAB_STOP - (out.length % TAB_STOP)) : char;
  return out;
}

function fixedText(line: string): Part | undefined {
  const indicator = line[INDICATOR] ?? ' ';
  if (indicator === '*' || indicator === '/' || indicator === '$') return undefined;
  if (/^[Dd]$/.test(indicator) && /^\s/.test(line.slice(INDICATOR + 1) || ' ')) return undefined;
  const ownText = /[0-9A-Za-z]/.test(indicator) && line.slice(0, INDICATOR).trim() === '';
  const text = inlineComment(line.slice(ownText ? INDICATOR : INDICATOR + 1, LAST_COLUMN));
  return isDirective(text) ? undefined : { text, column: ownText ? INDICATOR + 1 : INDICATOR + 2, continues: indicator === '-' };
}

function freeText(line: string): Part | undefined {
  const text = inlineComment(line);
  return /^\s*\*/.test(text) || isDirective(text) ? undefined : { text, column: 1, continues: false };
}

/** `*>` opens a comment anywhere outside a literal. */
function inlineComment(text: string): string {
  for (let at = text.indexOf('*>'); at >= 0; at = text.indexOf('*>', at + 2)) if (openQuote(text.slice(0, at)) === undefined) return text.slice(0, at);
  return text;
}

/** Compiler directives that carry no data description. */
const isDirective = (text: string): boolean => /^\s*(>>|PROCESS\b|CBL\b|EJECT\b|SKIP[123]\b|TITLE\b)/i.test(text);

/** A continued literal keeps the blanks up to column 72 and goes on after its repeated opening quote; a continued word goes on where it ended. */
function joinContinuation(lines: SourceLine[], text: string): void {
  const last = lines.pop();
  if (last === undefined) return;
  const quote = openQuote(last.text);
  const joined = quote === undefined ? last.text.trimEnd() + text.trimStart() : last.text.padEnd(LAST_COLUMN - last.column + 1) + text.trimStart().replace(new RegExp(`^${quote}`), '');
  lines.push({ ...last, text: joined });
}

/** The quote of a literal that the text leaves open. */
function openQuote(text: string): string | undefined {
  let open: string | undefined;
  for (const char of text) {
    if (open === undefined && (char === "'" || char === '"')) open = char;
    else if (char === open) open = undefined;
  }
  return open;
}
