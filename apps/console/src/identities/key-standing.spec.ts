import { orderOf, scopeWords, sortKeys, standingOf } from './key-standing.js';

const NOW = Date.parse('2026-03-01T00:00:00.000Z');
const key = (key_id: string, over: object = {}) => ({ key_id, tenant_id: 'acme', user_id: 'ada', revoked: false, ...over });

describe('how a key stands', () => {
  it.each([
    [{}, 'holds'],
    [{ expires_at: '2026-02-28T23:59:59.999Z' }, 'expired'],
    [{ expires_at: '2026-03-02T00:00:00.000Z' }, 'ends soon'],
    [{ expires_at: '2027-03-02T00:00:00.000Z' }, 'holds'],
    [{ expires_at: '2027-03-02T00:00:00.000Z', revoked: true }, 'revoked'],
  ])('%j %s', (over, standing) => {
    expect(standingOf(key('a', over), NOW)).toBe(standing);
  });

  it('a list - shows first what still opens something', () => {
    const keys = [key('old', { revoked: true }), key('b'), key('a'), key('soon', { expires_at: '2026-03-02T00:00:00.000Z' })];
    expect(sortKeys(keys, NOW).map(({ key_id }) => key_id)).toEqual(['soon', 'a', 'b', 'old']);
  });
});

describe('an order for a key', () => {
  const draft = { user: ' ada ', keyId: '', expiresIn: '', access: 'all' as const, intents: '' };
  it('what is left empty - is left to the platform', () => {
    expect(orderOf(draft, 'acme')).toEqual({ tenant_id: 'acme', user_id: 'ada' });
  });

  it('a narrow key - is ordered narrow', () => {
    expect(orderOf({ ...draft, keyId: 'laptop', expiresIn: '3600', access: 'read' }, 'acme')).toEqual({ tenant_id: 'acme', user_id: 'ada', key_id: 'laptop', expires_in_s: 3600, scope: { actions: ['read'] } });
    expect(orderOf({ ...draft, access: 'intents', intents: 'content.*, a.b  a.b' }, 'acme').scope).toEqual({ intents: ['content.*', 'a.b'] });
  });

  it('a scope - reads as what it opens', () => {
    expect(scopeWords(undefined)).toBe('whatever its user may');
    expect(scopeWords({ actions: ['read'], intents: ['content.*'] })).toBe('read; intents content.*');
  });
});
