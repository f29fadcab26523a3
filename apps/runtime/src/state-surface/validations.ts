import { failure, type SubjectReply, type SubjectRequest, type ValidationReport } from '@symphainy/contracts';
import type { ObjectStore } from '@symphainy/ports';
import type { WalReader } from '../acceptance/log.ports.js';
import { streamPages } from '../acceptance/stream-fold.js';
import { isUnreadable } from '../acceptance/unreadable-stream.js';
import type { ExecutionQueries } from './execution-queries.js';
import type { Settled } from './settled.js';
import { StreamValidation } from './stream-checks.js';

/** Streams of a session that are validated at once. */
const AT_ONCE = 8;
const PAGE = 500;

/** Validation of recorded streams: distrusts every byte of the log, and the object store. */
export class Validations {
  constructor(private readonly parts: Settled & { readonly reader: WalReader; readonly objects: ObjectStore; readonly executions: ExecutionQueries }) {}

  async ofExecution({ caller, execution_id }: SubjectRequest<'runtime.execution.validate'>): Promise<ValidationReport> {
    const [first] = await this.parts.reader.readStream(caller.tenant_id, execution_id, 0, 1);
    if (first?.kind !== 'execution') throw failure('execution.not_found');
    await this.parts.settle();
    return this.report(caller.tenant_id, execution_id, 'execution');
  }

  /** The session's own stream, and those of all its executions. */
  async ofSession({ caller, session_id }: SubjectRequest<'runtime.session.validate'>): Promise<SubjectReply<'runtime.session.validate'>> {
    const [first] = await this.parts.reader.readStream(caller.tenant_id, session_id, 0, 1);
    if (first?.kind !== 'session') throw failure('session.not_found');
    await this.parts.settle();
    const reports = [await this.report(caller.tenant_id, session_id, 'session')];
    let cursor: string | undefined;
    do {
      const page = await this.parts.executions.list({ caller, session_id, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
      for (let i = 0; i < page.executions.length; i += AT_ONCE) {
        const some = page.executions.slice(i, i + AT_ONCE);
        reports.push(...(await Promise.all(some.map((execution) => this.report(caller.tenant_id, execution.execution_id, 'execution')))));
      }
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    return { valid: reports.every((report) => report.valid), reports };
  }

  /** What others had seen of the stream is asked first: it may go on while it is read, but never ends before that. An archive that cannot be read is what is found of its stream, and of no other. */
  private async report(tenantId: string, streamId: string, kind: ValidationReport['kind']): Promise<ValidationReport> {
    const recordedHead = await this.recordedHead(tenantId, streamId, kind);
    const validation = new StreamValidation({ tenantId, streamId, kind }, this.parts.objects);
    try {
      for await (const page of streamPages(this.parts.reader, tenantId, streamId)) await validation.take(page);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      validation.breakOff(error.message);
    }
    return validation.report(recordedHead);
  }

  /** How far the follower has seen the stream: more than the log now holds means that its end was cut off. */
  private async recordedHead(tenantId: string, streamId: string, kind: ValidationReport['kind']): Promise<number | undefined> {
    const table = kind === 'session' ? 'sessions where tenant_id = $1 and session_id = $2' : 'executions where tenant_id = $1 and execution_id = $2';
    const [row] = await this.parts.database.asTenant(tenantId, (sql) => sql.query<{ head_seq: number }>(`select head_seq from runtime.${table}`, [tenantId, streamId]));
    return row?.head_seq;
  }
}
