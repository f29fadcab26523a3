import { failure, type SubjectRequest } from '@symphainy/contracts';
import { PlatformError, silentLogger, systemClock } from '@symphainy/kernel';
import { testChannels } from './testing.js';

const caller = { tenant_id: 'acme', user_id: 'alice', roles: ['builder'], auth: 'api_key' as const };
const id = '019b0000-0000-7000-8000-000000000001';
const session = { session_id: id, tenant_id: 'acme', user_id: 'alice', created_at: '2026-01-01T00:00:00.000Z', context: {}, active_sagas: [] };

describe('channels', () => {
  it('request - the reply comes back typed, defaults of the schema filled in', async () => {
    const { channelsOf } = testChannels();
    const seen: SubjectRequest<'runtime.session.create'>[] = [];
    channelsOf('runtime').serve('runtime.session.create', {}, (body) => {
      seen.push(body);
      return Promise.resolve(session);
    });
    await expect(channelsOf('gateway').request('runtime.session.create', {}, { caller })).resolves.toEqual(session);
    expect(seen).toEqual([{ caller, context: {} }]);
  });

  it('request - a refusal arrives as the same error: code, field, fix', async () => {
    const { channelsOf } = testChannels();
    channelsOf('runtime').serve('runtime.session.read', {}, () => Promise.reject(failure('session.not_found', { field: '/session_id' })));
    const caught = await channelsOf('gateway').request('runtime.session.read', {}, { caller, session_id: id }).catch((error: unknown) => error);
    expect(caught).toBeInstanceOf(PlatformError);
    expect(caught).toMatchObject({ code: 'session.not_found', field: '/session_id', retry: { mode: 'terminal' } });
  });

  it('request - a bug of the server tells nothing but that it was one', async () => {
    const { channelsOf } = testChannels();
    channelsOf('runtime').serve('runtime.session.read', {}, () => Promise.reject(new TypeError('password=hunter2')));
    const caught = await channelsOf('gateway').request('runtime.session.read', {}, { caller, session_id: id }).catch((error: unknown) => error);
    expect(caught).toMatchObject({ code: 'platform.internal' });
    expect(JSON.stringify(caught)).not.toContain('hunter2');
  });

  it('request - a message against its schema is refused by the server, naming the field', async () => {
    const { channelsOf } = testChannels();
    channelsOf('runtime').serve('runtime.session.read', {}, () => Promise.resolve(session));
    await expect(channelsOf('gateway').request('runtime.session.read', {}, { caller, session_id: 'nope' })).rejects.toMatchObject({ code: 'request.invalid', field: '/session_id' });
  });

  it('a message against its schema - is told in the log with its subject and the field, never with what stood in it, whether somebody waits for an answer or not', async () => {
    const warned: object[] = [];
    const { hub, channelsOf } = testChannels(systemClock, { ...silentLogger, warn: (about: object) => void warned.push(about) });
    const handled: unknown[] = [];
    channelsOf('smart-city').subscribe('smart-city.health.{service}', {}, (body) => void handled.push(body));
    hub.connect().publish('smart-city.health.realm-bench', new TextEncoder().encode('{"service":7,"instance":"hunter2"}'));
    hub.connect().publish('smart-city.health.realm-bench', new TextEncoder().encode('hunter2'));
    const deep = `{"service":"realm-bench","instance":"i","status":"ok","at":"2026-01-01T00:00:00.000Z","detail":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`;
    hub.connect().publish('smart-city.health.realm-bench', new TextEncoder().encode(deep));
    await new Promise((resolve) => setImmediate(resolve));
    expect(handled).toEqual([]);
    expect(warned).toMatchObject([{ code: 'request.invalid', field: '/service', subject: 'smart-city.health.{service}', sent_to: 'smart-city.health.realm-bench' }, { code: 'request.malformed' }, { code: 'request.invalid' }]);
    expect(JSON.stringify(warned)).not.toContain('hunter2');
  });

  it('request - nobody listening is the consumer’s unavailability, retryable', async () => {
    const { channelsOf } = testChannels();
    await expect(channelsOf('gateway').request('runtime.session.read', {}, { caller, session_id: id })).rejects.toMatchObject({ code: 'runtime.unavailable', retry: { mode: 'retryable' } });
  });

  it('an answer larger than a message - arrives whole', async () => {
    const { channelsOf } = testChannels();
    const context = { text: 'grüße'.repeat(500_000) };
    channelsOf('runtime').serve('runtime.session.read', {}, () => Promise.resolve({ ...session, context }));
    await expect(channelsOf('gateway').request('runtime.session.read', {}, { caller, session_id: id })).resolves.toEqual({ ...session, context });
  });

  it('an answer that even many messages may not hold - is told to whoever asked, and the server goes on', async () => {
    const { channelsOf } = testChannels();
    let context: Record<string, unknown> = { text: 'x'.repeat(50 * 1024 * 1024) };
    channelsOf('runtime').serve('runtime.session.read', {}, () => Promise.resolve({ ...session, context } as never));
    await expect(channelsOf('gateway').request('runtime.session.read', {}, { caller, session_id: id })).rejects.toMatchObject({ code: 'request.answer_too_large' });
    context = { count: 1n };
    await expect(channelsOf('gateway').request('runtime.session.read', {}, { caller, session_id: id })).rejects.toMatchObject({ code: 'platform.internal' });
    context = {};
    await expect(channelsOf('gateway').request('runtime.session.read', {}, { caller, session_id: id })).resolves.toEqual(session);
  });

  it('a request that no message holds - is refused to whoever sends it', async () => {
    const { channelsOf } = testChannels();
    await expect(channelsOf('gateway').request('runtime.session.create', {}, { caller, context: { text: 'x'.repeat(2_000_000) } })).rejects.toMatchObject({ code: 'request.too_large' });
  });

  it('drain - requests being handled are answered before it resolves', async () => {
    const { channelsOf } = testChannels();
    const server = channelsOf('runtime');
    let finish = (): void => undefined;
    server.serve('runtime.session.read', {}, () => new Promise((resolve) => (finish = () => resolve(session))));
    const asked = channelsOf('gateway').request('runtime.session.read', {}, { caller, session_id: id });
    await new Promise((resolve) => setImmediate(resolve));
    const drained = server.drain(60_000, () => () => undefined);
    finish();
    await drained;
    await expect(asked).resolves.toEqual(session);
  });
});
