/** The sagas of the journey realm: which services run, in which order. */
import { failure } from '@symphainy/contracts';
import { canonicalJson, type Json } from '@symphainy/kernel';
import { defineCapability, defineRealm, task, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { proceduralDocument } from './model/document.schema.js';
import { allFlows, allNodes, type ProcessModel } from './model/process-model.js';
import { createSopOutput, createSopPayload, sop as sopSchema, type CreateSopPayload, type Sop } from './model/sop.schema.js';
import { readProcedure } from './procedure-reading.js';
import { layOut } from './services/bpmn-layout.service.js';
import { readBpmn, writeBpmn } from './services/bpmn-xml.service.js';
import { buildProcess } from './services/process-model.service.js';
import { withSubsteps } from './services/sop-assembly.service.js';

const createSop = defineCapability({
  intent: 'journey.create_sop',
  version: '1.0.0',
  description: 'Finds the procedure in an ingested document and writes it as a structured SOP, each step citing its words, and as a BPMN 2.0 model.',
  determinism: 'deterministic',
  input: createSopPayload,
  output: createSopOutput,
  saga: [task('extract', extract), task('model', model)],
});

export const journeyRealm = defineRealm({ realm: 'journey', capabilities: [createSop] });

async function extract(step: StepTask<CreateSopPayload>): Promise<StepResultInput> {
  const { artifact, json } = await step.read(step.payload.source);
  const wrong = () => failure('journey.no_procedure', { message: `${step.payload.source} is ${artifact.artifact_type} (${artifact.media_type}), not a content.document`, field: '/source', fix: 'ingest the file with content.ingest and name its document artifact' });
  if (!artifact.media_type.startsWith('application/json')) throw wrong();
  const document = proceduralDocument.safeParse(await json());
  if (!document.success) throw wrong();
  const sop = readProcedure(document.data, step.payload.title);
  return { output: summarise(sop), artifacts: [await step.artifact('sop', 'journey.sop', asJson(sop), { summary: summarise(sop), derived_from: [step.payload.source] })] };
}

async function model(step: StepTask<CreateSopPayload>): Promise<StepResultInput> {
  const sopId = step.artifactId('sop', 'extract');
  const sop = sopSchema.parse(await (await step.read(sopId)).json());
  const process = buildProcess(sop);
  const xml = await writeBpmn(process, layOut(process));
  await assertReadsBack(process, xml);
  const object = await step.write(new TextEncoder().encode(xml), { mediaType: 'application/xml' });
  const size = { nodes: allNodes(process.graph).length, flows: allFlows(process.graph).length };
  const output = { sop: sopId, bpmn: step.artifactId('bpmn'), ...summarise(sop), ...size };
  const bpmn = { name: 'bpmn', artifact_type: 'journey.bpmn', media_type: 'application/xml', object, summary: { title: sop.title, ...size }, derived_from: [sopId] };
  return { output, artifacts: [bpmn], events: [{ type: 'journey.sop_created', data: output }] };
}

/** The XML must say exactly what the model says: read it back and compare. */
export async function assertReadsBack(process: ProcessModel, xml: string): Promise<void> {
  const { model: back, warnings } = await readBpmn(xml);
  if (warnings.length === 0 && canonicalJson(back) === canonicalJson(process)) return;
  throw failure('journey.model_mismatch', { details: { warnings: warnings.slice(0, 10), nodes: allNodes(process.graph).length, read_back: allNodes(back.graph).length } });
}

function summarise(sop: Sop): { title: string; steps: number; substeps: number; decisions: number; roles: number } {
  const all = sop.steps.flatMap(withSubsteps);
  return { title: sop.title, steps: sop.steps.length, substeps: all.length - sop.steps.length, decisions: sop.decisions.length, roles: sop.roles.length };
}

const asJson = (value: Sop): Json => JSON.parse(JSON.stringify(value)) as Json;
