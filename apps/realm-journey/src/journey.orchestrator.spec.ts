import type { Json } from '@symphainy/kernel';
import { realmConformance, testBed } from '@symphainy/realm-sdk/testing';
import { documentOf } from './testing/document-fixture.js';
import { journeyRealm } from './journey.orchestrator.js';

const DOCUMENT = '019b0000-0000-7000-8000-000000000001/normalise/document';
const asJson = (value: unknown) => JSON.parse(JSON.stringify(value)) as Json;
const document = asJson(documentOf('# Pump start-up\n1. The operator opens the valve.\n2. If it leaks, call the engineer.\n3. Start the motor.'));
const run = (content: Json | Uint8Array, payload: { [key: string]: Json } = {}) => testBed(journeyRealm, { references: { [DOCUMENT]: content } }).run('journey.create_sop', { source: DOCUMENT, ...payload });

realmConformance(journeyRealm, [{ intent: 'journey.create_sop', payload: { source: DOCUMENT }, bed: { references: { [DOCUMENT]: document } } }]);

describe('journey.create_sop - what comes of a document', () => {
  it('a numbered procedure - an SOP and a BPMN model, and an output that counts them', async () => {
    const result = await run(document);
    expect(result.output).toMatchObject({ title: 'Pump start-up', steps: 3, substeps: 0, decisions: 1, roles: 1, nodes: 7, flows: 7 });
    expect(result.content('sop')).toMatchObject({ steps: [{ number: '1', actor: 'Operator', citation: { block_id: 'b2', quote: '1. The operator opens the valve.' } }, { condition: 'it leaks' }, {}] });
    expect(result.artifacts.map((a) => [a.name, a.artifact_type, a.media_type])).toEqual([['sop', 'journey.sop', 'application/json'], ['bpmn', 'journey.bpmn', 'application/xml']]);
    expect(Buffer.from(result.bytes('bpmn')).toString()).toContain('<bpmn:exclusiveGateway id="decision_s2"');
  });

  it('a title of the caller’s - is taken', async () => {
    expect((await run(document, { title: 'Morning routine' })).output).toMatchObject({ title: 'Morning routine' });
  });

  it.each<[string, Json | Uint8Array]>([
    ['prose', asJson(documentOf('Nothing but prose here.'))],
    ['a table of requests whose cells hold data', asJson(documentOf('[table]', [{ id: 't1', name: 'requests', columns: [{ name: 'id' }, { name: 'action' }], rows: [['1', '{"type":"Action","id":"open"}'], ['2', '{"type":"Action","id":"close"}'], ['3', '{"type":"Action","id":"check"}']], source: {} }]))],
    ['an artifact of another type', { facts: [] }],
    ['a raw file', new Uint8Array([37, 80, 68, 70])],
  ])('%s - is no procedure', async (_what, content) => {
    await expect(run(content)).rejects.toMatchObject({ code: 'journey.no_procedure', field: '/source', retry: { mode: 'terminal' } });
  });
});
