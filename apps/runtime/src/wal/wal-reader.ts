import type { Database } from '@symphainy/store-postgres';
import { FRAME_COLUMNS, frameOf, type FrameRow } from './stored-frame.js';
import type { StoredFrame, StreamCheckpoint, WalReader } from '../acceptance/log.ports.js';

const INT_MAX = 0x7fff_ffff;

/** Streams of one tenant, by the reader role: row-level security hides every other tenant's, whatever is asked. */
export class PostgresWalReader implements WalReader {
  constructor(private readonly database: Database) {}

  async readStream(tenantId: string, streamId: string, fromSeq = 0, limit = INT_MAX): Promise<StoredFrame[]> {
    const { rows } = await this.database.run<FrameRow>({
      name: 'read-stream',
      text: `select ${FRAME_COLUMNS} from runtime.read_stream($1, $2, $3, $4)`,
      values: [tenantId, streamId, fromSeq, Math.min(limit, INT_MAX)],
    });
    return rows.map(frameOf);
  }

  async readHead(tenantId: string, streamId: string): Promise<StoredFrame | undefined> {
    const { rows } = await this.database.run<FrameRow>({ name: 'read-head', text: `select ${FRAME_COLUMNS} from runtime.read_head($1, $2)`, values: [tenantId, streamId] });
    return rows[0] === undefined ? undefined : frameOf(rows[0]);
  }

  async readCheckpoint(tenantId: string, streamId: string): Promise<StreamCheckpoint | undefined> {
    const [row] = await this.database.asTenant(tenantId, (sql) =>
      sql.query<StreamCheckpoint>('select seq, hash, fold, state from runtime.stream_checkpoints where tenant_id = $1 and stream_id = $2', [tenantId, streamId]),
    );
    return row;
  }
}
