import type { Artifact } from '@symphainy/contracts';
import type { Database } from '@symphainy/store-postgres';
import type { ArtifactFinder } from '../acceptance/acceptance.ports.js';
import type { WalReader } from '../acceptance/log.ports.js';
import { receivedOf } from '../acceptance/named-targets.js';
import type { Found, Listed, RecordedThingsPort, RecordedType } from './recorded-questions.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Executions and artifacts of a tenant, out of the log and its lists. */
export class RecordedThings implements RecordedThingsPort {
  constructor(private readonly parts: { readonly database: Database; readonly reader: WalReader; readonly artifacts: ArtifactFinder; /** Resolves when the lists show what was committed before. */ readonly settle: () => Promise<unknown> }) {}

  async find(tenantId: string, type: RecordedType, id: string): Promise<Found | undefined> {
    try {
      return await this.read(tenantId, type, id);
    } catch (error) {
      // a stream that somebody damaged is not to be had; it keeps nobody from finding the others
      if (error instanceof Error && error.name === 'SyntaxError') return undefined;
      throw error;
    }
  }

  private async read(tenantId: string, type: RecordedType, id: string): Promise<Found | undefined> {
    const [executionId = ''] = id.split('/');
    const received = UUID.test(executionId) ? await receivedOf(this.parts.reader, tenantId, executionId) : undefined;
    if (received === undefined || type === 'execution') return executionId === id && received !== undefined ? { received } : undefined;
    const found = await this.parts.artifacts.find(tenantId, id);
    return found === undefined ? undefined : { received, artifact: { artifact_id: id, classification: found.artifact.classification } };
  }

  async list(tenantId: string, type: RecordedType, behind: readonly (string | number)[], limit: number): Promise<readonly Listed[]> {
    if (behind.length === 0) await this.parts.settle();
    return this.parts.database.asTenant(tenantId, async (sql) => {
      if (type === 'artifact') return (await sql.query<{ position: number; artifact: string }>(ARTIFACTS, [tenantId, limit, behind[0] ?? null])).map(({ position, artifact }) => ({ id: (JSON.parse(artifact) as Artifact).artifact_id, place: [position] }));
      return (await sql.query<{ execution_id: string; created_at: string }>(EXECUTIONS, [tenantId, limit, behind[0] ?? null, behind[1] ?? null])).map(({ execution_id: id, created_at }) => ({ id, place: [created_at, id] }));
    });
  }
}

const EXECUTIONS = `select execution_id, created_at from runtime.executions
  where tenant_id = $1 and ($3::timestamptz is null or (created_at, execution_id) < ($3, $4::uuid)) order by created_at desc, execution_id desc limit $2`;
const ARTIFACTS = 'select position, artifact from runtime.artifacts where tenant_id = $1 and ($3::bigint is null or position < $3) order by position desc limit $2';
