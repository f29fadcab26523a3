import { failure, type ArchivedStream } from '@symphainy/contracts';
import { chainProblems, decodeBody, evolveFrame, GENESIS, hasEnded, hexOf, sealSegment, segmentBytes, type ExecutionState } from '@symphainy/execution';
import { sha256Hex } from '@symphainy/kernel';
import type { StoredFrame, WalReader } from '../acceptance/log.ports.js';
import { streamPages } from '../acceptance/stream-fold.js';

/** A segment holds no more than this, but a frame at least. */
const SEGMENT_FRAMES_MAX = 1_000;
const SEGMENT_BYTES_MAX = 4 * 1024 * 1024;

type Segment = ArchivedStream['segments'][number];

/**
 * Seals an ended execution's stream: its chain is checked and folded along, cut into segments, and each is handed to `keep`. Rejects with `wal.chain_broken` for a
 * stream that does not hold, and `execution.not_applicable` for one that has not ended: neither may leave the log.
 */
export async function sealStream(reader: WalReader, tenantId: string, streamId: string, keep: (bytes: Uint8Array, segment: Segment) => Promise<void>): Promise<ArchivedStream> {
  const segments: Segment[] = [];
  let state: ExecutionState | undefined;
  let previous = GENESIS;
  let open: StoredFrame[] = [];
  let size = 0;
  const cut = async (): Promise<void> => {
    const sealed = sealSegment(open, previous);
    const bytes = segmentBytes(sealed);
    const segment = { object: { hash: sha256Hex(bytes), size: bytes.length, media_type: 'application/json' }, from_seq: sealed.from_seq, to_seq: sealed.to_seq, previous: sealed.previous, root: sealed.root };
    await keep(bytes, segment);
    segments.push(segment);
    previous = open[open.length - 1]!.hash;
    [open, size] = [[], 0];
  };
  for await (const page of streamPages(reader, tenantId, streamId)) {
    const problems = chainProblems(page, state?.head.hash ?? GENESIS, (state?.head.seq ?? -1) + 1);
    if (problems[0] !== undefined) throw failure('wal.chain_broken', { message: problems[0], details: { stream_id: streamId } });
    for (const frame of page) {
      state = evolveFrame(state, { seq: frame.seq, hash: frame.hash, records: decodeBody(frame.body) });
      open.push(frame);
      size += frame.body.length;
      if (open.length >= SEGMENT_FRAMES_MAX || size >= SEGMENT_BYTES_MAX) await cut();
    }
  }
  if (open.length > 0) await cut();
  if (state === undefined || !hasEnded(state)) throw failure('execution.not_applicable', { message: 'an execution that has not ended is not archived' });
  return { stream_id: streamId, head_seq: state.head.seq, head_hash: hexOf(state.head.hash), segments };
}
