import type { Frame, WalRecord } from '@symphainy/contracts';
import { decodeBody, hexOf } from '@symphainy/execution';
import type { StoredFrame, StreamKind } from '../acceptance/log.ports.js';

/** A row of the log as the database gives it. */
export interface FrameRow {
  readonly tenant_id: string;
  readonly stream_id: string;
  readonly seq: number;
  readonly kind: StreamKind;
  readonly at: string;
  readonly hash: Uint8Array;
  readonly body: Uint8Array;
  readonly writer: string;
  readonly n: number;
}

export const FRAME_COLUMNS = 'tenant_id, stream_id, seq, kind, at, hash, body, writer, n';

export const frameOf = (row: FrameRow): StoredFrame => ({
  tenantId: row.tenant_id,
  streamId: row.stream_id,
  seq: row.seq,
  kind: row.kind,
  at: row.at,
  hash: row.hash,
  body: row.body,
  writer: row.writer,
  n: row.n,
});

/** What a frame says: at hand when this instance committed it, else read from its body. A head says nothing. */
export const recordsIn = ({ records, body }: Pick<StoredFrame, 'records' | 'body'>): readonly WalRecord[] => records ?? (body.length === 0 ? NOTHING : decodeBody(body));

const NOTHING: readonly WalRecord[] = [];

/** A frame as it leaves the runtime. */
export const wireFrame = (frame: StoredFrame): Frame => ({
  tenant_id: frame.tenantId,
  stream_id: frame.streamId,
  seq: frame.seq,
  kind: frame.kind,
  at: frame.at,
  hash: hexOf(frame.hash),
  records: decodeBody(frame.body),
  writer: frame.writer,
  n: frame.n,
});
