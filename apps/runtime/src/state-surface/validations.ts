import { failure, type SubjectReply, type SubjectRequest, type ValidationReport } from '@symphainy/contracts';
import { hexOf } from '@symphainy/execution';
import type { ObjectStore } from '@symphainy/ports';
import type { StoredFrame, WalReader } from '../acceptance/log.ports.js';
import type { ExecutionQueries } from './execution-queries.js';
import type { Settled } from './settled.js';
import { checkArtifacts, checkAttribution, checkChain, checked, checkPolicy, readStrictly } from './stream-checks.js';

/** Streams of a session that are validated at once. */
const AT_ONCE = 8;
const PAGE = 500;

/** Validation of recorded streams: distrusts every byte of the log, and the object store. */
export class Validations {
  constructor(private readonly parts: Settled & { readonly reader: WalReader; readonly objects: ObjectStore; readonly executions: ExecutionQueries }) {}

  async ofExecution({ caller, execution_id }: SubjectRequest<'runtime.execution.validate'>): Promise<ValidationReport> {
    const frames = await this.parts.reader.readStream(caller.tenant_id, execution_id);
    if (frames[0]?.kind !== 'execution') throw failure('execution.not_found');
    await this.parts.settle();
    return this.report(frames, 'execution');
  }

  /** The session's own stream, and those of all its executions. */
  async ofSession({ caller, session_id }: SubjectRequest<'runtime.session.validate'>): Promise<SubjectReply<'runtime.session.validate'>> {
    const frames = await this.parts.reader.readStream(caller.tenant_id, session_id);
    if (frames[0]?.kind !== 'session') throw failure('session.not_found');
    const reports = [await this.report(frames, 'session')];
    let cursor: string | undefined;
    do {
      const page = await this.parts.executions.list({ caller, session_id, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
      for (let i = 0; i < page.executions.length; i += AT_ONCE) {
        const some = page.executions.slice(i, i + AT_ONCE);
        reports.push(...(await Promise.all(some.map(async (e) => this.report(await this.parts.reader.readStream(caller.tenant_id, e.execution_id), 'execution', e.execution_id)))));
      }
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    return { valid: reports.every((report) => report.valid), reports };
  }

  private async report(frames: readonly StoredFrame[], kind: ValidationReport['kind'], streamId = frames[0]?.streamId ?? ''): Promise<ValidationReport> {
    const { stream, problems } = readStrictly(frames);
    const isExecution = kind === 'execution';
    const recordedHead = frames[0] === undefined ? 0 : await this.recordedHead(frames[0].tenantId, streamId, kind);
    const checks = [
      checked('chain', checkChain(frames, recordedHead)),
      checked('grammar', problems),
      checked('policy', isExecution ? checkPolicy(stream) : []),
      checked('attribution', checkAttribution(stream)),
      checked('artifacts', isExecution ? await checkArtifacts(stream, this.parts.objects) : []),
    ];
    const head = frames.at(-1);
    return { stream_id: streamId, kind, valid: checks.every((check) => check.ok), frames: frames.length, records: stream.records.length, head_hash: head === undefined ? '' : hexOf(head.hash), checks };
  }

  /** How far the follower has seen the stream: more than the log now holds means that its end was cut off. */
  private async recordedHead(tenantId: string, streamId: string, kind: ValidationReport['kind']): Promise<number | undefined> {
    const table = kind === 'session' ? 'sessions where tenant_id = $1 and session_id = $2' : 'executions where tenant_id = $1 and execution_id = $2';
    const [row] = await this.parts.database.asTenant(tenantId, (sql) => sql.query<{ head_seq: number }>(`select head_seq from runtime.${table}`, [tenantId, streamId]));
    return row?.head_seq;
  }
}
