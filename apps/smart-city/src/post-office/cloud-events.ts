import { CloudEvent } from 'cloudevents';
import type { SubscribedFrame } from '@symphainy/contracts';
import type { PlatformEvent } from './event-matching.js';

/** Types of events made of records, of domain events that steps returned, and of what Nurse found. */
export const RECORD_PREFIX = 'symphainy.record.';
export const EVENT_PREFIX = 'symphainy.event.';
export const ATTENTION_PREFIX = 'symphainy.attention.';

/**
 * A committed frame as CloudEvents 1.0, in order: each record one event, followed by the domain events it holds. Ids follow from where the record stands
 * in the log, so that the same record is the same event however often it is sent. Beside the core attributes: `tenantid`, `sessionid`, `executionid`,
 * `intenttype`, `realm`, `correlationid`, and the documented extensions `partitionkey` (the execution: order holds within it) and `sequence`.
 */
export function eventsOf(frame: SubscribedFrame): PlatformEvent[] {
  const common = commonAttributes(frame);
  return frame.records.flatMap((record, index) => {
    const id = `${frame.stream_id}:${frame.seq}:${index}`;
    const subject = typeof record['step'] === 'string' ? `${frame.stream_id}/${record['step']}` : frame.stream_id;
    const place = { ...common, time: record.at, subject, sequence: sequenceOf(frame.seq, index) };
    const events = Array.isArray(record['events']) ? (record['events'] as { type: string; data: object }[]) : [];
    return [
      make({ ...place, id, type: `${RECORD_PREFIX}${record.type}`, data: record }),
      ...events.map((event, n) => make({ ...place, id: `${id}:${n}`, type: `${EVENT_PREFIX}${event.type}`, data: event.data })),
    ];
  });
}

const make = (attributes: object): PlatformEvent => new CloudEvent(attributes as never, false) as PlatformEvent;

/** Compared as text, it is ordered within its partition. */
const sequenceOf = (seq: number, index: number): string => `${String(seq).padStart(10, '0')}.${String(index).padStart(4, '0')}`;

function commonAttributes({ tenant_id, stream_id, kind, about }: SubscribedFrame): Record<string, string> {
  const optional = { sessionid: about.session_id, intenttype: about.intent_type, realm: about.intent_type?.split('.')[0], correlationid: about.correlation_id, userid: about.user_id };
  return {
    source: `/tenants/${tenant_id}/${kind === 'session' ? 'sessions' : kind === 'audit' ? 'audit' : 'executions'}/${stream_id}`,
    datacontenttype: 'application/json',
    tenantid: tenant_id,
    partitionkey: stream_id,
    ...(kind === 'execution' ? { executionid: stream_id } : {}),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}

/** What Nurse found, or an escalation of it, as an event of its own. */
export const attentionEvent = (o: { readonly id: string; readonly tenantId: string; readonly kind: string; readonly subject: string; readonly at: string; readonly data: object; readonly executionId?: string }): PlatformEvent =>
  make({
    id: o.id,
    source: `/tenants/${o.tenantId}/attention`,
    type: `${ATTENTION_PREFIX}${o.kind}`,
    subject: o.subject,
    time: o.at,
    datacontenttype: 'application/json',
    tenantid: o.tenantId,
    partitionkey: o.subject,
    ...(o.executionId === undefined ? {} : { executionid: o.executionId }),
    data: o.data,
  });
