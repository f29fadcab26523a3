import type { Migration } from '../../provision.js';

/** An execution's or a session's frames are found in the index of frames by their streams, as the tenant's are by their positions. */
export const frameIndexStreamsMigration: Migration = {
  name: 'FrameIndexStreams1790000021000',
  up: (run) => run('create index frame_index_by_stream on frame_index (tenant_id, stream_id, seq)').then(() => undefined),
};
