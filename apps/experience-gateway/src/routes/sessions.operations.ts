import { replayMode, session, sessionReplayReport, subjects, walRecordType, words } from '@symphainy/contracts';
import { z } from 'zod';
import { operation } from '../http/operation.js';
import { ofSession, page } from './parts.js';

const tag = 'sessions';
const access = 'caller';

export const createSession = operation({
  id: 'createSession', method: 'POST', path: '/v1/sessions', tag, access,
  summary: 'Open a session: every intent needs one',
  body: z.strictObject({ context: words.jsonObject.default({}) }),
  replies: { 201: { description: 'The session', schema: session, headers: { Location: 'Where the session is read' } } },
});

export const listSessions = operation({
  id: 'listSessions', method: 'GET', path: '/v1/sessions', tag, access,
  summary: 'The sessions the caller may see, newest first',
  query: z.strictObject(page),
  replies: { 200: { description: 'A page of sessions', schema: subjects['runtime.session.list'].reply } },
});

export const readSession = operation({
  id: 'readSession', method: 'GET', path: '/v1/sessions/:session_id', tag, access,
  summary: 'One session, with the executions that have not ended',
  params: ofSession,
  replies: { 200: { description: 'The session', schema: session } },
  failures: ['session.not_found', 'session.foreign_user'],
});

export const closeSession = operation({
  id: 'closeSession', method: 'DELETE', path: '/v1/sessions/:session_id', tag, access,
  summary: 'Close a session: it takes no further intents; its records stay',
  params: ofSession,
  query: z.strictObject({ reason: z.string().max(500).optional() }),
  replies: { 200: { description: 'The closed session', schema: session } },
  failures: ['session.not_found', 'session.foreign_user', 'session.closed'],
});

export const readSessionWal = operation({
  id: 'readSessionWal', method: 'GET', path: '/v1/sessions/:session_id/wal', tag, access,
  summary: 'The frames of a session and of its executions, in log order',
  params: ofSession,
  query: z.strictObject({ record_type: walRecordType.optional(), ...page }),
  replies: { 200: { description: 'A page of frames', schema: subjects['runtime.wal.query'].reply } },
  failures: ['session.not_found', 'session.foreign_user'],
});

export const validateSession = operation({
  id: 'validateSession', method: 'GET', path: '/v1/sessions/:session_id/validation', tag, access,
  summary: 'Check every stream of a session: hash chain, grammar, policy, attribution, artifacts',
  params: ofSession,
  replies: { 200: { description: 'The reports', schema: subjects['runtime.session.validate'].reply } },
  failures: ['session.not_found', 'session.foreign_user'],
});

export const replaySession = operation({
  id: 'replaySession', method: 'POST', path: '/v1/sessions/:session_id/replay', tag, access, safe: true,
  summary: 'Replay a session: the frames of all its streams in one order, or its executions one after the other',
  params: ofSession,
  body: z.strictObject({ mode: replayMode.default('state_only'), limit: z.number().int().min(1).max(1000).optional(), cursor: z.string().max(500).optional() }),
  replies: { 200: { description: 'A page of the replay', schema: sessionReplayReport } },
  failures: ['session.not_found', 'session.foreign_user'],
});
