/** What somebody typed as the order of a schedule. Pure; the platform checks the rest. */
import type { ScheduleOrder } from '@symphainy/client';
import type { Problem } from '../platform/problem.js';
import { readJson } from '../ui/json-text.js';

export interface ScheduleDraft {
  readonly cron: string;
  readonly timeZone: string;
  readonly as: string;
  readonly missed: 'once' | 'skip' | 'all';
  readonly intentType: string;
  /** JSON as typed. */
  readonly payload: string;
  readonly maxFirings: string;
}

export function orderOf(draft: ScheduleDraft): { readonly order: ScheduleOrder } | { readonly problem: Problem } {
  const { cron, timeZone, as, missed, intentType, maxFirings } = draft;
  if (intentType === '') return { problem: wrong('intent.intent_type', 'No intent type is chosen', 'Choose what the schedule submits.') };
  const payload = readJson(draft.payload, 'intent.payload');
  if ('problem' in payload) return payload;
  const { value } = payload;
  if (value !== undefined && (value === null || typeof value !== 'object' || Array.isArray(value))) return { problem: wrong('intent.payload', 'The payload is no object', 'Write fields in braces: { "name": "value" }.') };
  const count = maxFirings.trim();
  if (count !== '' && !/^[1-9]\d*$/.test(count)) return { problem: wrong('max_firings', 'The number of firings is no whole number from 1', 'Leave it empty for no limit.') };
  return { order: { cron: cron.trim(), time_zone: timeZone.trim(), as: as.trim(), missed, ...(count !== '' && { max_firings: Number(count) }), intent: { intent_type: intentType, ...(value !== undefined && { payload: value }) } } };
}

const wrong = (field: string, message: string, fix: string): Problem => ({ code: 'console.incomplete', message, field, fix });
