import type { PlacedRecord, ReadStream } from './check-streams.js';
import type { Findings } from './findings.js';
import { isObject } from './shape.js';

const ENDS = new Set(['intent_rejected', 'execution_completed', 'execution_failed', 'execution_cancelled', 'execution_terminated']);
const AFTER_AN_END = new Set(['adopted', 'reopened', 'compensation_requested']);

/** Whether the last word about an execution is its end. */
export function hasEnded({ records }: ReadStream): boolean {
  let ended = false;
  for (const { type } of records) {
    if (ENDS.has(type)) ended = true;
    else if (type === 'reopened' || type === 'compensation_requested') ended = false;
  }
  return ended;
}

/**
 * The order that records must keep, as far as a reader needs it: an intent first and once, its decision before anything starts, a step's outcome
 * after its start and once, an effect's outcome after its intention, nothing after the end but what brings it back.
 */
export function checkGrammar(stream: ReadStream, findings: Findings): void {
  if (stream.kind === 'execution') checkExecution(stream, findings);
  if (stream.kind === 'session') checkSession(stream, findings);
}

function checkSession({ streamId: stream_id, records }: ReadStream, findings: Findings): void {
  findings.expect(records[0]?.type === 'session_created', 'grammar', 'a session’s stream begins with session_created', { stream_id, seq: 0 });
  const closed = records.findIndex(({ type }) => type === 'session_closed');
  for (const { type, seq } of records.slice(closed < 0 ? records.length : closed + 1)) findings.add('grammar', `${type} after the session was closed`, { stream_id, seq });
}

function checkExecution({ streamId: stream_id, records }: ReadStream, findings: Findings): void {
  findings.expect(records[0]?.type === 'intent_received', 'grammar', `an execution’s stream begins with intent_received, not ${records[0]?.type ?? 'nothing'}`, { stream_id, seq: 0 });
  const steps = new RunningSteps();
  let ended = false;
  let decided = false;
  records.forEach((placed, i) => {
    const { type, seq } = placed;
    const place = { stream_id, seq };
    if (i > 0 && type === 'intent_received') findings.add('grammar', 'a second intent_received', place);
    if (ended && !AFTER_AN_END.has(type)) findings.add('grammar', `${type} after the execution ended`, place);
    if (type === 'saga_started' || type === 'step_started') findings.expect(decided, 'grammar', `${type} before policy decided`, place);
    const problem = steps.take(placed);
    if (problem !== undefined) findings.add('grammar', problem, place);
    if (type === 'policy_evaluated') decided = true;
    ended = ENDS.has(type) || (ended && type === 'adopted');
  });
}

/** Which attempts run, and which effects are under way. */
class RunningSteps {
  private readonly attempts = new Set<string>();
  private readonly effects = new Set<string>();

  /** What is wrong with a record where it stands. */
  take({ type, record }: PlacedRecord): string | undefined {
    const attempt = `${String(record['step'])} (attempt ${String(record['attempt'])})`;
    switch (type) {
      case 'step_started':
        this.attempts.add(attempt);
        return undefined;
      case 'step_completed':
      case 'step_failed':
        return this.attempts.delete(attempt) ? undefined : `${type} of ${attempt}, which does not run`;
      case 'effect_intended':
        this.effects.add(String(record['key']));
        return undefined;
      case 'effect_completed':
        return this.effects.has(String(record['key'])) ? undefined : `${type} of an effect that was never intended`;
      default:
        return undefined;
    }
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Everything is somebody's: records name an actor and a time, the intent its caller, tenant and id, and the session its user. */
export function checkAttribution(stream: ReadStream, tenantId: string, findings: Findings): void {
  for (const { type, seq, record } of stream.records) {
    const place = { stream_id: stream.streamId, seq };
    findings.expect(text(record['actor']) !== '', 'attribution', `${type} names no actor`, place);
    findings.expect(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text(record['at'])), 'attribution', `${type} names no time`, place);
    if (type === 'intent_received') {
      const [intent, caller] = [member(record, 'intent'), member(record, 'caller')];
      findings.expect(intent['tenant_id'] === tenantId && caller['tenant_id'] === tenantId, 'attribution', 'the intent or its caller is of another tenant', place);
      findings.expect(intent['intent_id'] === stream.streamId, 'attribution', 'the intent’s id is not the execution’s', place);
    }
    if (type === 'session_created') {
      const session = member(record, 'session');
      findings.expect(session['tenant_id'] === tenantId && session['session_id'] === stream.streamId, 'attribution', 'the session is of another tenant or id', place);
    }
  }
}

/** A member that is an object; an empty one when there is none. */
export function member(record: { readonly [key: string]: unknown }, name: string): { readonly [key: string]: unknown } {
  const value = record[name];
  return isObject(value) ? value : {};
}
