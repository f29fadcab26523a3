import { orderOf, type ScheduleDraft } from './schedule-order.js';

const draft: ScheduleDraft = { cron: ' 0 6 * * * ', timeZone: 'UTC', as: 'nightly', missed: 'once', intentType: 'a.b', payload: '', maxFirings: '' };

describe('schedule order - what was typed', () => {
  it('what is left empty is left out', () => {
    expect(orderOf(draft)).toEqual({ order: { cron: '0 6 * * *', time_zone: 'UTC', as: 'nightly', missed: 'once', intent: { intent_type: 'a.b' } } });
    expect(orderOf({ ...draft, payload: '{"n":1}', maxFirings: '3' })).toMatchObject({ order: { max_firings: 3, intent: { payload: { n: 1 } } } });
  });

  it.each([
    [{ intentType: '' }, 'intent.intent_type'],
    [{ payload: '{' }, 'intent.payload'],
    [{ payload: '[1]' }, 'intent.payload'],
    [{ maxFirings: '0' }, 'max_firings'],
  ] as const)('%j names the field that is wrong', (edit, field) => {
    expect(orderOf({ ...draft, ...edit })).toMatchObject({ problem: { field } });
  });
});
