/**
 * Where records begin and end. A framer looks at bytes from some place on and names the next record, or says that it must see more; so a file of any
 * size is framed as it streams by, and a part of one by itself.
 *
 * Record and block descriptor words as DFSMS writes them (z/OS DFSMS Using Data Sets, "Variable-length record formats"): two bytes of length, which count the word
 * itself, and two of zeros. Little-endian words, words that do not count themselves and other deviations are what transfer programs make of them.
 */
import { failure } from '@symphainy/contracts';

/** A record's bytes: `start` inclusive, `end` exclusive; `next`: where the one after it is looked for. All in the bytes that were given. */
export interface RecordRange {
  readonly start: number;
  readonly end: number;
}

export interface Framed extends RecordRange {
  readonly next: number;
}

/** What a framer sees: `bytes` up to `length`; `origin`: the place of the first of them in the file; `last`: the file (or its body) ends with them. */
export interface View {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly origin: number;
  readonly last: boolean;
  /** Records that were found before, counted on by who asks; told where the next is none. */
  records?: number;
}

export interface Framer {
  /** The record at `at`; undefined: it does not end in the view, which is not the last. */
  next(view: View, at: number): Framed | undefined;
  /** Whether the file may be divided before what comes next: not inside a block. */
  divisible(): boolean;
}

export interface WordForm {
  readonly endian: 'big' | 'little';
  /** The word's own four bytes are part of the length. */
  readonly inclusive: boolean;
  /** Added to the length as read. */
  readonly adjustment: number;
}

export type RecordForm =
  | { readonly format: 'fixed'; readonly length: number }
  | { readonly format: 'variable'; readonly rdw: WordForm }
  | { readonly format: 'variable_blocked'; readonly rdw: WordForm; readonly bdw: WordForm }
  | { readonly format: 'text'; readonly newline: readonly number[]; readonly carriageReturn: number }
  /** `lengthOf`: bytes of the record that begins at `start`, or undefined when `end` comes before they can be told. */
  | { readonly format: 'measured'; readonly lengthOf: (bytes: Uint8Array, start: number, end: number) => number | undefined };

export function framerOf(form: RecordForm): Framer {
  switch (form.format) {
    case 'fixed':
      return { divisible: always, next: (view, at) => whole(view, at, at, at + form.length, 'record') };
    case 'variable':
      return { divisible: always, next: (view, at) => wordFramed(view, at, form.rdw, 'record') };
    case 'variable_blocked':
      return new BlockedFramer(form.rdw, form.bdw);
    case 'text':
      return { divisible: always, next: (view, at) => line(view, at, form.newline, form.carriageReturn) };
    case 'measured':
      return { divisible: always, next: (view, at) => measured(view, at, form.lengthOf) };
  }
}

const always = (): boolean => true;
export const WORD_BYTES = 4;

/** A record from `start` to `end` which began, with what stands before it, at `at`. */
function whole(view: View, at: number, start: number, end: number, what: string): Framed | undefined {
  if (end <= view.length) return { start, end, next: end };
  if (!view.last) return undefined;
  throw misfit(view, at, `the ${what} at byte ${view.origin + at} ends at byte ${view.origin + end}, but the data ends at byte ${view.origin + view.length}`, { record_bytes: end - at, left_over: view.length - at });
}

function misfit(view: View, at: number, message: string, details: { [key: string]: number | string } = {}): Error {
  const bytes_hex = Buffer.from(view.bytes.subarray(at, Math.min(view.length, at + 8))).toString('hex');
  const before: { [key: string]: number } = view.records === undefined ? {} : { records_before: view.records };
  const told = view.records === undefined ? message : `${message}; ${view.records === 1 ? '1 record stands' : `${view.records} records stand`} before it`;
  return failure('copybook.mismatch', { message: told, field: '/options/record_format', fix: 'check record format, byte order and length; the file may also have been cut, damaged from there on, or converted as text', details: { byte: view.origin + at, bytes_hex, ...before, ...details } });
}

function wordFramed(view: View, at: number, form: WordForm, what: string): Framed | undefined {
  const start = at + WORD_BYTES;
  if (start > view.length) return whole(view, at, at, start, `${what} descriptor word`);
  const stated = statedByRecord(view.bytes, at, form);
  const length = lengthOf(stated, form);
  if (length < 0 || (length === 0 && stated === 0)) throw misfit(view, at, `the ${what} descriptor word at byte ${view.origin + at} states a length of ${stated}, which no ${what} has`, { stated });
  return whole(view, at, start, start + length, what);
}

const statedByRecord = (bytes: Uint8Array, at: number, { endian }: WordForm): number => (endian === 'big' ? (bytes[at]! << 8) | bytes[at + 1]! : (bytes[at + 3]! << 8) | bytes[at + 2]!);

/** A set high bit marks an extended block descriptor word of 31 bits. */
function statedByBlock(bytes: Uint8Array, at: number, { endian }: WordForm): number {
  if (endian === 'little') return bytes[at + 3]! * 256 + bytes[at + 2]!;
  return bytes[at]! >= 0x80 ? (bytes[at]! & 0x7f) * 2 ** 24 + bytes[at + 1]! * 65_536 + bytes[at + 2]! * 256 + bytes[at + 3]! : bytes[at]! * 256 + bytes[at + 1]!;
}

const lengthOf = (stated: number, form: WordForm): number => stated + form.adjustment - (form.inclusive ? WORD_BYTES : 0);

/** Bytes that a record's or block's word says follow it. */
export const recordWordLength = (word: Uint8Array, form: WordForm): number => lengthOf(statedByRecord(word, 0, form), form);
export const blockWordLength = (word: Uint8Array, form: WordForm): number => lengthOf(statedByBlock(word, 0, form), form);

/** The word of a record or block of so many bytes; undefined: a word of two bytes cannot say so. */
export function descriptorWord(length: number, form: WordForm): Uint8Array | undefined {
  const stated = length - form.adjustment + (form.inclusive ? WORD_BYTES : 0);
  if (stated < 1 || stated > MOST_STATED) return undefined;
  return form.endian === 'big' ? Uint8Array.of(stated >> 8, stated & 0xff, 0, 0) : Uint8Array.of(0, 0, stated & 0xff, stated >> 8);
}

/** Of z/OS: records and blocks end at 32,760 bytes. */
const MOST_STATED = 32_760;

class BlockedFramer implements Framer {
  /** Bytes of the open block that are left. */
  private left = 0;

  constructor(
    private readonly rdw: WordForm,
    private readonly bdw: WordForm,
  ) {}

  divisible(): boolean {
    return this.left === 0;
  }

  next(view: View, at: number): Framed | undefined {
    if (this.left > 0) return this.inBlock(view, at);
    const block = at + WORD_BYTES > view.length && !view.last ? undefined : blockWord(view, at, this.bdw);
    if (block === undefined) return undefined;
    this.left = block;
    const record = this.inBlock(view, at + WORD_BYTES);
    if (record === undefined) this.left = 0;
    return record;
  }

  private inBlock(view: View, at: number): Framed | undefined {
    const record = wordFramed(view, at, this.rdw, 'record');
    if (record === undefined) return undefined;
    const left = this.left - (record.next - at);
    if (left < 0) throw misfit(view, at, `the record at byte ${view.origin + at} ends beyond its block`, { block_bytes_left: this.left });
    this.left = left;
    return record;
  }
}

function blockWord(view: View, at: number, form: WordForm): number {
  if (at + WORD_BYTES > view.length) throw misfit(view, at, `the block descriptor word at byte ${view.origin + at} is cut off`);
  const stated = statedByBlock(view.bytes, at, form);
  const length = lengthOf(stated, form);
  if (length < WORD_BYTES) throw misfit(view, at, `the block descriptor word at byte ${view.origin + at} states a length of ${stated}, which no block has`, { stated });
  return length;
}

/** A last line needs no end of line. */
function line(view: View, at: number, newline: readonly number[], carriageReturn: number): Framed | undefined {
  for (let end = at; end < view.length; end++) {
    if (!newline.includes(view.bytes[end]!)) continue;
    return { start: at, end: end > at && view.bytes[end - 1] === carriageReturn ? end - 1 : end, next: end + 1 };
  }
  return view.last ? { start: at, end: view.length, next: view.length } : undefined;
}

function measured(view: View, at: number, tell: (bytes: Uint8Array, start: number, end: number) => number | undefined): Framed | undefined {
  const length = tell(view.bytes, at, view.length);
  if (length === undefined) return whole(view, at, at, view.length + 1, 'record');
  if (length < 1) throw misfit(view, at, `the record at byte ${view.origin + at} has a length of ${length}`);
  return whole(view, at, at, at + length, 'record');
}

/** Fixed records fill their place exactly: asked before any is read, so that a copybook that does not fit is refused at once. */
export function checkFixedFit(size: number, { length, header, trailer }: { readonly length: number; readonly header: number; readonly trailer: number }): void {
  if (length < 1) throw failure('copybook.mismatch', { message: 'the copybook describes records of 0 bytes, which no file is made of', field: '/copybook', details: { record_bytes: length } });
  const body = size - header - trailer;
  const rest = Math.max(0, body) % length;
  if (body >= 0 && rest === 0) return;
  const around = header + trailer > 0 ? ` less ${header + trailer} bytes of header and trailer` : '';
  throw failure('copybook.mismatch', {
    message: `the file has ${size} bytes${around}, which is no whole number of records of ${length} bytes (${rest} bytes are left over)`,
    field: '/copybook',
    details: { file_bytes: size, record_bytes: length, left_over: rest },
  });
}
