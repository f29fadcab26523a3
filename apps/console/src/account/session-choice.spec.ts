import type { Session } from '@symphainy/contracts';
import { chooseSession, ownOpenSessions } from './session-choice.js';

const me = { tenant_id: 'harbor', user_id: 'dana', roles: [] };
const session = (id: string, over: Partial<Session> = {}): Session => ({ session_id: id, tenant_id: 'harbor', user_id: 'dana', created_at: `2026-01-0${id}T00:00:00.000Z`, context: {}, active_sagas: [], ...over });

describe('session choice', () => {
  it('sessions of others and closed ones are not offered; the newest comes first', () => {
    const offered = ownOpenSessions([session('1'), session('3', { user_id: 'eve' }), session('2'), session('4', { closed_at: '2026-01-05T00:00:00.000Z' })], me);
    expect(offered.map((one) => one.session_id)).toEqual(['2', '1']);
  });

  it('the session chosen before is kept while it is open', () => {
    expect(chooseSession([session('2'), session('1')], '1')?.session_id).toBe('1');
    expect(chooseSession([session('2'), session('1')], '9')?.session_id).toBe('2');
    expect(chooseSession([], '1')).toBeUndefined();
  });
});
