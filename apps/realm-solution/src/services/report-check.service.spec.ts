import fc from 'fast-check';
import { hashOf, type Json } from '@symphainy/kernel';
import type { Report } from '../model/report.schema.js';
import { tellArtifact } from './artifact-statements.service.js';
import { checkReport, uncitedFigures, type ResolveArtifact } from './report-check.service.js';
import { composeReport } from './report-composition.service.js';
import { present, state, type SourceArtifact } from '../model/statement-draft.js';

const source = (artifact_type: string, content: Json, artifact_id = 'e1/profile/profile'): SourceArtifact => ({ artifact_id, artifact_type, content, content_hash: hashOf(content) });
const resolveFrom = (...artifacts: SourceArtifact[]): ResolveArtifact => (id) => Promise.resolve(artifacts.find((a) => a.artifact_id === id));

const policies = source('insights.profile', { table: { name: 'policies', rows: 350, columns: 4 }, totals: { null_rate: 0.012345 }, columns: [{ name: 'premium 2024', numbers: { mean: 41.23456 } }], tags: ['a', 'b'] });
const reportOf = (): Report =>
  composeReport('R', [{ title: 'One', statements: present([
    state(policies, 'The table “{}” has {} rows in {} columns; {%} of its cells are missing.', '/table/name', '/table/rows', '/table/columns', '/totals/null_rate'),
    state(policies, 'Column “{}” has the mean {}, and there are {} tags.', '/columns/0/name', '/columns/0/numbers/mean', '#/tags'),
  ]) }], [policies]);

const first = (report: Report) => report.sections[0]!.statements[0]!;
const second = (report: Report) => report.sections[0]!.statements[1]!;
/** A copy of the report in which something was planted. */
const planted = (change: (report: Report) => void): Report => {
  const copy = structuredClone(reportOf());
  change(copy);
  return copy;
};

describe('report checker - a report that holds', () => {
  it('writes figures from the cited values and finds them again', async () => {
    const report = reportOf();
    expect(report.sections[0]!.statements.map((s) => s.text)).toEqual(['The table “policies” has 350 rows in 4 columns; 1.23 % of its cells are missing.', 'Column “premium 2024” has the mean 41.2346, and there are 2 tags.']);
    expect(await checkReport(report, resolveFrom(policies))).toEqual({ ok: true, statements: 2, citations: 7, problems: [] });
  });

  it('any artifact, whatever its values - what is written about it checks', async () => {
    const value = fc.oneof(fc.string(), fc.string({ unit: 'binary' }).map((s) => s.toWellFormed()), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.array(fc.integer(), { maxLength: 3 }));
    await fc.assert(fc.asyncProperty(fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), value, { maxKeys: 8 }), async (content) => {
      const artifact = source('hello.greeting', JSON.parse(JSON.stringify(content)) as Json);
      const report = composeReport('R', [{ title: 'One', statements: tellArtifact(artifact) }], [artifact]);
      expect((await checkReport(report, resolveFrom(artifact))).problems).toEqual([]);
    }), { examples: [[{ '%': [0] }], [{ '[s]': [0, 1] }]] });
  });
});

describe('report checker - what is planted is found, and its statement named', () => {
  it.each<[string, string, string, (report: Report) => void]>([
    ['a figure changed in the text', 's1.1', 'text_differs', (r) => void (first(r).text = first(r).text.replace('350', '351'))],
    ['a figure changed in a text without template', 's1.1', 'figure_not_cited', (r) => { delete first(r).template; first(r).text = first(r).text.replace('350', '351'); }],
    ['a percentage changed', 's1.1', 'figure_not_cited', (r) => { delete first(r).template; first(r).text = first(r).text.replace('1.23', '1.24'); }],
    ['a figure added', 's1.2', 'text_differs', (r) => void (second(r).text += ' In all, 12 were checked.')],
    ['a figure added as a word', 's1.2', 'figure_not_cited', (r) => { delete second(r).template; second(r).text += ' Seven were checked.'; }],
    ['a figure added to text and template', 's1.2', 'figure_not_cited', (r) => { second(r).template += ' In all, 12.'; second(r).text += ' In all, 12.'; }],
    ['two figures exchanged', 's1.1', 'text_differs', (r) => void (first(r).text = 'The table “policies” has 4 rows in 350 columns; 1.23 % of its cells are missing.')],
    ['a figure changed in text and citation', 's1.1', 'value_differs', (r) => { first(r).text = first(r).text.replace('350', '351'); first(r).citations[1]!.value = 351; }],
    ['a pointer to another place', 's1.1', 'value_differs', (r) => void (first(r).citations[1]!.pointer = '/table/columns')],
    ['a pointer to nowhere', 's1.1', 'pointer_broken', (r) => void (first(r).citations[1]!.pointer = '/table/nothing')],
    ['a pointer that is none', 's1.1', 'pointer_broken', (r) => void (first(r).citations[1]!.pointer = 'table/rows')],
    ['the length of what is no list', 's1.1', 'pointer_broken', (r) => void (first(r).citations[1]!.measure = 'length')],
    ['an artifact that does not exist', 's1.1', 'artifact_missing', (r) => void (first(r).citations[0]!.artifact_id = 'e9/profile/profile')],
    ['another hash', 's1.1', 'hash_changed', (r) => void (first(r).citations[0]!.content_hash = '0'.repeat(64))],
    ['no citation at all', 's1.1', 'nothing_cited', (r) => void (first(r).citations = [])],
    ['a citation too few for the template', 's1.2', 'text_differs', (r) => void second(r).citations.pop()],
  ])('%s', async (_what, statement, problem, change) => {
    const result = await checkReport(planted(change), resolveFrom(policies));
    expect(result.ok).toBe(false);
    expect(result.problems[0]).toMatchObject({ statement, problem });
  });

  it('an artifact whose content changed - breaks every statement on it', async () => {
    const changed = source('insights.profile', { ...(policies.content as object), table: { name: 'policies', rows: 351, columns: 4 } } as Json);
    expect((await checkReport(reportOf(), resolveFrom(changed))).problems.every((p) => p.problem === 'hash_changed')).toBe(true);
  });

  it('every changed digit of every figure - is found', async () => {
    const report = reportOf();
    const digits = [...first(report).text.matchAll(/\d/g)].map((m) => m.index);
    await fc.assert(fc.asyncProperty(fc.constantFrom(...digits), fc.integer({ min: 0, max: 9 }), fc.boolean(), async (at, digit, templated) => {
      const text = first(report).text;
      fc.pre(text[at] !== String(digit));
      const changed = planted((r) => {
        first(r).text = text.slice(0, at) + String(digit) + text.slice(at + 1);
        if (!templated) delete first(r).template;
      });
      expect((await checkReport(changed, resolveFrom(policies))).ok).toBe(false);
    }));
  });
});

describe('figures - which of a text no citation gives', () => {
  it.each<[string, Json[], string[]]>([
    ['350 rows', [350], []],
    ['1,234 rows', [1234], []],
    ['12.3 %', [0.1234], []],
    ['12 %', [0.1234], ['12 %']],
    ['mean 41.2', [41.2345], []],
    ['mean 41', [41.2345], ['41']],
    ['three of them', [3], []],
    ['three of them', [4], ['three']],
    ['minus -5 degrees', [-5], []],
    ['policy A-17 of 2024-01-31', ['A-17', '2024-01-31'], []],
    ['policy A-17', ['A-1'], ['17']],
    ['57 items', ['5'], ['57']],
    ['version 1.2.3', ['1.2.3'], []],
    ['no figures here', [1], []],
  ])('%j citing %j', (text, values, uncited) => {
    expect(uncitedFigures(text, values)).toEqual(uncited);
  });
});
