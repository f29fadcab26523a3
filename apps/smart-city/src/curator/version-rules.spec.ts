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
    const wide = (version: string, required: string[]) => sampleCapability('content.ingest', { version, input_contract: { type: 'object', properties: { a: { type: 'string' } }, required } });
    expect(() => isNews(wide('1.0.0', []), wide('1.1.0', ['a']), '/capabilities/0')).toThrow(expect.objectContaining({ code: 'registration.incompatible', field: '/capabilities/0/input_contract', message: expect.stringContaining('/a is required') }));
    expect([isNews(wide('1.0.0', []), wide('2.0.0', ['a']), ''), isNews(wide('1.0.0', ['a']), wide('1.1.0', []), '')]).toEqual([true, true]);
    const answers = (version: string, type: string) => sampleCapability('content.ingest', { version, output_contract: { type } });
    expect(() => isNews(answers('1.0.0', 'integer'), answers('1.0.1', 'number'), '')).toThrow(expect.objectContaining({ code: 'registration.incompatible', field: '/output_contract' }));
    expect([isNews(at('1.0.0'), at('1.0.0'), ''), isNews(undefined, at('1.0.0'), ''), isNews(at('2.0.0'), at('1.0.0'), '')]).toEqual([false, true, false]);
  });
});
