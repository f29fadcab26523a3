import { schedulePayload, type Json } from '@symphainy/contracts';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { z } from 'zod';
import { PayloadContracts } from './payload-contracts.js';

const capability = sampleCapability(sampleSaga('fire'), { input_contract: z.toJSONSchema(schedulePayload, { io: 'input' }) as { [key: string]: Json } });
const schedule = (more: object): { [key: string]: Json } => ({ cron: '0 6 * * 1', as: 'svc', intent: { intent_type: 'sample.run' }, ...more });
const check = (more: object) => new PayloadContracts().checkInput(capability, schedule(more), '2026-03-01T00:00:00.000Z');

describe('a schedule', () => {
  it.each([
    ['a day that never comes', { cron: '0 0 30 2 *' }, '/payload/cron', 'there is no day'],
    ['an end before its first occurrence', { until: '2026-03-01T12:00:00.000Z' }, '/payload/until', 'must be later'],
    ['an end in the past', { cron: '* * * * *', until: '2026-02-01T00:00:00.000Z' }, '/payload/until', 'must be later'],
    ['no expression', { cron: 'soon' }, '/payload/cron', 'five fields'],
    ['no time zone', { time_zone: 'Mars/Olympus' }, '/payload/time_zone', 'IANA'],
  ])('%s - is refused with its field, and told what would do', (_what, more, field, fix) => {
    expect(check(more)).toMatchObject({ error: { code: 'intent.payload_invalid', field, message: expect.stringContaining(fix) as string } });
  });

  it.each([
    ['29 February, which comes every few years', { cron: '0 0 29 2 *' }],
    ['an end after its first occurrence', { until: '2026-03-02T06:00:00.000Z' }],
    ['a zone in which the day has begun', { cron: '0 6 * * *', time_zone: 'Asia/Tokyo', until: '2026-03-01T22:00:00.000Z' }],
  ])('%s - is taken', (_what, more) => {
    expect(check(more)).not.toHaveProperty('error');
  });
});

describe('a payload that does not fit', () => {
  const switches = sampleCapability(sampleSaga('one'), { input_contract: { type: 'object', properties: { mode: { enum: ['off', 'observe', 'enforce'] }, kind: { const: 'webhook' } }, additionalProperties: false } });
  it.each<[string, { [key: string]: Json }, string]>([
    ['a value that is none of a list', { mode: 'banana' }, '/payload/mode must be one of "off", "observe", "enforce"'],
    ['a value other than the only one', { kind: 'mail' }, '/payload/kind must be "webhook"'],
    ['a name that is misspelt', { mood: 'off' }, '/payload/mood is no member that is known here'],
  ])('%s - is told what would do', (_what, payload, message) => {
    expect(new PayloadContracts().checkInput(switches, payload, '2026-03-01T00:00:00.000Z')).toMatchObject({ error: { code: 'intent.payload_invalid', message } });
  });
});
