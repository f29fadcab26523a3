import type { Json } from '@symphainy/kernel';
import { testBed } from '@symphainy/realm-sdk/testing';
import { executionId } from './testing/session-fixture.js';
import { solutionRealm as realmWith } from './solution.orchestrator.js';
import { noConnectors } from './testing/no-connectors.js';

const solutionRealm = realmWith(noConnectors);

const FILE = `${executionId(1)}/receive/file`;
const COPYBOOK = `${executionId(2)}/receive/file`;
const asked: Record<string, Json> = {};
const answering = (intent: string, output: Json) => ({ [intent]: (payload: Json): Json => { asked[intent] = payload; return output; } });
const children = {
  ...answering('content.ingest', { document: `${executionId(3)}/normalise/document`, rows: 3 }),
  ...answering('insights.profile', { profile: `${executionId(4)}/profile/profile` }),
  ...answering('journey.create_sop', { sop: `${executionId(5)}/extract/sop`, bpmn: `${executionId(5)}/model/bpmn` }),
  ...answering('solution.synthesize', { report: `${executionId(6)}/compose/report`, report_markdown: `${executionId(6)}/compose/report_markdown`, statements: 9 }),
};

describe('dossiers - chains across realms', () => {
  it('a document - is ingested, profiled and reported on, each child given what it needs', async () => {
    const { output } = await testBed(solutionRealm, { children }).run('cross_realm.document_dossier', { source: FILE, copybook: COPYBOOK, title: 'Policies' });
    expect(asked).toMatchObject({
      'content.ingest': { source: FILE, copybook: COPYBOOK },
      'insights.profile': { source: `${executionId(3)}/normalise/document` },
      'solution.synthesize': { execution_ids: [executionId(3), executionId(4)], title: 'Policies' },
    });
    expect(output).toEqual({ document: `${executionId(3)}/normalise/document`, profile: `${executionId(4)}/profile/profile`, report: `${executionId(6)}/compose/report`, report_markdown: `${executionId(6)}/compose/report_markdown`, statements: 9 });
  });

  it('a procedure - is ingested, written as an SOP and reported on', async () => {
    const { output } = await testBed(solutionRealm, { children }).run('solution.procedure_dossier', { source: FILE });
    expect(asked['solution.synthesize']).toEqual({ execution_ids: [executionId(3), executionId(5)] });
    expect(output).toMatchObject({ sop: `${executionId(5)}/extract/sop`, bpmn: `${executionId(5)}/model/bpmn`, statements: 9 });
  });

  it('the declared children - are exactly those the steps use', () => {
    for (const capability of solutionRealm.describe()) {
      const used = capability.saga.steps.flatMap((s) => (s.kind === 'child' ? [s.intent_type] : []));
      expect(capability.children).toEqual(used);
    }
  });

  it('a child that gives no document - is named', async () => {
    await expect(testBed(solutionRealm, { children: { ...children, 'content.ingest': () => ({ rows: 3 }) } }).run('cross_realm.document_dossier', { source: FILE })).rejects.toMatchObject({ code: 'step.result_invalid', field: '/ingest/document' });
  });
});
