import { grantRequest } from '@symphainy/contracts';
import { UsageError, type Command, type Invocation } from '../command.js';
import { objectIn } from '../json-input.js';

function request({ client, words, text, signal }: Invocation): Promise<unknown> {
  const [scope, duration] = [text('scope'), text('duration')];
  const asked = grantRequest.safeParse({
    actions: (words['actions'] ?? '').split(',').map((action) => action.trim()),
    reason: text('reason') ?? '',
    ...(scope === undefined ? {} : { scope: objectIn(scope, '--scope') }),
    ...(duration === undefined ? {} : { duration_s: Number(duration) }),
  });
  if (!asked.success) throw new UsageError(`/${asked.error.issues[0]?.path.join('/') ?? ''}: ${asked.error.issues[0]?.message ?? 'no request for a grant'}`);
  return client().grants.request(asked.data, { signal });
}

const reason = { reason: { type: 'string', value: '<words>', summary: 'recorded with it' } } as const;
const grant = ['grant_id'] as const;
const decide = (verb: 'approve' | 'refuse' | 'revoke') => ({ client, words, text, signal }: Invocation): Promise<unknown> => client().grants[verb](words['grant_id'] ?? '', text('reason'), { signal });

export const grantCommands: readonly Command[] = [
  { path: 'grants list', summary: 'What was asked for lately, and what holds', run: async ({ client }) => (await client().grants.list()).grants },
  {
    path: 'grants request', words: ['actions'], summary: 'Ask for leave to operate, signal, replay, hydrate or erase for a while: operate,signal',
    options: { reason: { type: 'string', value: '<words>', summary: 'why; it is asked for' }, scope: { type: 'string', value: '<json|@file>', summary: 'of which executions, e.g. {"intent_type":"content.ingest"}; default: all of the tenant' }, duration: { type: 'string', value: '<seconds>', summary: 'how long it holds once it is approved; default: an hour' } },
    run: request,
  },
  { path: 'grants approve', words: grant, summary: 'Approve what somebody else asked for', options: reason, run: decide('approve') },
  { path: 'grants refuse', words: grant, summary: 'Refuse what was asked for', options: reason, run: decide('refuse') },
  { path: 'grants revoke', words: grant, summary: 'End a grant at once', options: reason, run: decide('revoke') },
];
