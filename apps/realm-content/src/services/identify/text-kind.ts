import type { ContentKind } from '@symphainy/contracts';
import { SEPARATORS } from '../../text/separators.js';

const HEADER_LINE = /^[!-9;-~]+:[ \t]?.*$/;
const MAIL_HEADERS = /^(from|to|cc|subject|date|received|mime-version|message-id|return-path|content-type|reply-to|delivered-to|sender):/i;

/** What a text is, by its first lines. `csv` needs one delimiter that divides all sampled lines alike; the rest is `text`. */
export function textKind(text: string): Extract<ContentKind, 'json' | 'html' | 'xml' | 'email' | 'csv' | 'text'> {
  const start = text.slice(0, 64 * 1024).replace(/^\ufeff/, '').trimStart();
  if (/^[{[]/.test(start) && (isJson(text) || isJsonLines(text))) return 'json';
  if (/^(<!--[\s\S]*?-->\s*)?<(!doctype\s+html|html|head|body|title|meta|table|div|section|article|h[1-6]|p)[\s>]/i.test(start) || /^<\?xml[^>]*\?>\s*(<!doctype\s+html|<html)/i.test(start)) return 'html';
  if (/^<\?xml[\s?]/i.test(start) || isBareXml(start, text)) return 'xml';
  if (isMail(start)) return 'email';
  return isDelimited(start) ? 'csv' : 'text';
}

/** Elements of HTML that a fragment of it may begin with. */
const HTML_ELEMENT = /^(a|aside|b|blockquote|br|button|center|code|dl|em|figure|font|footer|form|header|hr|i|img|link|main|nav|ol|pre|script|span|strong|style|ul)$/i;

/** XML without its declaration: one element from the first character to the last. */
function isBareXml(start: string, text: string): boolean {
  const root = /^(?:<!--[\s\S]*?-->\s*|<!doctype[^>[]*>\s*)*<([A-Za-z_][\w.:-]*)(?=[\s/>])/i.exec(start)?.[1];
  if (root === undefined || HTML_ELEMENT.test(root)) return false;
  const end = text.slice(-1024).replace(/(?:\s|<!--(?:[^-]|-(?!->))*-->)*$/, '');
  return end.endsWith(`</${root}>`) || (end.endsWith('/>') && end.lastIndexOf('<') === end.lastIndexOf(`<${root}`));
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\ufeff/, ''));
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Objects or arrays, one a line (NDJSON): two or more and more than half of all lines; where the file's name says so, one value of any sort is enough. Lines that are none are told when the file is parsed. */
export function isJsonLines(text: string, named = false): boolean {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/).filter((line) => line.trim() !== '');
  if (named) return lines.some(isJson);
  const values = lines.filter((line) => /^\s*[{[]/.test(line) && isJson(line)).length;
  return values > 1 && values * 2 > lines.length;
}

function isMail(start: string): boolean {
  const head = start.split(/\r?\n\r?\n/, 1)[0]!.split(/\r?\n/);
  const first = /^From /.test(head[0] ?? '') ? head.slice(1) : head;
  const wellFormed = first.every((line) => /^[ \t]/.test(line) || HEADER_LINE.test(line));
  return wellFormed && first.filter((line) => MAIL_HEADERS.test(line)).length >= 2;
}

const SAMPLE_LINES = 50;

function isDelimited(start: string): boolean {
  const lines = start.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '').slice(0, SAMPLE_LINES);
  if (lines.length < 2) return false;
  const counts = (delimiter: string): number[] => lines.map((line) => line.replace(/"(?:[^"]|"")*"/g, '').split(delimiter).length);
  const isEven = ([first, ...others]: readonly number[], least: number): boolean => first! >= least && others.every((count) => count === first);
  return [',', ';', '\t', '|', '^', '~', ...SEPARATORS].some((delimiter) => isEven(counts(delimiter), 2) && !looksLikeProse(lines, delimiter)) || (isEven(counts(':'), COLON_FIELDS) && !lines.some((line) => /: |:\/\//.test(line)));
}

/** Colons stand in times, pairs and addresses: lines are divided by them where they are so many. */
const COLON_FIELDS = 4;

/** Sentences have blanks after their commas and few, long fields. */
const looksLikeProse = (lines: readonly string[], delimiter: string): boolean => delimiter === ',' && lines.every((line) => /, /.test(line)) && lines.some((line) => line.length > 120 && /[.!?]$/.test(line.trim()));
