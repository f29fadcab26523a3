import { subjects, walRecordType, words } from '@symphainy/contracts';
import { z } from 'zod';
import { operation } from '../http/operation.js';
import { ofExecution, page } from './parts.js';

const tag = 'state';
const access = 'caller';

export const readState = operation({
  id: 'readState', method: 'GET', path: '/v1/state/:execution_id', tag, access,
  summary: 'An execution’s state: its fold and the durable values it set',
  params: ofExecution,
  replies: { 200: { description: 'The state', schema: subjects['runtime.state.read'].reply } },
  failures: ['execution.not_found'],
});

export const queryState = operation({
  id: 'queryState', method: 'GET', path: '/v1/state', tag, access,
  summary: 'Durable values of the tenant by key prefix',
  query: z.strictObject({ prefix: z.string().max(300).default(''), ...page }),
  replies: { 200: { description: 'A page of values', schema: subjects['runtime.state.query'].reply } },
});

export const queryWal = operation({
  id: 'queryWal', method: 'GET', path: '/v1/wal', tag, access,
  summary: 'The tenant’s write-ahead log, filtered',
  query: z.strictObject({
    session_id: words.uuid.optional(),
    execution_id: words.uuid.optional(),
    intent_type: words.intentType.optional(),
    record_type: walRecordType.optional(),
    correlation_id: z.string().max(120).optional(),
    after: words.moment.optional(),
    before: words.moment.optional(),
    ...page,
  }),
  replies: { 200: { description: 'A page of frames in log order', schema: subjects['runtime.wal.query'].reply } },
});
