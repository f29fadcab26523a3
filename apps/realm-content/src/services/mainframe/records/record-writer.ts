/** Records one behind the other in the file's format: the opposite of framing. Bytes that were kept around a record are used where they say the same as those made here. */
import { blockWordLength, descriptorWord, framerOf, recordWordLength, WORD_BYTES, type RecordForm, type WordForm } from './framing.js';
import type { RecordReading } from './mainframe-options.js';

/** As hexadecimal text; absent: as a program would write it. */
export interface Around {
  /** The bytes before the record: descriptor word and prefix. */
  readonly before?: string | undefined;
  /** The bytes behind it: suffix and end of line. */
  readonly after?: string | undefined;
  /** A block begins with this record; its descriptor word. */
  readonly block?: string | undefined;
}

export class RecordWriter {
  /** The record without its block, for formats that have blocks. */
  private readonly form: RecordForm;
  private readonly bdw: WordForm | undefined;
  private block: Uint8Array[] = [];
  private blockBytes = 0;
  private blockWord: string | undefined;

  constructor(private readonly reading: RecordReading) {
    const { framing } = reading;
    this.form = framing.format === 'variable_blocked' ? { format: 'variable', rdw: framing.rdw } : framing;
    this.bdw = framing.format === 'variable_blocked' ? framing.bdw : undefined;
  }

  /** The bytes that are ready. Throws a RangeError where the format cannot hold the record. */
  write(record: Uint8Array, around: Around): Uint8Array[] {
    const framed = this.framed(record, around);
    if (this.bdw === undefined) return [framed];
    const full = this.blockBytes > 0 && (around.block !== undefined || (this.blockWord === undefined && descriptorWord(this.blockBytes + framed.length, this.bdw) === undefined));
    const ready = full ? this.end() : [];
    this.blockWord = full || this.blockBytes === 0 ? around.block : this.blockWord;
    this.block.push(framed);
    this.blockBytes += framed.length;
    return ready;
  }

  /** The block that is open. */
  end(): Uint8Array[] {
    if (this.bdw === undefined || this.blockBytes === 0) return [];
    const kept = bytesOf(this.blockWord);
    const word = kept.length === WORD_BYTES && blockWordLength(kept, this.bdw) === this.blockBytes ? kept : descriptorWord(this.blockBytes, this.bdw);
    if (word === undefined) throw new RangeError(`a block of ${this.blockBytes} bytes is longer than its descriptor word can say`);
    const ready = [word, ...this.block];
    this.block = [];
    this.blockBytes = 0;
    this.blockWord = undefined;
    return ready;
  }

  private framed(record: Uint8Array, around: Around): Uint8Array {
    const { prefix, suffix } = this.reading;
    const before = bytesOf(around.before);
    const inner = prefix + record.length + suffix;
    const word = this.form.format === 'variable' ? wordFor(this.form.rdw, inner, before) : new Uint8Array();
    const head = before.length === word.length + prefix ? before.subarray(word.length) : this.blanks(prefix);
    const framed = Buffer.concat([word, head, record, this.behind(around.after)]);
    this.check(framed, word.length, inner);
    return framed;
  }

  private behind(kept: string | undefined): Uint8Array {
    if (kept !== undefined) return bytesOf(kept);
    return Buffer.concat([this.blanks(this.reading.suffix), this.form.format === 'text' ? Uint8Array.of(this.form.newline[0]!) : new Uint8Array()]);
  }

  private blanks(count: number): Uint8Array {
    return new Uint8Array(count).fill(this.reading.form.page.space);
  }

  /** What is written must be found again. */
  private check(framed: Uint8Array, start: number, inner: number): void {
    if (framed.length === 0) throw new RangeError('the record has no bytes');
    const view = { bytes: framed, length: framed.length, origin: 0, last: true };
    const found = attempt(() => framerOf(this.form).next(view, 0));
    if (found === undefined || found.start !== start || found.end - found.start !== inner || found.next !== framed.length) throw new RangeError(`a record of ${inner} bytes is not what the record format ${FORMS[this.form.format]} would find again`);
  }
}

const FORMS: Readonly<Record<RecordForm['format'], string>> = {
  fixed: 'with its fixed length', variable: 'with its descriptor word', variable_blocked: 'with its blocks', text: 'with its ends of lines', measured: 'with the counts or the length in the record',
};

function wordFor(form: WordForm, length: number, kept: Uint8Array): Uint8Array {
  const word = kept.subarray(0, WORD_BYTES);
  if (word.length === WORD_BYTES && recordWordLength(word, form) === length) return word;
  const made = descriptorWord(length, form);
  if (made === undefined) throw new RangeError(`a record of ${length} bytes is longer than its descriptor word can say`);
  return made;
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

const bytesOf = (hex: string | undefined): Uint8Array => Buffer.from(hex ?? '', 'hex');

/** What has to be kept around a record, whose own bytes are the `inside` of `whole`; nothing where the writer would write the same. */
export function keptAround(reading: RecordReading, whole: Uint8Array, inside: { readonly start: number; readonly end: number }): Around {
  const { framing, prefix } = reading;
  if (inside.start === 0 && inside.end === whole.length && framing.format !== 'text') return {};
  const block = framing.format === 'variable_blocked' && inside.start - prefix === 2 * WORD_BYTES ? hexOf(whole.subarray(0, WORD_BYTES)) : undefined;
  const from = block === undefined ? 0 : WORD_BYTES;
  const record = whole.subarray(inside.start, inside.end);
  const plain = attempt(() => new RecordWriter({ ...reading, framing: framing.format === 'variable_blocked' ? { format: 'variable', rdw: framing.rdw } : framing }).write(record, {})[0]);
  const own = inside.start - from;
  const before = whole.subarray(from, inside.start);
  const after = whole.subarray(inside.end);
  const sameBefore = plain !== undefined && Buffer.compare(plain.subarray(0, own), before) === 0;
  const sameAfter = plain !== undefined && Buffer.compare(plain.subarray(own + record.length), after) === 0;
  return { ...(sameBefore ? {} : { before: hexOf(before) }), ...(sameAfter ? {} : { after: hexOf(after) }), ...(block === undefined ? {} : { block }) };
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
