import type { AccessAnswer, AccessQuestions } from '@symphainy/contracts';
import fc from 'fast-check';
import { inOrder, questionsOf } from './access-batch.js';

const batch = (parts: Partial<AccessQuestions>): AccessQuestions => parts as AccessQuestions;
const alice = { type: 'user', id: 'alice' };
const read = { name: 'read' };
const record = { type: 'record', id: '1', properties: { status: 'active' } };

describe('an AuthZEN batch', () => {
  it('a part that a question names - replaces that of the top, but for type, id and name that it leaves out', () => {
    const asked = questionsOf(batch({ subject: alice, action: read, resource: record, context: { at: 'home' }, evaluations: [{}, { resource: { id: '2' } }, { action: { properties: { soft: true } }, context: { by: 'night' } }] }));
    expect(asked).toEqual([
      { question: { subject: alice, action: read, resource: record, context: { at: 'home' } } },
      { question: { subject: alice, action: read, resource: { type: 'record', id: '2' }, context: { at: 'home' } } },
      { question: { subject: alice, action: { name: 'read', properties: { soft: true } }, resource: record, context: { by: 'night' } } },
    ]);
  });

  it('a question that is none - is answered with no and its field, and keeps its place', () => {
    const asked = questionsOf(batch({ subject: alice, action: read, evaluations: [{ resource: record }, {}, { resource: record, subject: 'alice' }] }));
    expect(inOrder(asked, [{ decision: true }], 'execute_all')).toEqual([
      { decision: true },
      { decision: false, context: { error: { status: 400, field: '/evaluations/1/resource', message: expect.any(String) as string } } },
      { decision: false, context: { error: { status: 400, field: '/evaluations/2/subject', message: expect.any(String) as string } } },
    ]);
  });

  it('the semantics - stop at the first deny, the first permit, or not at all, whether or not whoever answered did', () => {
    const decisions = fc.array(fc.boolean(), { minLength: 1, maxLength: 8 });
    fc.assert(fc.property(decisions, fc.boolean(), (given, early) => {
      const asked = given.map(() => ({ question: { subject: alice, action: read, resource: record } }));
      for (const [semantic, at] of [['execute_all', -1], ['deny_on_first_deny', given.indexOf(false)], ['permit_on_first_permit', given.indexOf(true)]] as const) {
        const expected = at < 0 ? given : given.slice(0, at + 1);
        const answers: AccessAnswer[] = (early ? expected : given).map((decision) => ({ decision }));
        expect(inOrder(asked, answers, semantic).map(({ decision }) => decision)).toEqual(expected);
      }
    }));
  });
});
