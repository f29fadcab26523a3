import fc from 'fast-check';
import { documentOf } from '../testing/document-fixture.js';
import { assertReadsBack } from '../journey.orchestrator.js';
import { allNodes, type ProcessModel } from '../model/process-model.js';
import type { SopStep } from '../model/sop.schema.js';
import { readProcedure } from '../procedure-reading.js';
import { layOut } from './bpmn-layout.service.js';
import { readBpmn, writeBpmn } from './bpmn-xml.service.js';
import { buildProcess } from './process-model.service.js';

const processOf = (text: string): ProcessModel => buildProcess(readProcedure(documentOf(text)));
const xmlOf = (model: ProcessModel): Promise<string> => writeBpmn(model, layOut(model));
const edges = (model: ProcessModel): string[] => model.graph.flows.map((f) => `${f.from}>${f.to}${f.default === true ? ' default' : ''}${f.condition === undefined ? '' : ` if ${f.condition}`}`);

const claims = `# Claim handling
1. The clerk receives the claim.
2. If the form is incomplete, return it and go back to step 1; otherwise file it.
3. The adjuster must review the claim.
a) Check <the> "date" & amount
b) If the amount exceeds 5,000, call the manager
4. If fraud is suspected, go to step 6.
5. Finance: pay the claim.
6. Close the file. If papers remain, shred them.`;

describe('process models - what steps become', () => {
  it('a condition - an exclusive gateway with a default way that joins again', () => {
    expect(edges(processOf('1. Open it.\n2. If it leaks, seal it.\n3. Close it.'))).toEqual([
      'start>task_s1', 'task_s1>decision_s2', 'decision_s2>task_s2 if it leaks', 'task_s2>join_s2', 'decision_s2>join_s2 default', 'join_s2>task_s3', 'task_s3>end',
    ]);
  });

  it('jumps, an otherwise and substeps - go where the words say', () => {
    const model = processOf(claims);
    expect(edges(model)).toEqual(expect.arrayContaining(['task_s2>task_s1', 'decision_s2>else_s2 default', 'decision_s4>sub_s6 if fraud is suspected', 'decision_s4>task_s5 default', 'else_s2>sub_s3']));
    expect(allNodes(model.graph).filter((n) => n.kind === 'subprocess').map((n) => n.id)).toEqual(['sub_s3', 'sub_s6']);
    expect(model.lanes.map((l) => l.name)).toEqual(['Clerk', 'Not stated', 'Adjuster', 'Finance']);
    expect(model.lanes.flatMap((l) => l.nodes).sort()).toEqual(model.graph.nodes.map((n) => n.id).sort());
  });

  it('a jump that would cut off a step or never end - stays the words of its task', () => {
    expect(edges(processOf('1. Open it.\n2. Return to step 1.'))).toEqual(['start>task_s1', 'task_s1>task_s2', 'task_s2>end']);
    expect(edges(processOf('1. Open it.\n2. Go to step 9.\n3. Close it.'))).toContain('task_s2>task_s3');
  });
});

describe('BPMN - what is written reads back equal', () => {
  it.each([['flat', '1. Open it.\n2. Close it.'], ['nested, conditional, with lanes', claims]])('%s', async (_what, text) => {
    const model = processOf(text);
    const { model: back, warnings } = await readBpmn(await xmlOf(model));
    expect(warnings).toEqual([]);
    expect(back).toEqual(model);
  });

  it('the same procedure - gives the same bytes', async () => {
    expect(await xmlOf(processOf(claims))).toBe(await xmlOf(processOf(claims)));
  });

  it('every node and flow is drawn, and no edge is without points', async () => {
    const model = processOf(claims);
    const { nodes, edges: drawn } = layOut(model);
    expect([...nodes.keys()].sort()).toEqual(allNodes(model.graph).map((n) => n.id).sort());
    expect([...drawn.values()].every((points) => points.length >= 2)).toBe(true);
    expect((await xmlOf(model)).match(/<bpmndi:BPMNEdge/g)).toHaveLength(drawn.size);
  });

  it.each<[string, (xml: string) => string]>([
    ['a changed name', (xml) => xml.replace('name="Receive the claim"', 'name="Reject the claim"')],
    ['a flow that leads elsewhere', (xml) => xml.replace('targetRef="decision_s2"', 'targetRef="sub_s3"')],
    ['a default way that is gone', (xml) => xml.replace(/ default="[^"]+"/, '')],
    ['a changed condition', (xml) => xml.replace('>fraud is suspected<', '>fraud is proven<')],
    ['a step out of its lane', (xml) => xml.replace('<bpmn:flowNodeRef>task_s5</bpmn:flowNodeRef>', '')],
    ['a changed citation', (xml) => xml.replace('"block_id":"b2"', '"block_id":"b3"')],
  ])('%s - is an error', async (_what, change) => {
    const model = processOf(claims);
    const xml = await xmlOf(model);
    expect(change(xml)).not.toBe(xml);
    await expect(assertReadsBack(model, change(xml))).rejects.toMatchObject({ code: 'journey.model_mismatch', retry: { mode: 'terminal' } });
  });

  it('any words at all, control characters and half surrogates too - survive or are made legible first', async () => {
    const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
    const leaf = (id: string, text: string, condition: string | undefined, actor: string | undefined): SopStep => ({
      id, number: id.slice(1), text, action: text, ...(condition === undefined ? {} : { condition }), ...(actor === undefined ? {} : { actor }), notes: [], substeps: [],
      citation: { block_id: 'b1', source: {}, quote: text, start: 0, end: text.length },
    });
    const step = fc.tuple(words, fc.option(words, { nil: undefined }), fc.option(words, { nil: undefined }), fc.nat(2));
    await fc.assert(fc.asyncProperty(words, fc.array(step, { minLength: 1, maxLength: 4 }), async (title, raw) => {
      const steps = raw.map(([text, condition, actor, inner], i) => ({ ...leaf(`s${i + 1}`, text, condition, actor), substeps: Array.from({ length: inner }, (_, j) => leaf(`s${i + 1}_${j + 1}`, text, condition, undefined)) }));
      const model = buildProcess({ title, roles: [], form: 'numbered', steps, decisions: [], others: [] });
      await assertReadsBack(model, await xmlOf(model));
    }), { numRuns: 60 });
  }, 60_000);
});
