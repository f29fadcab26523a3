import type { SubjectReply, SubjectRequest } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { z } from 'zod';
import { pageOf, placeOf } from './cursor.js';
import type { ExecutionReads } from './execution-reads.js';
import type { Settled } from './settled.js';

interface EntryRow {
  readonly key: string;
  readonly value: string;
  readonly execution_id: string;
  readonly updated_at: string;
}

/** No text that begins with the prefix sorts behind this. */
const LAST = '\u{10FFFF}';

/** Durable state by key, and the state of one execution. Counts its reads, per tenant. */
export class StateQueries {
  private readonly gets = new Map<string, number>();

  constructor(
    private readonly settled: Settled,
    private readonly reads: ExecutionReads,
  ) {}

  /** Reads of state that this instance has answered for the tenant. */
  getsOf(tenantId: string): number {
    return this.gets.get(tenantId) ?? 0;
  }

  async read({ caller, execution_id }: SubjectRequest<'runtime.state.read'>): Promise<SubjectReply<'runtime.state.read'>> {
    this.count(caller.tenant_id);
    const { view, state, source } = await this.reads.view(caller.tenant_id, execution_id);
    return { execution: view, state: { ...state }, source };
  }

  /** In the order of keys. */
  async query({ caller, prefix, limit, cursor }: SubjectRequest<'runtime.state.query'>): Promise<SubjectReply<'runtime.state.query'>> {
    const [after] = placeOf(cursor, z.tuple([z.string()])) ?? [null];
    this.count(caller.tenant_id);
    await this.settled.settle();
    const rows = await this.settled.database.asTenant(caller.tenant_id, (sql) =>
      sql.query<EntryRow>(
        `select key, value, execution_id, updated_at from runtime.state_entries
         where tenant_id = $1 and key >= $2 and key < $3 and ($4::text is null or key > $4) and value is not null order by key limit $5`,
        [caller.tenant_id, prefix, prefix + LAST, after, limit + 1],
      ),
    );
    const { items, next } = pageOf(rows, limit, (row) => ({ ...row, value: JSON.parse(row.value) as Json }), (row) => [row.key]);
    return { entries: items, ...next };
  }

  private count(tenantId: string): void {
    this.gets.set(tenantId, this.getsOf(tenantId) + 1);
  }
}
