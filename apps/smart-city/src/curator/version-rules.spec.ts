import { sampleCapability } from '@symphainy/governance/testing';
import { compareRegistration, isNews } from './version-rules.js';

const at = (version: string, description = '') => sampleCapability('content.ingest', { version, description });

describe('version rules', () => {
  it.each([
    [undefined, at('1.0.0'), 'new'],
    [at('1.0.0'), at('1.0.0'), 'same'],
    [at('1.9.0'), at('1.10.0'), 'new'],
    [at('2.0.0'), at('1.99.99'), 'older'],
    [at('1.0.0'), at('1.0.0', 'other'), 'changed'],
    [sampleCapability('content.ingest', { realm: 'solution' }), at('9.0.0'), 'foreign'],
  ])('compareRegistration - case %#: %s', (registered, offered, wanted) => {
    expect(compareRegistration(registered, offered)).toBe(wanted);
  });

  it('isNews - refuses what contradicts, and says how to go on', () => {
    expect(() => isNews(at('1.0.0'), at('1.0.0', 'other'), '/capabilities/0')).toThrow(expect.objectContaining({ code: 'registration.conflict', field: '/capabilities/0/version', fix: 'raise the version' }));
    expect(() => isNews(sampleCapability('content.ingest', { realm: 'solution' }), at('1.0.0'), '/x')).toThrow(expect.objectContaining({ code: 'registration.conflict', field: '/x/name' }));
    expect([isNews(at('1.0.0'), at('1.0.0'), ''), isNews(undefined, at('1.0.0'), ''), isNews(at('2.0.0'), at('1.0.0'), '')]).toEqual([false, true, false]);
  });
});
