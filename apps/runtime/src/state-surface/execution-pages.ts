import type { SubjectReply, SubjectRequest } from '@symphainy/contracts';
import type { QueryHandlers } from '../intake/intake.ports.js';

type Listed = SubjectReply<'runtime.execution.list'>['executions'];

/** All that a list of executions has, a page at a time; `limit` is a page's. */
export async function* executionPages(queries: Pick<QueryHandlers, 'runtime.execution.list'>, asked: Omit<SubjectRequest<'runtime.execution.list'>, 'cursor'>): AsyncGenerator<Listed> {
  let cursor: string | undefined;
  do {
    const page = await queries['runtime.execution.list']({ ...asked, ...(cursor === undefined ? {} : { cursor }) });
    yield page.executions;
    cursor = page.next_cursor;
  } while (cursor !== undefined);
}
