import { isSealed } from './check-checkpoints.js';
import { member } from './check-grammar.js';
import type { ReadStream } from './check-streams.js';
import type { Evidence } from './evidence-format.js';
import type { Findings } from './findings.js';
import { sha256 } from './hashing.js';

/** The streams that belong together: an execution with its session, or a session with all its executions, none left out and none added. */
export function checkMembers(evidence: Evidence, streams: readonly ReadStream[], findings: Findings): void {
  const { kind, id } = evidence.subject;
  const byId = new Map(streams.map((stream) => [stream.streamId, stream]));
  findings.expect(byId.size === streams.length, 'members', 'a stream stands here twice');
  findings.expect(byId.get(id)?.kind === kind, 'members', `the ${kind} itself is not here`, { stream_id: id });
  const executions = streams.filter((stream) => stream.kind === 'execution');
  const sessionId = kind === 'session' ? id : String(member(executions[0]?.records[0]?.record ?? {}, 'intent')['session_id']);
  findings.expect(byId.get(sessionId)?.kind === 'session', 'members', 'the session is not here', { stream_id: sessionId });
  for (const { streamId: stream_id, records } of executions) {
    findings.expect(member(records[0]?.record ?? {}, 'intent')['session_id'] === sessionId, 'members', 'the execution is of another session', { stream_id, seq: 0 });
  }
  if (kind === 'execution') findings.expect(streams.length === 2, 'members', 'there are other streams than the execution’s and its session’s');
  else checkSession(evidence, streams, executions, findings);
}

/** The session's leaf binds how many executions it has, and which, in order. */
function checkSession(evidence: Evidence, streams: readonly ReadStream[], executions: readonly ReadStream[], findings: Findings): void {
  const stream_id = evidence.subject.id;
  const { members } = evidence;
  if (members === undefined || members.session_id !== stream_id) return findings.add('members', 'it is not told which executions the session has', { stream_id });
  const here = new Set(executions.map(({ streamId }) => streamId));
  for (const { streamId, kind } of streams) findings.expect(streamId === stream_id || kind === 'execution', 'members', 'the stream is neither the session nor an execution of it', { stream_id: streamId });
  for (const id of members.executions) findings.expect(here.has(id), 'members', 'the execution is missing', { stream_id: id });
  for (const id of here) findings.expect(members.executions.includes(id), 'members', 'the execution is not among those of the session', { stream_id: id });
  const { leaf } = members;
  if (leaf === undefined) return void findings.expect(members.executions.length === 0, 'members', 'nothing proves that these are all executions of the session', { stream_id });
  findings.expect(isSealed('members', stream_id, leaf, evidence.checkpoint), 'sealing', `the number of its executions (${leaf.seq}) is not in the signed tree`, { stream_id });
  findings.expect(leaf.seq === members.executions.length, 'members', `the session has ${leaf.seq} executions, here are ${members.executions.length}`, { stream_id });
  findings.expect(leaf.hash === runningHash(members.executions), 'members', 'these are not the executions that were sealed, in their order', { stream_id });
}

/** From 32 zero bytes on, SHA-256(hash before ‖ execution id) for each. */
const runningHash = (executions: readonly string[]): string => Buffer.from(executions.reduce<Uint8Array>((hash, id) => sha256(hash, id), Buffer.alloc(32))).toString('hex');
