/** A record of delimited text, with its place: from its first character up to, but without, its end of line. */
export interface CsvRecord {
  readonly cells: string[];
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
  /** A quoted field of more lines than one goes on after the quote that closes it: its quote may be a stray one, which took the lines up to the next. */
  readonly isDoubtful?: true;
}

/** A quoted field that nothing closes, with the line on which it begins. */
export class UnclosedQuote extends Error {
  constructor(readonly line: number) {
    super(`a quoted field that begins on line ${line} is never closed`);
  }
}

export interface CsvDialect {
  readonly delimiter: string;
  /** What makes a quote within quotes a character: a second quote, a backslash, or either. */
  readonly escape: '"' | '\\' | 'both';
  /** What quotes fields; default `"`. Its doubling is what escapes it unless `escape` is a backslash. */
  readonly quote?: '"' | "'";
  /** Blanks before a field are none of its characters. */
  readonly spaced?: boolean;
}

const [BLANK, CR, LF] = [0x20, 0x0d, 0x0a];

/**
 * The records of delimited text (RFC 4180), each with its place, which no parser at hand tells at the speed of a scan. Lines end with CR LF, LF or CR. A quote within an unquoted field is a character; a quoted field that goes on after its closing quote keeps
 * all its quotes, as it was no quoted field. A blank line is a record of one blank cell; what follows the last end of line is a record where anything does.
 */
export function* csvRecords(text: string, dialect: CsvDialect): Generator<CsvRecord> {
  const scanner = new CsvScanner(text, dialect);
  while (!scanner.isDone) yield scanner.record();
}

export class CsvScanner {
  private at = 0;
  private line = 1;
  private isDoubtful = false;
  private readonly divides: number;
  /** Of a backslash before a quote or a backslash. */
  private readonly escaped = /\\(["'\\])()/g;
  /** Of that, or of a quote that is doubled. */
  private readonly eitherWay = /\\(["'\\])|(")"/g;
  private readonly quote: string;
  private readonly quoteUnit: number;

  constructor(
    private readonly text: string,
    private readonly dialect: CsvDialect,
  ) {
    this.divides = dialect.delimiter.charCodeAt(0);
    this.quote = dialect.quote ?? '"';
    this.quoteUnit = this.quote.charCodeAt(0);
  }

  get isDone(): boolean {
    return this.at >= this.text.length;
  }

  get position(): number {
    return this.at;
  }

  get lineNumber(): number {
    return this.line;
  }

  /** Goes on at the beginning of a line. */
  moveTo(at: number, line: number): void {
    this.at = at;
    this.line = line;
  }

  record(): CsvRecord {
    const { at: start, line } = this;
    this.isDoubtful = false;
    const cells = [this.cell()];
    while (this.isDelimiter(this.at)) {
      this.at += this.dialect.delimiter.length;
      cells.push(this.cell());
    }
    const end = this.at;
    this.at += this.lineEndAt(end);
    this.line++;
    return { cells, start, end, line, ...(this.isDoubtful ? { isDoubtful: true } : {}) };
  }

  private cell(): string {
    if (this.dialect.spaced === true) while (this.text.charCodeAt(this.at) === BLANK) this.at++;
    return this.text.charCodeAt(this.at) === this.quoteUnit && !this.isDelimiter(this.at) ? this.quoted() : this.plain(this.at);
  }

  /** What stands from `from` to the end of the field. */
  private plain(from: number): string {
    const { text, divides } = this;
    for (let at = this.at; ; at++) {
      const unit = text.charCodeAt(at);
      if (unit !== divides && unit !== LF && unit !== CR && at < text.length) continue;
      if (unit === divides && !this.isDelimiter(at)) continue;
      this.at = at;
      return text.slice(from, at);
    }
  }

  private quoted(): string {
    const { text } = this;
    const open = this.at;
    const close = this.closing(open);
    const inner = text.slice(open + 1, close);
    const ends = lineEndsIn(inner);
    this.line += ends;
    this.at = close + 1;
    const plain = this.unescaped(inner);
    if (this.endsAt(this.at)) return plain;
    this.isDoubtful ||= ends > 0;
    return `${this.quote}${plain}${this.plain(close)}`;
  }

  private unescaped(inner: string): string {
    const { escape } = this.dialect;
    if (escape === '"') return inner.replaceAll(this.quote + this.quote, this.quote);
    return inner.replace(escape === 'both' ? this.eitherWay : this.escaped, '$1$2');
  }

  /** The quote that closes what another opens: the first that is no escaped one. */
  private closing(open: number): number {
    const { text, dialect, quote } = this;
    for (let at = text.indexOf(quote, open + 1); at >= 0; at = text.indexOf(quote, at + 1)) {
      const isEscaped = dialect.escape !== '"' && backslashesBefore(text, at) % 2 === 1;
      if (isEscaped) continue;
      if (dialect.escape !== '\\' && text.charCodeAt(at + 1) === this.quoteUnit) at++;
      else return at;
    }
    throw new UnclosedQuote(this.line);
  }

  private endsAt(at: number): boolean {
    return at >= this.text.length || this.isDelimiter(at) || this.lineEndAt(at) > 0;
  }

  private isDelimiter(at: number): boolean {
    return this.text.charCodeAt(at) === this.divides && (this.dialect.delimiter.length === 1 || this.text.startsWith(this.dialect.delimiter, at));
  }

  private lineEndAt(at: number): number {
    const unit = this.text.charCodeAt(at);
    if (unit === LF) return 1;
    return unit === CR ? (this.text.charCodeAt(at + 1) === LF ? 2 : 1) : 0;
  }
}

const lineEndsIn = (text: string): number => (/[\r\n]/.test(text) ? text.match(/\r\n|\r|\n/g)!.length : 0);

function backslashesBefore(text: string, at: number): number {
  let from = at;
  while (text[from - 1] === '\\') from--;
  return at - from;
}
