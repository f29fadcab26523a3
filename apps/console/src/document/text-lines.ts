/** A text file in lines that know their bytes. Pure. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Of the file: inclusive, exclusive, without the line's end. */
  readonly byteStart: number;
  readonly byteEnd: number;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Lines end with LF, CR or both. Of encodings of two bytes a character the lines are right and their bytes are not told (`byteEnd` -1). */
export function linesOf(bytes: Uint8Array, encoding: string): readonly TextLine[] {
  const decoder = decoderOf(encoding);
  if (decoder.encoding.startsWith('utf-16')) return decoder.decode(bytes).split(/\r\n|\r|\n/).map((text, index) => ({ number: index + 1, text, byteStart: -1, byteEnd: -1 }));
  const lines: TextLine[] = [];
  let start = 0;
  for (let at = 0; at <= bytes.length; at++) {
    const ends = at === bytes.length ? start < at : bytes[at] === NEWLINE || bytes[at] === RETURN;
    if (!ends) continue;
    lines.push({ number: lines.length + 1, text: decoder.decode(bytes.subarray(start, at)), byteStart: start, byteEnd: at });
    if (bytes[at] === RETURN && bytes[at + 1] === NEWLINE) at++;
    start = at + 1;
  }
  return lines;
}

function decoderOf(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding);
  } catch {
    // An encoding that the browser does not know: the only thing it throws.
    return new TextDecoder();
  }
}

export interface TextPlace {
  readonly line?: number | undefined;
  readonly byte_start?: number | undefined;
  readonly byte_end?: number | undefined;
  readonly part?: string | undefined;
}

/** Numbers of the first and last line of a place; of a part that the file holds encoded, none. */
export function linesAt(lines: readonly TextLine[], { line, byte_start: start, byte_end: end, part }: TextPlace): readonly [first: number, last: number] | undefined {
  if (part !== undefined && part !== 'header') return undefined;
  if (start !== undefined && (lines[0]?.byteEnd ?? -1) >= 0) {
    const inside = lines.filter(({ byteStart, byteEnd }) => byteStart < Math.max(end ?? start + 1, start + 1) && byteEnd >= start);
    if (inside.length > 0) return [inside[0]?.number ?? 1, inside.at(-1)?.number ?? 1];
  }
  return line === undefined ? undefined : [line, line];
}
