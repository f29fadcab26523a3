import { hashOf, type PlatformError } from '@symphainy/kernel';
import type { RegisteredCapability } from '@symphainy/contracts';
import { sampleCapability } from '@symphainy/governance/testing';
import { failure } from '@symphainy/contracts';
import { checkCapability, together } from './capability-check.js';

const withSaga = (name: string, steps: unknown[], over: Partial<RegisteredCapability> = {}): RegisteredCapability => {
  const base = sampleCapability(name);
  const saga = { name, steps: steps.map((step) => ({ ...base.saga.steps[0], ...(step as object) })) } as RegisteredCapability['saga'];
  return { ...base, saga, saga_hash: hashOf(saga), ...over };
};

const good = withSaga('content.ingest', [{ name: 'a' }, { name: 'b', needs: ['a'] }, { kind: 'child', name: 'c', intent_type: 'insights.profile', payload_from: 'a' }], { children: ['insights.profile'] });

const stepOf = (step: object): object => ({ ...sampleCapability('content.ingest').saga.steps[0], ...step });
const inBranch = (step: object): object => ({ kind: 'parallel', name: 'p', branches: [{ name: 'b', steps: [stepOf(step)] }] });

describe('checkCapability', () => {
  it('checkCapability - accepts a capability whose parts agree, and shared names of any realm', () => {
    expect(() => checkCapability(good, '')).not.toThrow();
    expect(() => checkCapability(sampleCapability('cross_realm.dossier', { realm: 'solution' }), '')).not.toThrow();
    expect(() => checkCapability(sampleCapability('content.ingest', { input_contract: { type: 'object', properties: { source: { type: 'string', format: 'data-reference' } } } }), '')).not.toThrow();
  });

  it.each([
    ['a name of another realm', sampleCapability('insights.profile', { realm: 'content' }), '/name'],
    ['a governance intent', sampleCapability('governance.put_policy', { realm: 'governance' }), '/name'],
    ['a runtime intent under a realm’s own name', sampleCapability('runtime.upload', { realm: 'content' }), '/name'],
    ['a saga of another name', sampleCapability('content.ingest', { handler: 'content.other' }), '/handler'],
    ['a hash of another saga', sampleCapability('content.ingest', { saga_hash: '0'.repeat(64) }), '/saga_hash'],
    ['two steps of one name', withSaga('content.ingest', [{ name: 'a' }, { name: 'a' }]), '/saga/steps/1/name'],
    ['a step that needs a later one', withSaga('content.ingest', [{ name: 'a', needs: ['b'] }, { name: 'b' }]), '/saga/steps/0/needs'],
    ['a child step outside its children', { ...good, children: [] }, '/children'],
    ['a child within a branch outside its children', withSaga('content.ingest', [inBranch({ kind: 'child', name: 'c', intent_type: 'insights.profile' })]), '/children'],
    ['two steps of one name, one of them within a branch', withSaga('content.ingest', [{ name: 'a' }, inBranch({ kind: 'task', name: 'a' })]), '/saga/steps/1/branches/0/steps/0/name'],
    ['a step within a case that needs one of another case', withSaga('content.ingest', [{ name: 'a' }, { kind: 'choice', name: 'c', cases: { 'x/y': [stepOf({ kind: 'task', name: 'b' })], z: [stepOf({ kind: 'task', name: 'd', needs: ['b'] })] } }]), '/saga/steps/1/cases/z/0/needs'],
    ['a map of no step’s items', withSaga('content.ingest', [{ name: 'a' }, { kind: 'map', name: 'm', items_from: 'b' }]), '/saga/steps/1/items_from'],
    ['a choice that looks at a step to come', withSaga('content.ingest', [{ name: 'a' }, { kind: 'choice', name: 'c', on: 'd', cases: {} }, { name: 'd' }]), '/saga/steps/1/on'],
    ['a signal that means an approval', withSaga('content.ingest', [{ kind: 'signal', name: 's', signal: 'approve.it' }]), '/saga/steps/0/signal'],
    ['a timer of two moments', withSaga('content.ingest', [{ name: 'a' }, { kind: 'timer', name: 't', until_from: 'a', duration_ms: 5 }]), '/saga/steps/1/duration_ms'],
    ['a step that operates on executions, as only the platform’s own do', withSaga('content.ingest', [{ kind: 'operate', name: 'k', operation: 'terminate' }]), '/saga/steps/0'],
    ['a schedule within a branch', withSaga('content.ingest', [inBranch({ kind: 'schedule', name: 's' })]), '/saga/steps/0/branches/0/steps/0'],
    ['a child payload from no step', withSaga('content.ingest', [{ kind: 'child', name: 'c', intent_type: 'insights.profile', payload_from: 'x' }], { children: ['insights.profile'] }), '/saga/steps/0/payload_from'],
    ['an input contract that is no JSON Schema', sampleCapability('content.ingest', { input_contract: { type: 'objekt' } }), '/input_contract'],
    ['an output contract that refers to nothing', sampleCapability('content.ingest', { output_contract: { $ref: '#/$defs/missing' } }), '/output_contract'],
  ])('checkCapability - %s is refused, naming the field', (_, capability, field) => {
    expect(() => checkCapability(capability, '/capabilities/0')).toThrow(expect.objectContaining({ code: 'registration.invalid', field: `/capabilities/0${field}` }));
  });
});

describe('all at once', () => {
  it('a capability with several faults - is refused with each of them, its place and how to mend it', () => {
    const bad = withSaga('insights.profile', [{ name: 'a' }, { name: 'a', needs: ['z'] }], { realm: 'content', handler: 'content.other', output_contract: { type: 'objekt' } });
    expect(() => checkCapability(bad, '/capabilities/2')).toThrow(expect.objectContaining({ code: 'registration.invalid', field: '/capabilities/2/name' }));
    const problems = problemsOf(() => checkCapability(bad, '/capabilities/2'));
    expect(problems.map(({ field }) => field)).toEqual(['/name', '/handler', '/saga/steps/1/name', '/saga/steps/1/needs', '/output_contract'].map((field) => `/capabilities/2${field}`));
    expect(problems.every(({ fix }) => fix.length > 0)).toBe(true);
  });

  it('several capabilities - are told of together, each by its own place; one alone as it is', () => {
    const refusalOf = (work: () => void): PlatformError => {
      try {
        work();
      } catch (error) {
        return error as PlatformError;
      }
      throw new Error('nothing was refused');
    };
    const first = refusalOf(() => checkCapability(sampleCapability('content.ingest', { handler: 'content.other', saga_hash: '0'.repeat(64) }), '/capabilities/0'));
    const second = failure('registration.conflict', { message: 'b stands', field: '/capabilities/4/version', fix: 'raise the version' });
    expect(together([second])).toBe(second);
    const both = together([first, second]);
    expect([both.code, (both.details?.['problems'] as { field: string }[]).map(({ field }) => field)]).toEqual(['registration.invalid', ['/capabilities/0/handler', '/capabilities/0/saga_hash', '/capabilities/4/version']]);
    expect(both.message).toContain('b stands');
  });
});

function problemsOf(work: () => void): { field: string; fix: string }[] {
  try {
    work();
  } catch (error) {
    return (error as PlatformError).details?.['problems'] as never;
  }
  return [];
}

describe('bounds', () => {
  it('checkCapability - a saga beyond everybody’s bounds is refused with every break and its place; a tenant’s own bounds are not everybody’s', () => {
    const capability = withSaga('content.ingest', [{ name: 'a', timeout_ms: 5000 }, { name: 'b' }]);
    const rules = [{ rule_id: 'short', max_step_timeout_ms: 1000, max_steps: 1 }, { rule_id: 'mine', tenant_id: 'acme', step_kinds: [] }];
    expect(() => checkCapability(capability, '/capabilities/3', rules)).toThrow(expect.objectContaining({
      code: 'registration.invalid',
      field: '/capabilities/3/saga/steps',
      details: { problems: [expect.objectContaining({ field: '/capabilities/3/saga/steps' }), expect.objectContaining({ field: '/capabilities/3/saga/steps/0' }), expect.objectContaining({ field: '/capabilities/3/saga/steps/1' })] },
    }));
    expect(() => checkCapability(capability, '', rules.slice(1))).not.toThrow();
  });
});
