import { failure, type Frame, type RpcSubject } from '@symphainy/contracts';
import { chainProblems, decodeBody, foldSession, foldStored, hasEnded, hexOf, resultOf, viewOf, type ExecutionState } from '@symphainy/execution';
import type { QueryHandlers, QuerySubject } from './intake/intake.ports.js';
import type { StoredFrame, WalReader } from './wal/wal.ports.js';

/** Reads of single streams, straight from the log, until the state surface stands in this place. */
export function provisionalQueries(reader: WalReader): QueryHandlers {
  const framesOf = async (tenantId: string, id: string): Promise<StoredFrame[]> => {
    const frames = await reader.readStream(tenantId, id);
    if (frames[0]?.kind !== 'execution') throw failure('execution.not_found');
    return frames;
  };
  const stateOf = async (tenantId: string, id: string): Promise<ExecutionState> => {
    const state = foldStored(await framesOf(tenantId, id));
    if (state === undefined) throw failure('execution.not_found');
    return state;
  };
  const handlers: Partial<QueryHandlers> = {
    'runtime.execution.read': async ({ caller, execution_id }) => viewOf(await stateOf(caller.tenant_id, execution_id)),
    'runtime.execution.result': async ({ caller, execution_id }) => resultOf(await stateOf(caller.tenant_id, execution_id)),
    'runtime.execution.frames': async ({ caller, execution_id, from_seq, limit }) => {
      const frames = await framesOf(caller.tenant_id, execution_id);
      const state = foldStored(frames);
      return { session_id: state?.intent.session_id ?? '', frames: frames.slice(from_seq, from_seq + limit).map(wireFrame), ended: state !== undefined && hasEnded(state) };
    },
    'runtime.execution.validate': async ({ caller, execution_id }) => {
      const frames = await framesOf(caller.tenant_id, execution_id);
      const problems = chainProblems(frames);
      return { stream_id: execution_id, kind: 'execution', valid: problems.length === 0, frames: frames.length, records: foldStored(frames)?.records ?? 0, head_hash: hexOf(frames.at(-1)!.hash), checks: [{ check: 'chain', ok: problems.length === 0, problems }] };
    },
    'runtime.session.read': async ({ caller, session_id }) => {
      const frames = await reader.readStream(caller.tenant_id, session_id);
      const session = frames[0]?.kind === 'session' ? foldSession(frames.map((f) => ({ seq: f.seq, hash: f.hash, records: decodeBody(f.body) }))) : undefined;
      if (session === undefined) throw failure('session.not_found');
      const { head: _, ...shown } = session;
      return { ...shown, active_sagas: [] };
    },
  };
  return new Proxy(handlers as QueryHandlers, { get: (target, subject) => target[subject as QuerySubject] ?? absent(subject as RpcSubject) });
}

const absent = (subject: RpcSubject) => (): Promise<never> => Promise.reject(failure('runtime.unavailable', { message: `${subject} is not served yet` }));

const wireFrame = (f: StoredFrame): Frame => ({ tenant_id: f.tenantId, stream_id: f.streamId, seq: f.seq, kind: f.kind, at: f.at, hash: hexOf(f.hash), records: decodeBody(f.body), writer: f.writer, n: f.n });
