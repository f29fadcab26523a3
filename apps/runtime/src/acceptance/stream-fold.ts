import { decodeBody, decodeState, evolveFrame, FOLD_VERSION, type ExecutionState } from '@symphainy/execution';
import type { StoredFrame, WalReader } from './log.ports.js';

/** Frames read at once: a long stream is never in memory whole. */
export const STREAM_PAGE = 500;
/** Most streams end within this; only for a longer one a kept fold is looked for. */
const FIRST_PAGE = 64;

/** An execution as its stream folds, and the stream's last frame: its writer owns the stream. */
export interface FoldedStream {
  readonly state: ExecutionState;
  readonly head: StoredFrame;
}

/** A stream's frames in order, page by page. */
export async function* streamPages(reader: WalReader, tenantId: string, streamId: string, fromSeq = 0): AsyncGenerator<StoredFrame[]> {
  for (let from = fromSeq; ; ) {
    const page = await reader.readStream(tenantId, streamId, from, STREAM_PAGE);
    if (page.length > 0) yield page;
    if (page.length < STREAM_PAGE) return;
    from = page[page.length - 1]!.seq + 1;
  }
}

/**
 * Folds an execution's stream: undefined for none, and for a stream of another kind. A long stream is folded from its checkpoint on, if
 * there is one whose frame still stands in the log with the same hash; else from its start.
 */
export async function foldStream(reader: WalReader, tenantId: string, streamId: string): Promise<FoldedStream | undefined> {
  const first = await reader.readStream(tenantId, streamId, 0, FIRST_PAGE);
  if (first[0]?.kind !== 'execution') return undefined;
  const start = advance(undefined, first);
  if (first.length < FIRST_PAGE) return start;
  return foldOn(reader, (await fromCheckpoint(reader, tenantId, streamId)) ?? start);
}

async function foldOn(reader: WalReader, from: FoldedStream): Promise<FoldedStream> {
  let folded = from;
  for await (const page of streamPages(reader, from.head.tenantId, from.head.streamId, from.head.seq + 1)) folded = advance(folded.state, page);
  return folded;
}

async function fromCheckpoint(reader: WalReader, tenantId: string, streamId: string): Promise<FoldedStream | undefined> {
  const kept = await reader.readCheckpoint(tenantId, streamId);
  if (kept === undefined || kept.fold !== FOLD_VERSION) return undefined;
  const [head] = await reader.readStream(tenantId, streamId, kept.seq, 1);
  if (head === undefined || !Buffer.from(head.hash).equals(kept.hash)) return undefined;
  const state = decodeState(kept.state);
  return { state: { ...state, head: { seq: head.seq, hash: head.hash } }, head };
}

/** Folds more frames of a stream; there is one at least. */
function advance(before: ExecutionState | undefined, frames: readonly StoredFrame[]): FoldedStream {
  let state = before;
  for (const frame of frames) state = evolveFrame(state, { seq: frame.seq, hash: frame.hash, records: decodeBody(frame.body) });
  return { state: state!, head: frames[frames.length - 1]! };
}
