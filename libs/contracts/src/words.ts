/** The small words that all contracts are built from. */
import { z } from 'zod';

export const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'must be a lower-case UUID');

/** A tenant's name: leads every key, subject and object path, so it is kept to letters, digits and dashes. */
export const tenantId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and -, starting with a letter or digit');

export const userId = z.string().min(1).max(200);

/** RFC 3339, UTC, milliseconds; a moment that there is, from the year 1 on. */
export const timestamp = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'must be an RFC 3339 time in UTC with milliseconds').refine(isMoment, 'must be a moment that the calendar and the clock have');

/**
 * A moment as people and programs ask for it: any RFC 3339 time, with its offset and whatever fraction of a second. Read as `timestamp`, its like in UTC, cut to the millisecond.
 * The sign of an offset may be a blank: that is what becomes of a plus in a URL's query.
 */
export const moment = z.string().regex(/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,18})?(?:[Zz]|[-+ ]\d\d:\d\d)$/, 'must be an RFC 3339 time such as 2026-03-01T09:30:00Z or 2026-03-01T10:30:00+01:00').transform(inUtc).pipe(timestamp);

/** What is no moment stays as it came, for `timestamp` to refuse. */
function inUtc(text: string): string {
  const [, day = '', time = '', fraction = '', offset = ''] = /^(.{10}).(.{8})(\.\d+)?(.+)$/.exec(text) ?? [];
  const local = `${day}T${time}.${fraction.slice(1, 4).padEnd(3, '0')}Z`;
  if (!isMoment(local)) return local;
  const [hours = 0, minutes = 0] = /\d/.test(offset) ? offset.slice(1).split(':').map(Number) : [];
  if (hours > 23 || minutes > 59) return text;
  const at = Date.parse(local) - (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
  return new Date(at).toISOString();
}

/** The 30th of February is read as another day, or as none: either way it is not written as it was. */
function isMoment(text: string): boolean {
  const at = new Date(text);
  return !Number.isNaN(at.getTime()) && at.toISOString() === text && !text.startsWith('0000');
}

/** SHA-256 as 64 hex digits. */
export const sha256Digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 digest in hex');

/** `<realm>.<action>`, `cross_realm.<action>`, `solution.<action>`; reserved: `governance.<action>`, `runtime.<action>`. */
export const intentType = z.string().max(120).regex(/^[a-z][a-z0-9_-]*\.[a-z][a-z0-9_]*$/, 'must read <realm>.<action>');

export const realmName = z.string().max(60).regex(/^[a-z][a-z0-9_-]*$/, 'must be a realm name');

/** A step's or artifact's name: what a person reads on the timeline. */
export const stepName = z.string().max(80).regex(/^[a-z][a-z0-9_-]*$/, 'must be a lower-case name');

/** Whom a step waits for, and since when: a realm that is away, or, with `handler` (`<capability>/<step>`), a build of it that has this handler. */
export const waitingFor = z.object({ realm: realmName, since: timestamp, handler: z.string().max(220).optional() });

/**
 * `<execution_id>/<step>/<name>`: an artifact is addressed by the execution, step and name it came from, so resolving it is reading
 * that execution's stream (exact, and bound to the tenant by the stream's key).
 */
export const artifactId = z.string().max(260).regex(/^[0-9a-f-]{36}\/[a-z][a-z0-9_-]*\/[a-z0-9][a-zA-Z0-9._-]*$/, 'must read <execution_id>/<step>/<name>');

export const json: z.ZodType<import('@symphainy/kernel').Json> = z.json() as never;

export const jsonObject = z.record(z.string(), json);
