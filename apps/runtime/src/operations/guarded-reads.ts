import type { Artifact, SubjectRequest } from '@symphainy/contracts';
import type { RecordedAccess } from '../acceptance/recorded-access.js';
import type { ReaderViews } from '../data-brain/reader-views.js';
import type { CommandHandlers, QueryHandlers } from '../intake/intake.ports.js';
import { executionPages } from '../state-surface/execution-pages.js';

type Handlers = CommandHandlers & QueryHandlers;

/** Executions of a session that one look takes in. */
const SESSION_PAGE = 1_000;

/** What an execution left behind is reached through these: each asks policy first. Views without content (status, lists) are open to the tenant, as before. */
export function guardedReads(access: RecordedAccess, views: ReaderViews, handlers: Handlers): Handlers {
  const look = async <R extends SubjectRequest<'runtime.execution.result'>>({ caller, execution_id }: R): Promise<void> => access.look({ caller, action: 'hydrate', executionId: execution_id });
  const replay = async ({ caller, execution_id }: SubjectRequest<'runtime.execution.determinism'>): Promise<unknown> => access.decide({ caller, action: 'replay', executionId: execution_id });
  return {
    ...handlers,
    'runtime.artifact.read': async (request) => {
      const artifact = await handlers['runtime.artifact.read'](request);
      const [decided] = await access.decide({ caller: request.caller, action: 'hydrate', executionId: artifact.execution_id, artifact: named(artifact) });
      return views.artifact(request.caller.tenant_id, artifact, decided?.access?.capability.realm ?? '');
    },
    'runtime.reference.resolve': async (request) => {
      const { classification, provenance } = await handlers['runtime.reference.read'](request);
      await access.decide({ caller: request.caller, action: 'hydrate', executionId: provenance.execution_id, artifact: { artifact_id: request.reference, classification } });
      return handlers['runtime.reference.resolve'](request);
    },
    'runtime.execution.replay': async (request) => (await replay(request), handlers['runtime.execution.replay'](request)),
    'runtime.execution.determinism': async (request) => (await replay(request), handlers['runtime.execution.determinism'](request)),
    'runtime.session.replay': async (request) => {
      await ofSession(handlers, request, async (ids) => access.decideReadable(...ids.map((executionId) => ({ caller: request.caller, action: 'replay' as const, executionId }))));
      return handlers['runtime.session.replay'](request);
    },
    'runtime.execution.result': async (request) => (await look(request), handlers['runtime.execution.result'](request)),
    'runtime.execution.frames': async (request) => (await look(request), handlers['runtime.execution.frames'](request)),
    'runtime.state.read': async (request) => (await look(request), handlers['runtime.state.read'](request)),
    'runtime.evidence.export': async (request) => {
      const { caller, kind, id } = request;
      if (kind === 'execution') await look({ caller, execution_id: id });
      else await ofSession(handlers, { caller, session_id: id }, async (ids) => access.look(...ids.map((executionId) => ({ caller, action: 'hydrate' as const, executionId }))));
      return handlers['runtime.evidence.export'](request);
    },
    'runtime.wal.query': async (request) => {
      const page = await handlers['runtime.wal.query'](request);
      const readable = await access.readable(request.caller, page.frames.flatMap((frame) => (frame.kind === 'execution' ? [frame.stream_id] : [])));
      return { ...page, frames: page.frames.filter((frame) => frame.kind !== 'execution' || readable.has(frame.stream_id)) };
    },
    'runtime.state.query': async (request) => {
      const page = await handlers['runtime.state.query'](request);
      const readable = await access.readable(request.caller, page.entries.map((entry) => entry.execution_id));
      return { ...page, entries: page.entries.filter((entry) => readable.has(entry.execution_id)) };
    },
  };
}

const named = ({ artifact_id, classification }: Artifact): { artifact_id: string; classification: string | undefined } => ({ artifact_id, classification });

/** Goes through the executions of a session, page by page; one that is not there has none. */
async function ofSession(handlers: Handlers, { caller, session_id }: { caller: SubjectRequest<'runtime.session.read'>['caller']; session_id: string }, decide: (ids: readonly string[]) => Promise<unknown>): Promise<void> {
  for await (const page of executionPages(handlers, { caller, session_id, limit: SESSION_PAGE })) if (page.length > 0) await decide(page.map((execution) => execution.execution_id));
}
