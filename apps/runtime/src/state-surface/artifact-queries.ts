import type { Artifact, SubjectReply, SubjectRequest } from '@symphainy/contracts';
import { z } from 'zod';
import { pageOf, placeOf } from './cursor.js';
import type { Settled } from './settled.js';

interface ArtifactRowRead {
  readonly position: number;
  readonly artifact: string;
}

export class ArtifactQueries {
  constructor(private readonly settled: Settled) {}

  /** In the order in which they were recorded. */
  async list({ caller, session_id, execution_id, artifact_type, limit, cursor }: SubjectRequest<'runtime.artifact.list'>): Promise<SubjectReply<'runtime.artifact.list'>> {
    const [after] = placeOf(cursor, z.tuple([z.number().int()])) ?? [0];
    await this.settled.settle();
    const rows = await this.settled.database.asTenant(caller.tenant_id, (sql) =>
      sql.query<ArtifactRowRead>(
        `select position, artifact from runtime.artifacts
         where tenant_id = $1 and position > $2 and ($3::uuid is null or session_id = $3) and ($4::uuid is null or execution_id = $4) and ($5::text is null or artifact_type = $5)
         order by position limit $6`,
        [caller.tenant_id, after, session_id ?? null, execution_id ?? null, artifact_type ?? null, limit + 1],
      ),
    );
    const { items, next } = pageOf(rows, limit, (row) => JSON.parse(row.artifact) as Omit<Artifact, 'content'>, (row) => [row.position]);
    return { artifacts: items, ...next };
  }
}
