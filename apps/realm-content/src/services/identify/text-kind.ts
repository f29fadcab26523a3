import type { ContentKind } from '@symphainy/contracts';

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

/** One JSON object or array a line (NDJSON), at least two. */
export function isJsonLines(text: string): boolean {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.length > 1 && lines.every((line) => /^\s*[{[]/.test(line) && isJson(line));
}

/** From 1: the first line that is no value, of a text whose lines all begin one and of which most are one. */
export function brokenJsonLine(text: string): number | undefined {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const values = lines.filter((line) => line.trim() !== '');
  if (!values.every((line) => /^\s*[{[]/.test(line)) || values.filter(isJson).length <= values.length / 2) return undefined;
  const at = lines.findIndex((line) => line.trim() !== '' && !isJson(line));
  return at < 0 ? undefined : at + 1;
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
  return [',', ';', '\t', '|'].some((delimiter) => {
    const counts = lines.map((line) => line.replace(/"(?:[^"]|"")*"/g, '').split(delimiter).length);
    return counts[0]! >= 2 && counts.every((count) => count === counts[0]) && !looksLikeProse(lines, delimiter);
  });
}

/** Sentences have blanks after their commas and few, long fields. */
const looksLikeProse = (lines: readonly string[], delimiter: string): boolean => delimiter === ',' && lines.every((line) => /, /.test(line)) && lines.some((line) => line.length > 120 && /[.!?]$/.test(line.trim()));
