import type { Session, WalRecord } from '@symphainy/contracts';
import type { FoldedFrame } from './evolve.js';
import { GrammarError } from './grammar.js';

/** A session as its stream tells it. Which executions are active is an index of other streams, so it is not here. */
export interface SessionState extends Omit<Session, 'active_sagas'> {
  readonly head: { readonly seq: number; readonly hash: Uint8Array };
}

/** Folds a session's stream; undefined for an empty one. Throws GrammarError on any record but its lifecycle. */
export function foldSession(frames: readonly FoldedFrame[]): SessionState | undefined {
  let state: SessionState | undefined;
  for (const frame of frames) {
    const head = { seq: frame.seq, hash: frame.hash };
    for (const record of frame.records) state = { ...evolveSession(state, record), head };
  }
  return state;
}

function evolveSession(state: SessionState | undefined, record: WalRecord): Omit<SessionState, 'head'> {
  if (record.type === 'session_created' && state === undefined) return record.session;
  if (record.type === 'session_closed' && state !== undefined && state.closed_at === undefined) return { ...state, closed_at: record.at };
  throw new GrammarError(`${record.type} does not belong here in a session's stream`);
}
