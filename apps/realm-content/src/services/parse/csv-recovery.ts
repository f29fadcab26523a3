import { failure } from '@symphainy/contracts';
import { CsvScanner, UnclosedQuote, type CsvDialect, type CsvRecord as Scanned } from './csv-records.js';

export interface CsvRecord extends Scanned {
  /** From 1, the heading counted; blank and broken lines are not. */
  readonly row: number;
}

/** Lines that are no record, because a quote opens a field there which nothing closes. */
export interface BrokenLines {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  /** How many. */
  readonly lines: number;
}

export interface CsvRead {
  readonly records: CsvRecord[];
  readonly blank: CsvRecord[];
  readonly broken: BrokenLines[];
}

const isBlankLine = ({ cells }: Scanned): boolean => cells.length === 1 && cells[0]!.trim() === '';

/**
 * The records of a delimited text, also where a quote that nothing closes would take all that stands behind it, or the lines up to the next quote. Such a record ends before the first line from which on the text reads like the records above:
 * as many cells as most of them have, in that line and in most of those that follow. Of a field that is closed, but goes on behind its quote, it must be a line of its own, else it stays what it is. `content.corrupt` where more than half of all lines are broken, or to
 * look on takes more than a few readings of the text.
 */
export function readCsvRecords(text: string, dialect: CsvDialect): CsvRead {
  return new RecoveringReader(text, dialect).read();
}

/** Records above that say how many cells one has, and records below that must agree. */
const ABOVE = 10;
const BELOW = 10;

class RecoveringReader {
  private readonly result: CsvRead = { records: [], blank: [], broken: [] };
  private readonly scanner: CsvScanner;
  /** Characters that may be read again. */
  private budget: number;

  constructor(
    private readonly text: string,
    private readonly dialect: CsvDialect,
  ) {
    this.scanner = new CsvScanner(text, dialect);
    this.budget = text.length * 16 + 1024 * 1024;
  }

  read(): CsvRead {
    const { scanner, result } = this;
    while (!scanner.isDone) {
      const { position: at, lineNumber: line } = scanner;
      const record = this.attempt();
      if (record !== undefined && record.isDoubtful === undefined) this.keep(record);
      else this.mend(at, line, record);
    }
    const lost = result.broken.reduce((sum, { lines }) => sum + lines, 0);
    if (lost > 0 && lost * 2 > scanner.lineNumber - 1) throw unreadable(result.broken[0]!.line);
    return result;
  }

  private keep(record: Scanned): void {
    (isBlankLine(record) ? this.result.blank : this.result.records).push({ ...record, row: this.result.records.length + 1 });
  }

  /** Undefined where a quote is never closed. */
  private attempt(): Scanned | undefined {
    const from = this.scanner.position;
    try {
      return this.scanner.record();
    } catch (error) {
      if (!(error instanceof UnclosedQuote)) throw error;
      this.budget -= this.text.length - from;
      return undefined;
    }
  }

  private mend(at: number, line: number, record: Scanned | undefined): void {
    const { scanner, text, result } = this;
    const [behind, lineBehind] = [scanner.position, scanner.lineNumber];
    const width = this.usualWidth(at, line);
    const next = record !== undefined && width < 2 ? undefined : this.goesOnAt(at, line, record?.end ?? text.length, width);
    if (record !== undefined && next === undefined) {
      this.keep(record);
      return scanner.moveTo(behind, lineBehind);
    }
    if (this.budget < 0) throw unreadable(line);
    const { start, line: nextLine } = next ?? endOf(text, at, line);
    result.broken.push({ start: at, end: at + text.slice(at, start).replace(/[\r\n]+$/, '').length, line, lines: nextLine - line });
    scanner.moveTo(start, nextLine);
  }

  /** How many cells most of the records above have; where there are none, most of those that can be read below. */
  private usualWidth(at: number, line: number): number {
    const above = this.result.records.slice(-ABOVE).map(({ cells }) => cells.length);
    return commonest(above.length > 0 ? above : this.widthsFrom([...linesAfter(this.text, at, line, this.text.length, 1)][0], ABOVE));
  }

  private goesOnAt(at: number, line: number, end: number, width: number): Line | undefined {
    for (const next of linesAfter(this.text, at, line, end)) {
      const widths = this.budget < 0 ? [] : this.widthsFrom(next, 1);
      if (widths[0] !== width) continue;
      const below = this.widthsFrom(next, BELOW);
      if (below.filter((found) => found === width).length * 2 > below.length) return next;
    }
    return undefined;
  }

  /** Cells of the records from a line on, up to a blank line behind two or more. A line that is broken or doubtful too has as many as it has by itself. */
  private widthsFrom(from: Line | undefined, most: number): number[] {
    if (from === undefined) return [];
    const { scanner } = this;
    const widths: number[] = [];
    scanner.moveTo(from.start, from.line);
    while (widths.length < most && !scanner.isDone) {
      const { position: at, lineNumber: line } = scanner;
      const record = this.attempt();
      if (record === undefined || record.isDoubtful) {
        widths.push(this.widthAlone(at));
        const next = [...linesAfter(this.text, at, line, this.text.length, 1)][0];
        if (next === undefined) break;
        scanner.moveTo(next.start, next.line);
      } else if (!isBlankLine(record)) widths.push(record.cells.length);
      else if (widths.length !== 1) break;
    }
    this.budget -= Math.max(0, scanner.position - from.start);
    return widths;
  }

  private widthAlone(at: number): number {
    const line = /[^\r\n]*/y;
    line.lastIndex = at;
    return (line.exec(this.text)?.[0] ?? '').split(this.dialect.delimiter).length;
  }
}

interface Line {
  readonly start: number;
  readonly line: number;
}

/** The lines that begin behind `at` and before `end`. */
function* linesAfter(text: string, at: number, line: number, end: number, most = Infinity): Generator<Line> {
  const ends = /\r\n|\r|\n/g;
  ends.lastIndex = at;
  for (let count = 1; count <= most; count++) {
    if (ends.exec(text) === null || ends.lastIndex >= end) return;
    yield { start: ends.lastIndex, line: line + count };
  }
}

/** Behind the last line. */
function endOf(text: string, at: number, line: number): Line {
  let last = line;
  for (const next of linesAfter(text, at, line, text.length)) last = next.line;
  return { start: text.length, line: last + 1 };
}

export function commonest(widths: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0])[0];
}

const unreadable = (line: number): Error => failure('content.corrupt', { message: `the CSV does not parse: a quoted field that begins on line ${line} is never closed, and what stands behind it does not show where the next record begins`, field: '/source', details: { line } });
