/**
 * Finding lines in JSON lines that are too many to be read: they stand in the order of a number that each of them has, so that their place is guessed from it and the guess mended
 * by halving. Pure but for the reading, which is given.
 */
export interface LinesFile {
  readonly size: number;
  /** Bytes from `start` up to, but without, `end`. */
  readonly read: (start: number, end: number) => Promise<Uint8Array>;
}

export interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

/** Bytes read at once. */
const WINDOW = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines of a number, and those that were read with them, in order; none of the number: it has none. `range`: the numbers that the file is said to hold, for the first guess;
 * `numberOf`: how a line tells its own.
 */
export async function seekLines(file: LinesFile, target: number, range: { readonly first: number; readonly last: number }, numberOf: (text: string) => number): Promise<readonly NumberedLine[]> {
  const guess = Math.floor((file.size * (target - range.first)) / Math.max(1, range.last - range.first + 1));
  // The first line at or behind `low` comes before the target, or `low` is 0; the first at or behind `high` does not.
  let [low, high] = [0, file.size];
  const probes = [guess - WINDOW / 2, guess + WINDOW / 2];
  while (high - low > WINDOW) {
    const probe = probes.shift() ?? low + Math.floor((high - low) / 2);
    if (probe <= low || probe >= high) continue;
    const line = await lineFrom(file, probe);
    if (line === undefined || numberOf(line) >= target) high = probe;
    else low = probe;
  }
  return linesFrom(file, low, target, numberOf);
}

/** The first line that begins at or behind a place; undefined: none does. */
async function lineFrom(file: LinesFile, place: number): Promise<string | undefined> {
  for (let size = WINDOW; ; size *= 2) {
    const end = Math.min(file.size, place - 1 + size);
    const bytes = await file.read(place - 1, end);
    const start = bytes.indexOf(NEWLINE) + 1;
    const stop = start === 0 ? -1 : bytes.indexOf(NEWLINE, start);
    if (stop !== -1) return decode(bytes.subarray(start, stop));
    if (end === file.size) return start === 0 || start === bytes.length ? undefined : decode(bytes.subarray(start));
  }
}

/** Whole lines from a place on, up to the first behind the target's or the end of what was read with them. */
async function linesFrom(file: LinesFile, place: number, target: number, numberOf: (text: string) => number): Promise<NumberedLine[]> {
  for (let size = 2 * WINDOW; ; size *= 2) {
    const from = Math.max(0, place - 1);
    const end = Math.min(file.size, from + size);
    const bytes = await file.read(from, end);
    const start = place === 0 ? 0 : bytes.indexOf(NEWLINE) + 1;
    const stop = end === file.size ? bytes.length : bytes.lastIndexOf(NEWLINE) + 1;
    const lines = decode(bytes.subarray(start, Math.max(start, stop))).split('\n').filter((text) => text !== '').map((text) => ({ number: numberOf(text), text }));
    if (end === file.size || (lines.at(-1)?.number ?? 0) > target) return lines;
  }
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
