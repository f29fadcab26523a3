/** Schedules with what they submit: the list names their executions, and the first frame of each holds its order. */
import type { Client } from '@symphainy/client';
import type { ExecutionStatus, SchedulePayload } from '@symphainy/contracts';

export interface ShownSchedule {
  readonly scheduleId: string;
  readonly status: ExecutionStatus;
  readonly order: SchedulePayload | undefined;
  /** What refused its last firing. */
  readonly refusedWith: string | undefined;
}

export interface ScheduleList {
  readonly schedules: readonly ShownSchedule[];
  readonly truncated: boolean;
}

const PAGE = 50;

export async function readSchedules(platform: Client): Promise<ScheduleList> {
  const { schedules, next_cursor } = await platform.schedules.list({ limit: PAGE });
  const paused = await platform.executions.list({ intent_type: 'runtime.schedule', status: 'paused', limit: PAGE });
  const all = [...schedules, ...paused.executions.map(({ execution_id, status, error_code }) => ({ schedule_id: execution_id, status, error_code }))];
  const shown = all.map(async ({ schedule_id, status, error_code }) => ({ scheduleId: schedule_id, status, refusedWith: error_code, order: await orderOf(platform, schedule_id) }));
  return { schedules: await Promise.all(shown), truncated: next_cursor !== undefined || paused.next_cursor !== undefined };
}

async function orderOf(platform: Client, scheduleId: string): Promise<SchedulePayload | undefined> {
  const { frames } = await platform.executions.records(scheduleId, { limit: 1 });
  const received = frames[0]?.records.find((record) => record.type === 'intent_received');
  // The platform checked the payload against its contract before it accepted it.
  return received?.intent.payload as SchedulePayload | undefined;
}
