/** Divides a file into parts of whole records. Fixed records are divided by arithmetic; others are looked at once, record after record, as the file streams by. */
import type { Json } from '@symphainy/kernel';
import { z } from 'zod';
import { bodyOf } from '../records/read-records.js';
import { framerOf, type Framer } from '../records/framing.js';
import type { RecordReading } from '../records/mainframe-options.js';
import { measureRecord } from '../records/record-decoder.js';
import { SegmentTracker } from '../records/segment-tracker.js';

/** Records `first_record` on, in bytes `start` to `end` of the source; `newest`: the segments' newest records before them. */
export const recordsPart = z.object({ first_record: z.number().int().min(1), records: z.number().int().min(0), start: z.number().int().min(0), end: z.number().int().min(0), newest: z.record(z.string(), z.number()).optional() });
export type RecordsPart = z.infer<typeof recordsPart>;

/** As much is read, decoded and written at once. */
const PART_BYTES = 4 * 1024 * 1024;
/** A map's output names so many results (docs/guides/writing-sagas.md); larger files have larger parts. */
const MOST_PARTS = 250;

export interface SourceFile {
  readonly size: number;
  stream(range: { readonly start: number; readonly end: number }): Promise<AsyncIterable<Uint8Array>>;
}

export type PlanProgress = (done: { bytes_done: number; bytes: number; records: number }) => void;

/** Errors: `copybook.mismatch`, naming the byte where records cease to follow each other. */
export async function* planParts(reading: RecordReading, source: SourceFile, parents: Readonly<Record<string, string>> | undefined, progress: PlanProgress): AsyncGenerator<RecordsPart & { [key: string]: Json }> {
  const { from, to } = bodyOf(reading, source.size, await firstBytes(source));
  const partBytes = Math.max(PART_BYTES, Math.ceil((to - from) / MOST_PARTS));
  const tracker = new SegmentTracker(parents);
  if (reading.fixedLength !== undefined && !tracker.needed) yield* evenParts(from, to, reading.fixedLength, partBytes);
  else yield* new PartScan(reading, tracker, partBytes, progress).parts(source, from, to);
}

async function firstBytes(source: SourceFile): Promise<Uint8Array> {
  for await (const chunk of await source.stream({ start: 0, end: Math.min(3, source.size) })) return chunk;
  return new Uint8Array();
}

function* evenParts(from: number, to: number, length: number, partBytes: number): Generator<RecordsPart> {
  const records = (to - from) / length;
  const each = Math.max(1, Math.floor(partBytes / length));
  for (let first = 0; first < records; first += each) {
    const many = Math.min(each, records - first);
    yield { first_record: first + 1, records: many, start: from + first * length, end: from + (first + many) * length };
  }
}

class PartScan {
  private readonly framer: Framer;
  private records = 0;

  constructor(
    private readonly reading: RecordReading,
    private readonly tracker: SegmentTracker,
    private readonly partBytes: number,
    private readonly progress: PlanProgress,
  ) {
    this.framer = framerOf(reading.framing);
  }

  async *parts(source: SourceFile, from: number, to: number): AsyncGenerator<RecordsPart> {
    let open = this.begin(from);
    let held: Uint8Array = new Uint8Array();
    let origin = from;
    for await (const chunk of withEnd(await source.stream({ start: from, end: to }))) {
      held = chunk === undefined ? held : held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const view = { bytes: held, length: held.length, origin, last: chunk === undefined };
      let at = 0;
      for (let framed = this.next(view, at); framed !== undefined; framed = this.next(view, at)) {
        this.see(held, framed.start, framed.end);
        at = framed.next;
        if (origin + at - open.start < this.partBytes || !this.framer.divisible()) continue;
        yield this.closed(open, origin + at);
        open = this.begin(origin + at);
      }
      held = held.subarray(at);
      origin += at;
      this.progress({ bytes_done: origin - from, bytes: to - from, records: this.records });
    }
    if (origin > open.start) yield this.closed(open, origin);
  }

  private next(view: Parameters<Framer['next']>[0], at: number) {
    view.records = this.records;
    return at < view.length ? this.framer.next(view, at) : undefined;
  }

  private see(bytes: Uint8Array, start: number, end: number): void {
    this.records++;
    if (!this.tracker.needed) return;
    const { plan, rules, prefix, suffix } = this.reading;
    this.tracker.parentOf(measureRecord(plan, bytes, Math.min(end, start + prefix), Math.max(start, end - suffix), rules).segment, this.records);
  }

  private begin(start: number): Pick<RecordsPart, 'first_record' | 'start' | 'newest'> {
    return { first_record: this.records + 1, start, ...(this.tracker.needed ? { newest: this.tracker.state() } : {}) };
  }

  private closed(open: Pick<RecordsPart, 'first_record' | 'start' | 'newest'>, end: number): RecordsPart {
    return { ...open, end, records: this.records - open.first_record + 1 };
  }
}

/** The chunks, and `undefined` behind the last. */
async function* withEnd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array | undefined> {
  yield* chunks;
  yield undefined;
}
