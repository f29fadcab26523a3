import { policyTest, type BundleChange } from '@symphainy/contracts';
import fc from 'fast-check';
import { changesOf, emptyDraft, filesOf, isUntouched, reverted, withoutPolicy, withPolicy, withTests, type Base, type Draft } from './policy-draft.js';
import { readTestFile, testsAsText } from './test-file.js';

const testOf = (name: string, policies?: string[]) => policyTest.parse({ name, request: { caller: { tenant_id: 'acme', user_id: 'ada' }, intent_type: 'a.b' }, expect: { decision: 'deny', ...(policies && { policies }) } });
const policy = (id: string, text = `permit ${id}`, standing = false) => ({ id, role: 'security_guard' as const, text, standing });
const base: Base = { policies: [policy('b'), policy('a'), policy('platform.x', 'x', true)], tests: [testOf('of a', ['a']), testOf('of nobody'), testOf('of gone', ['gone'])] };

const changes = (draft: Draft): readonly BundleChange[] => changesOf(base, draft, new Map(Object.entries(draft.tests).map(([of, text]) => [of, readTestFile(text).tests]))).map(({ change }) => change);

describe('a draft of policies', () => {
  it('files - stand policy by policy, each with its tests; tests of no policy last', () => {
    expect(filesOf(base, emptyDraft).map(({ name }) => name)).toEqual(['a.cedar', 'a.tests.yaml', 'b.cedar', 'platform.x.cedar', 'gone.tests.yaml', 'general.tests.yaml']);
  });

  it('nothing touched - changes nothing, and neither does what was taken back', () => {
    const touched = withTests(withPolicy(emptyDraft, { ...policy('a'), text: 'other' }), 'a', '');
    const files = filesOf(base, touched);
    expect(files.filter(({ state }) => state !== 'same').map(({ name, state }) => [name, state])).toEqual([['a.cedar', 'changed'], ['a.tests.yaml', 'changed']]);
    const back = files.reduce(reverted, touched);
    expect([changes(emptyDraft), changes(back), isUntouched(base, back)]).toEqual([[], [], true]);
    expect(changes(withTests(emptyDraft, 'a', testsAsText([testOf('of a', ['a'])])))).toEqual([]);
  });

  it('a policy that is edited, new or removed - becomes the change that does it', () => {
    const draft = withoutPolicy(withPolicy(withPolicy(emptyDraft, { id: 'a', role: 'data_steward', text: 'new' }), { id: 'c', role: 'security_guard', text: 'c' }), base, 'b');
    expect(changes(draft)).toEqual([
      { list: 'policies', put: { id: 'a', role: 'data_steward', text: 'new' } },
      { list: 'policies', put: { id: 'c', role: 'security_guard', text: 'c' } },
      { list: 'policies', remove: 'b' },
    ]);
    expect(changes(withoutPolicy(draft, base, 'c'))).toHaveLength(2);
  });

  it('a test that left its file - is removed, unless it went to another; a renamed one is both', () => {
    expect(changes(withTests(emptyDraft, 'a', ''))).toEqual([{ list: 'policy_tests', remove: 'of a' }]);
    const moved = withTests(withTests(emptyDraft, 'a', ''), 'general', testsAsText([testOf('of nobody'), testOf('of a')]));
    expect(changes(moved)).toMatchObject([{ list: 'policy_tests', put: { name: 'of a' } }]);
    expect(changes(withTests(emptyDraft, 'a', testsAsText([testOf('renamed', ['a'])])))).toMatchObject([{ put: { name: 'renamed' } }, { remove: 'of a' }]);
  });

  it('any edits - name each policy and each test once', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd');
    const edit = fc.oneof(fc.tuple(id, fc.string()).map(([name, text]) => (draft: Draft) => withPolicy(draft, { id: name, role: 'security_guard', text })), id.map((name) => (draft: Draft) => withoutPolicy(draft, base, name)), id.map((of) => (draft: Draft) => withTests(draft, of, testsAsText([testOf(`t ${of}`, [of])]))));
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 8 }), (edits) => {
        const keys = changes(edits.reduce<Draft>((draft, each) => each(draft), emptyDraft)).map(({ list, put, remove }) => `${list}/${remove ?? String(put?.['id'] ?? put?.['name'])}`);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });
});
