/** Bytes of JSON lines as they are written: grown as needed, handed on as blocks. */

const QUOTE = 0x22;
const ZERO = 0x30;
const GROUP = 100_000_000;
const GROUP_DIGITS = 8;
const MOST_DIGITS = 24;

export class LineBuffer {
  private bytes: Buffer;
  private end = 0;
  /** Digits, written from behind. */
  private readonly digits = new Uint8Array(MOST_DIGITS);

  constructor(private readonly size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  get length(): number {
    return this.end;
  }

  /** What is behind `length` is forgotten. */
  cutTo(length: number): void {
    this.end = length;
  }

  /** What was written; the buffer begins anew. */
  take(): Buffer {
    const block = this.bytes.subarray(0, this.end);
    this.bytes = Buffer.allocUnsafe(this.size);
    this.end = 0;
    return block;
  }

  ascii(piece: Uint8Array): void {
    const { length } = piece;
    this.reserve(length);
    const { bytes, end } = this;
    for (let at = 0; at < length; at++) bytes[end + at] = piece[at]!;
    this.end = end + length;
  }

  /** Any text, as UTF-8. */
  text(text: string): void {
    this.reserve(text.length * 3);
    this.end += this.bytes.write(text, this.end, 'utf8');
  }

  /** Bytes through a table as a JSON string; false, and nothing written, where the table has no character (0) for one of them. */
  translated(source: Uint8Array, from: number, to: number, table: Uint8Array): boolean {
    this.reserve(to - from + 2);
    const { bytes } = this;
    let { end } = this;
    bytes[end++] = QUOTE;
    for (let at = from; at < to; at++) {
      const character = table[source[at]!]!;
      if (character === 0) return false;
      bytes[end++] = character;
    }
    bytes[end++] = QUOTE;
    this.end = end;
    return true;
  }

  /** A whole number from 0 to 2^53. */
  integer(amount: number): void {
    this.reserve(MOST_DIGITS);
    const from = this.digitsOf(amount, 1);
    for (let at = from; at < MOST_DIGITS; at++) this.bytes[this.end++] = this.digits[at]!;
  }

  /** A whole number of the last of `scale` places, as decimal text with its point, quoted. */
  decimal(negative: boolean, amount: number, scale: number): void {
    this.reserve(MOST_DIGITS + 4);
    const { bytes, digits } = this;
    const from = this.digitsOf(amount, scale + 1);
    let { end } = this;
    bytes[end++] = QUOTE;
    if (negative && amount !== 0) bytes[end++] = 0x2d;
    for (let at = from; at < MOST_DIGITS - scale; at++) bytes[end++] = digits[at]!;
    bytes[end++] = 0x2e;
    for (let at = MOST_DIGITS - scale; at < MOST_DIGITS; at++) bytes[end++] = digits[at]!;
    bytes[end++] = QUOTE;
    this.end = end;
  }

  /** Where the digits begin; at least `least` of them. */
  private digitsOf(amount: number, least: number): number {
    let at = MOST_DIGITS;
    let rest = amount;
    while (rest >= GROUP) {
      const high = Math.floor(rest / GROUP);
      let low = rest - high * GROUP;
      for (let digit = 0; digit < GROUP_DIGITS; digit++) {
        const next = (low / 10) | 0;
        this.digits[--at] = ZERO + low - next * 10;
        low = next;
      }
      rest = high;
    }
    for (let low = rest; low > 0; ) {
      const next = (low / 10) | 0;
      this.digits[--at] = ZERO + low - next * 10;
      low = next;
    }
    while (MOST_DIGITS - at < least) this.digits[--at] = ZERO;
    return at;
  }

  private reserve(more: number): void {
    if (this.end + more <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.end + more));
    this.bytes.copy(grown, 0, 0, this.end);
    this.bytes = grown;
  }
}
