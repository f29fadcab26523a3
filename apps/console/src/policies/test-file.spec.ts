import { policyTest, type PolicyTest } from '@symphainy/contracts';
import fc from 'fast-check';
import { newTest, readTestFile, testsAsText } from './test-file.js';

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const test = fc.record({ name: fc.string({ minLength: 1, maxLength: 40 }), tenant: word, user: word, roles: fc.array(word, { maxLength: 3 }), classifications: fc.array(word, { maxLength: 2 }), decision: fc.constantFrom('permit', 'deny'), policies: fc.option(fc.array(word, { maxLength: 2 }), { nil: undefined }) })
  .map(({ name, tenant, user, roles, classifications, decision, policies }): PolicyTest => policyTest.parse({ name, request: { caller: { tenant_id: tenant, user_id: user, roles }, intent_type: 'content.ingest', classifications }, expect: { decision, ...(policies && { policies }) } }));

describe('a file of policy tests', () => {
  it('what is written - is read back as the platform means it, whatever the names', () => {
    fc.assert(
      fc.property(fc.array(test, { maxLength: 4 }), (tests) => {
        const { tests: read, problems } = readTestFile(testsAsText(tests));
        expect(problems).toEqual([]);
        expect(read.map((each) => policyTest.parse(each))).toEqual(tests);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['- name: a\n  request: { caller: { tenant_id: t\n', 2],
    ['just words', 1],
    ['- name: a\n  request:\n    caller: { tenant_id: t, user_id: u }\n  expect: { decision: deny }\n- name: b\n  expect: { decision: deny }\n', 5],
  ])('%j - is wrong from line %d on, and nothing of it is tried', (text, line) => {
    const { tests, problems } = readTestFile(text);
    expect([tests, problems[0]!.line >= line]).toEqual([[], true]);
  });

  it('a test to begin with - is one that the platform takes', () => {
    expect(policyTest.array().parse(readTestFile(newTest('no-secrets', 'acme')).tests)).toMatchObject([{ expect: { decision: 'deny', policies: ['no-secrets'] } }]);
  });
});
