import type { CloudEventV1 } from 'cloudevents';
import { EVENT_PREFIX, RECORD_PREFIX } from './cloud-events.js';
import type { EventFilter, Selection, Subscription } from './subscription.schema.js';

export type PlatformEvent = CloudEventV1<unknown>;

/** What a subscription's selection says of an event. */
export function selects(selection: Selection, event: PlatformEvent): boolean {
  const { types, intent_types, realms, filters } = selection;
  return among(types, event.type) && among(intent_types, event['intenttype']) && among(realms, event['realm']) && filters.every((filter) => passes(filter, event));
}

const among = (wanted: readonly string[], value: unknown): boolean => wanted.length === 0 || (typeof value === 'string' && wanted.includes(value));

/** The filter dialects of the CloudEvents Subscriptions API. An attribute that the event lacks matches nothing. */
export function passes(filter: EventFilter, event: PlatformEvent): boolean {
  if ('exact' in filter) return holds(filter.exact, event, (value, wanted) => value === wanted);
  if ('prefix' in filter) return holds(filter.prefix, event, (value, wanted) => value.startsWith(wanted));
  if ('suffix' in filter) return holds(filter.suffix, event, (value, wanted) => value.endsWith(wanted));
  if ('all' in filter) return filter.all.every((part) => passes(part, event));
  if ('any' in filter) return filter.any.some((part) => passes(part, event));
  return !passes(filter.not, event);
}

function holds(attributes: Readonly<Record<string, string>>, event: PlatformEvent, compare: (value: string, wanted: string) => boolean): boolean {
  return Object.entries(attributes).every(([name, wanted]) => {
    const value: unknown = event[name];
    return typeof value === 'string' && compare(value, wanted);
  });
}

/** Which records of a tenant's frames are wanted at all; `undefined`: any. */
export type Wanted = ReadonlySet<string> | undefined;

/** Of each tenant with subscriptions, the record types that one of them may select: what the Runtime sends, so that it sends nothing else. */
export function wantedRecords(subscriptions: readonly Subscription[]): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const { tenant_id, select } of subscriptions) {
    const types = recordTypesOf(select);
    const before = wanted.get(tenant_id);
    const all = types === undefined || (wanted.has(tenant_id) && before === undefined);
    wanted.set(tenant_id, all ? undefined : new Set([...(before ?? []), ...types]));
  }
  return wanted;
}

/** Domain events stand in the records of completed steps. What only Smart City itself makes is no record. */
function recordTypesOf({ types }: Selection): string[] | undefined {
  if (types.length === 0) return undefined;
  const records = types.filter((type) => type.startsWith(RECORD_PREFIX)).map((type) => type.slice(RECORD_PREFIX.length));
  return types.some((type) => type.startsWith(EVENT_PREFIX)) ? [...records, 'step_completed'] : records;
}
