import { schedulePayload, type Identity, type Json } from '@symphainy/contracts';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { z } from 'zod';
import { RuntimeBed } from '../testing/runtime-bed.js';

const identity = (user_id: string, more: Partial<Identity> = {}): Identity => ({ tenant_id: 'acme', user_id, kind: 'service', roles: ['builder'], status: 'active', ...more });
const identities = [identity('alice', { kind: 'person' }), identity('nightly'), identity('former', { status: 'disabled' }), identity('theirs', { tenant_id: 'globex' })];
const work = sampleCapability(sampleSaga('one'), { input_contract: { type: 'object', properties: { count: { type: 'integer' } }, required: ['count'] } });
const retired = sampleCapability(sampleSaga('one'), { name: 'sample.old' });
const scheduling = sampleCapability(sampleSaga({ kind: 'schedule', name: 'fire' }), { name: 'runtime.plan', realm: 'runtime', input_contract: z.toJSONSchema(schedulePayload, { io: 'input' }) as { [key: string]: Json } });

describe('an intent that somebody wants submitted later', () => {
  let bed: RuntimeBed;
  let session: string;
  beforeAll(async () => {
    bed = new RuntimeBed();
    await bed.govern([work, retired, scheduling], 1, {}, { identities, notices: [{ capability: 'sample.old', deprecated_at: '2020-01-01T00:00:00.000Z', retires_at: '2020-06-01T00:00:00.000Z' }] });
    await bed.runtime();
    session = await bed.session();
  });

  const plan = (more: object): Promise<{ execution_id: string }> => bed.submit(session, { intent_type: 'runtime.plan', payload: { cron: '0 6 * * *', as: 'nightly', intent: { intent_type: 'sample.run', payload: { count: 1 } }, ...more } as { [key: string]: Json } });

  it.each([
    ['as somebody unknown', { as: 'nobody' }, '/payload/as', 'unknown'],
    ['as a person', { as: 'alice' }, '/payload/as', 'a person'],
    ['as a disabled service', { as: 'former' }, '/payload/as', 'disabled'],
    ['as a service of another tenant', { as: 'theirs' }, '/payload/as', 'unknown'],
    ['that no capability serves', { intent: { intent_type: 'sample.none' } }, '/payload/intent/intent_type', 'none serves sample.none'],
    ['that is retired', { intent: { intent_type: 'sample.old' } }, '/payload/intent/intent_type', 'retired since'],
    ['with a payload of another form', { intent: { intent_type: 'sample.run', payload: { count: 'many' } } }, '/payload/intent/payload/count', 'must be integer'],
    ['without the payload it needs', { intent: { intent_type: 'sample.run' } }, '/payload/intent/payload/count', "must have required property 'count'"],
    ['that would plan what cannot be', { intent: { intent_type: 'runtime.plan', payload: { cron: '* * * * *', as: 'nightly', intent: { intent_type: 'sample.run', payload: { count: 'x' } } } } }, '/payload/intent/payload/intent/payload/count', 'must be integer'],
  ])('%s - is refused with its field, is told why, and is recorded', async (_, more, field, why) => {
    const refused = await plan(more).then(() => undefined, (error: unknown) => error as { code: string; field: string; message: string; details: { execution_id: string } });
    expect(refused).toMatchObject({ code: 'intent.payload_invalid', field, message: expect.stringMatching(new RegExp(`^${field} .*${why}`)) as string });
    expect((await bed.records(refused!.details.execution_id)).map(({ type }) => type)).toEqual(['intent_received', 'intent_rejected']);
  });

  it('as a service that may, with what it takes - is accepted', async () => {
    const { execution_id } = await plan({});
    expect((await bed.fold(execution_id)).status).toBe('running');
  });
});
