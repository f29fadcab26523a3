import type { Json } from '@symphainy/kernel';
import { realmConformance, testBed } from '@symphainy/realm-sdk/testing';
import { report as reportSchema } from './model/report.schema.js';
import { executionId, sessionOf, type FixtureExecution } from './testing/session-fixture.js';
import { solutionRealm as realmWith } from './solution.orchestrator.js';
import { noConnectors } from './testing/no-connectors.js';

const solutionRealm = realmWith(noConnectors);

const json = (step: string, name: string, artifact_type: string, content: Json) => ({ step, name, artifact_type, content });
const session: FixtureExecution[] = [
  { intent_type: 'runtime.upload', artifacts: [{ step: 'receive', name: 'file', artifact_type: 'runtime.file', media_type: 'text/csv', content: new Uint8Array(7), summary: { filename: 'policies.csv' } }] },
  {
    intent_type: 'content.ingest',
    artifacts: [
      json('normalise', 'document', 'content.document', { kind: 'csv', title: 'Policies 2024', blocks: [], tables: [{ id: 't1', name: 'policies', columns: [{ name: 'id' }, { name: 'premium' }], rows: [['1', 10], ['2', 20], ['2', 20]] }] }),
      json('facts', 'facts', 'content.facts', { facts: [{ id: 'f1', subject: 'row 1', predicate: 'premium', value: 10, value_type: 'number', source: {}, confidence: 1 }] }),
      json('embed', 'embeddings', 'content.embeddings', { model: 'm', chunks: [] }),
    ],
  },
  {
    intent_type: 'insights.profile',
    artifacts: [json('profile', 'profile', 'insights.profile', {
      table: { id: 't1', name: 'policies', rows: 3, columns: 2 },
      totals: { null_rate: 0.166667, duplicate_rows: 1, structure_issues: 0 },
      columns: [{ name: 'premium', type: 'integer', non_nulls: 3, distinct: 2, nulls: 0, null_rate: 0, numbers: { min: 10, max: 20, mean: 16.6666666667, median: 20 }, outliers: { count: 0 } }],
      rules: [{ rule: { rule: 'range', column: 'premium' }, checked: 3, violations: { count: 2 } }],
    })],
  },
  { intent_type: 'journey.create_sop', status: 'failed', error_code: 'journey.no_procedure' },
  { intent_type: 'journey.create_sop', artifacts: [json('extract', 'sop', 'journey.sop', { title: 'Claims', roles: ['Clerk'], decisions: [], steps: [{ number: '4.1', actor: 'Clerk', action: 'Receive the claim' }, { number: '4.2', condition: 'it exceeds 5,000', action: 'Call 112' }] })] },
  { intent_type: 'hello.greet', artifacts: [json('greet', 'greeting', 'hello.greeting', { greeted: 'Ann 3', times: 2 })] },
  { intent_type: 'solution.synthesize', status: 'running' },
];
const run = (payload: { [key: string]: Json } = {}, executions = session) => testBed(solutionRealm, sessionOf(executions)).run('solution.synthesize', payload);

realmConformance(solutionRealm, [{ intent: 'solution.synthesize', payload: {}, bed: sessionOf(session) }]);

describe('solution.synthesize - a report over the session', () => {
  it('each statement - comes from an artifact and is verified', async () => {
    const result = await run({ title: 'Policies' });
    const report = reportSchema.parse(result.content('report'));
    expect(report.sections.map((s) => s.title)).toEqual(['What this report covers', 'content.ingest', 'insights.profile', 'journey.create_sop', 'hello.greet']);
    expect(report.sections.flatMap((s) => s.statements.map((t) => t.text))).toEqual(expect.arrayContaining([
      'The report covers 5 completed executions with 7 artifacts.',
      'The file “policies.csv” was received: 7 bytes.',
      'journey.create_sop failed with journey.no_procedure.',
      'The document “Policies 2024” was read as csv: 0 blocks, 1 table.',
      'Its table “policies” has 3 rows in 2 columns.',
      'row 1 – premium: 10.',
      'The table “policies” has 3 rows in 2 columns; 16.67 % of its cells are missing.',
      'It gave 1 fact.',
      'It holds 1 repeated row.',
      'Column “premium” runs from 10 to 20, mean 16.6667, median 20.',
      'Rule “range” on column “premium”: 2 violations in 3 values.',
      'Step 4.1 (Clerk): Receive the claim.',
      'Step 4.2: if it exceeds 5,000: Call 112.',
      'Its greeted: Ann 3.',
    ]));
    expect(result.output).toMatchObject({ title: 'Policies', sections: 5, verified: true });
  });

  it('the Markdown - has a footnote for every citation, with artifact, place and value', async () => {
    const markdown = Buffer.from((await run()).bytes('report_markdown')).toString();
    expect(markdown).toContain('# Session report\n');
    expect(markdown).toMatch(/Its table “policies” has 3 rows in 2 columns\.\[\^(\d+)\]\[\^\d+\]\[\^\d+\]/);
    expect(markdown).toMatch(new RegExp(`\\[\\^\\d+\\]: \`${executionId(2)}/normalise/document\`, number of items at \`/tables/0/rows\`: 3 \\(sha256 [0-9a-f]{12}\\)`));
    const used = new Set([...markdown.matchAll(/\[\^(\d+)\](?!:)/g)].map((m) => m[1]));
    const defined = new Set([...markdown.matchAll(/^\[\^(\d+)\]:/gm)].map((m) => m[1]));
    expect(defined).toEqual(used);
  });

  it('named executions only - are told', async () => {
    const report = reportSchema.parse((await run({ execution_ids: [executionId(3)] })).content('report'));
    expect(report.sections.map((s) => s.title)).toEqual(['What this report covers', 'insights.profile']);
  });

  it.each<[string, Json[], string]>([
    ['an execution of another session', [executionId(99)], 'is not among the session’s executions'],
    ['an execution that still runs', [executionId(7)], 'is running'],
  ])('%s - is waited for, then named', async (_what, execution_ids, message) => {
    await expect(run({ execution_ids })).rejects.toMatchObject({ code: 'wait.elapsed', field: '/execution_ids/0', message: expect.stringContaining(message) as string, retry: { mode: 'retryable' } });
  });

  it.each<[string, FixtureExecution[]]>([['an empty session', []], ['only failures', [{ intent_type: 'content.ingest', status: 'failed', error_code: 'content.corrupt' }]], ['only reports', [{ intent_type: 'solution.synthesize' }]]])('%s - has nothing to report', async (_what, executions) => {
    await expect(run({}, executions)).rejects.toMatchObject({ code: 'solution.nothing_to_report' });
  });
});

describe('solution.check_report - a report that someone else may have written', () => {
  const REPORT = `${executionId(50)}/receive/file`;
  const recheck = async (change: (text: string) => string) => {
    const made = await run();
    const own = Object.fromEntries(made.artifacts.filter((a) => a.name === 'inventory').map((a) => [a.artifact_id, a.content as Json]));
    const bed = sessionOf(session);
    const text = change(JSON.stringify(made.content('report')));
    return testBed(solutionRealm, { ...bed, references: { ...bed.references, ...own, [REPORT]: new TextEncoder().encode(text) } }).run('solution.check_report', { report: REPORT });
  };

  it('an untouched report - is verified', async () => {
    expect((await recheck((text) => text)).output).toMatchObject({ report: REPORT, verified: true });
  });

  it('a planted false figure - is refused, and the statement named', async () => {
    await expect(recheck((text) => text.replace('mean 16.6667', 'mean 17.6667'))).rejects.toMatchObject({
      code: 'solution.citation_broken', kind: 'agent', field: '/statements/s3.4', message: expect.stringContaining('statement s3.4 (“Column “premium” runs from 10 to 20, mean 17.6667') as string,
    });
  });

  it.each<[string, (text: string) => string]>([['what is no JSON', () => '{'], ['what is no report', () => '{"title":"x"}']])('%s - is refused by field', async (_what, change) => {
    await expect(recheck(change)).rejects.toMatchObject({ code: 'intent.payload_invalid', field: '/report' });
  });
});
