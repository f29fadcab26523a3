import type { StoredFrame, StreamKind } from './wal.ports.js';

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
