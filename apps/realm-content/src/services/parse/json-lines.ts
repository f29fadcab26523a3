import type { ContentSource } from '@symphainy/contracts';
import type { DecodedText } from '../../text/decoded-text.js';
import { exactJson, type ExactJson } from './exact-json.js';

/** A line of NDJSON, from its first character up to, but without, its end. */
interface Line {
  readonly start: number;
  readonly end: number;
}

/** What NDJSON holds: the values of its lines, and the lines that are none. Blank lines are neither. */
export class JsonLines {
  readonly values: (Line & { readonly value: ExactJson })[] = [];
  readonly broken: (Line & { readonly reason: string })[] = [];
}

/** Reads each line by itself. */
export function jsonLines(text: string): JsonLines {
  const lines = new JsonLines();
  for (let start = text.startsWith('\ufeff') ? 1 : 0; start < text.length; ) {
    const next = text.indexOf('\n', start);
    const end = next < 0 ? text.length : text[next - 1] === '\r' && next > start ? next - 1 : next;
    if (text.slice(start, end).trim() !== '') readLine(text, { start, end }, lines);
    start = next < 0 ? text.length : next + 1;
  }
  return lines;
}

function readLine(text: string, line: Line, lines: JsonLines): void {
  try {
    lines.values.push({ ...line, value: exactJson(text.slice(line.start, line.end)) });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    lines.broken.push({ ...line, reason: /end of JSON input|Unterminated/i.test(error.message) ? 'a JSON line ends before its value does' : 'a line is no JSON value' });
  }
}

export const placeOf = ({ start, end }: Line, decoded: DecodedText): ContentSource => decoded.sourceOf(start, end);
