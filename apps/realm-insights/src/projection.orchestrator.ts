/** `insights.project_semantic_meaning`: what a document's facts mean, as instances of the Librarian's models (deterministic), and what follows from them (expert). */
import { contentFacts, failure, semanticSchema, type ContentFact } from '@symphainy/contracts';
import { hashOf, type Json } from '@symphainy/kernel';
import { agent, choice, defineCapability, task, type AgentResultInput, type CapabilityDefinition, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { z } from 'zod';
import type { ExpertReader } from './agents/expert-reader.agent.js';
import { projectionOutput, projectionPayload, semanticProjection, type Claim, type ProjectionPayload, type SemanticProjection } from './model/projection.schema.js';
import { checkClaims } from './services/grounding/check-claims.js';
import { projectFacts } from './services/projection/project-facts.js';

type Projecting = StepTask<ProjectionPayload>;

const PROJECT_TIMEOUT_MS = 300_000;
/** Of the columns told to the lineage: as many as it may have. */
const MOST_COLUMNS = 500;
const MOST_FACTS_TOLD = 200;

export function projectSemanticMeaning(reader: ExpertReader): CapabilityDefinition {
  return defineCapability({
    intent: 'insights.project_semantic_meaning',
    version: '1.0.0',
    description: 'Projects the facts of a document onto the Librarian’s models, each member with its fact and place; as an expert also says what follows from them, every claim citing the facts it rests on.',
    determinism: 'expert',
    input: projectionPayload,
    output: projectionOutput,
    tools: ['registry.entries'],
    saga: [
      task('project', project, { timeoutMs: PROJECT_TIMEOUT_MS }),
      choice('judge', {
        cases: {
          deterministic: [task('conclude', (step: Projecting) => ({ output: step.inputs['project']! }), { needs: ['project'] })],
          expert: [agent('reason', (step: Projecting) => reason(step, reader), { timeoutMs: PROJECT_TIMEOUT_MS, needs: ['project'] })],
        },
      }),
    ],
  });
}

async function project(step: Projecting): Promise<StepResultInput> {
  const { source, schema, projection_type } = step.payload;
  const { facts, origin } = await factsOf(step);
  const schemas = z.object({ entries: z.array(semanticSchema) }).parse(await step.tool('registry.entries', { list: 'schemas' })).entries;
  const projection = projectFacts(facts, schemas, schema);
  const counts = { schemas: projection.schemas, instances: projection.instances.length, facts: facts.length, mapped: facts.length - projection.unmapped.facts };
  const lineage = { members: [{ path: '/instances/*/members/*', source: '/source', reference: origin }], columns: columnsOf(projection, source) };
  const artifact = await step.artifact('projection', 'insights.semantic_projection', projection as unknown as Json, { summary: counts, derived_from: [source], lineage, projection: projectionOfSource(projection, source, 'deterministic') });
  const output = { projection: step.artifactId('projection'), ...counts };
  return { output, outcome: projection_type, artifacts: [artifact], events: [{ type: 'insights.meaning_projected', data: output }] };
}

async function reason(step: Projecting, reader: ExpertReader): Promise<AgentResultInput> {
  const projected = projectionOutput.parse(step.inputs['project']);
  const projection = semanticProjection.parse(await (await step.read(projected.projection)).json());
  const { facts, origin } = await factsOf(step);
  const byId = new Map(facts.map((fact) => [fact.id, fact]));
  const { grounded, refused } = checkClaims(await reader.reason(projection.instances, step.signal), byId);
  const claims = grounded.map((one) => ({ ...one, citations: one.cites.map((id) => citationOf(byId.get(id)!)) }));
  const made = { model: reader.model, of: projected.projection, claims };
  const artifact = await step.artifact('expert', 'insights.expert_projection', made as unknown as Json, {
    summary: { claims: claims.length, refused: refused.length }, derived_from: [projected.projection, step.payload.source],
    lineage: { members: [{ path: '/claims/*/citations/*', source: '/source', reference: origin }] }, projection: projectionOfSource(projection, step.payload.source, 'expert'),
  });
  const output = { ...projected, expert: step.artifactId('expert'), claims: claims.length, refused: refused.length };
  const cited = [...new Set(grounded.flatMap(({ cites }) => cites))].slice(0, MOST_FACTS_TOLD).map((id) => byId.get(id)!);
  return { output, artifacts: [artifact], events: [{ type: 'insights.meaning_judged', data: output }], agent: { model: reader.model, ...(reader.deterministic ? { deterministic: true as const } : {}), prompt_hash: hashOf(projection.instances), facts: cited as unknown as Json[], citations: grounded.slice(0, MOST_FACTS_TOLD).map(toldCitation), verdict: { grounded: grounded.length, refused: refused.slice(0, MOST_FACTS_TOLD).map(({ claim, why }) => ({ text: claim.text, why })) } } };
}

const toldCitation = ({ text, cites }: Claim): Json => ({ text, cites });
const citationOf = ({ id, value, source }: ContentFact) => ({ fact: id, value, source });

const projectionOfSource = ({ schemas }: SemanticProjection, source: string, kind: 'deterministic' | 'expert') => ({ of: [source], kind, ...(schemas.length === 1 ? { schema: schemas[0]! } : {}) });

/** Each canonical member as a column, made of the source's own, with the word it was matched by. */
function columnsOf({ instances }: SemanticProjection, source: string) {
  const columns = new Map<string, { column: string; from: { reference: string; column: string }[]; expression: string }>();
  for (const { schema, members } of instances) {
    for (const [name, { predicate, mapped }] of Object.entries(members)) {
      const column = `${schema.split('@')[0]}.${name}`;
      columns.set(`${column}\n${predicate}`, { column, from: [{ reference: source, column: predicate }], expression: `${mapped.how}: ${mapped.matched}` });
    }
  }
  return [...Map.groupBy(columns.values(), ({ column }) => column).values()].map((same) => ({ ...same[0]!, from: same.flatMap(({ from }) => from).slice(0, 200) })).slice(0, MOST_COLUMNS);
}

async function factsOf(step: Projecting): Promise<{ facts: readonly ContentFact[]; origin: string }> {
  const { source } = step.payload;
  const { artifact, json } = await step.read(source);
  const read = contentFacts.safeParse(artifact.media_type.startsWith('application/json') ? await json() : undefined);
  if (!read.success) throw failure('reference.not_allowed', { message: `${source} is ${artifact.artifact_type}, not content.facts`, field: '/source', fix: 'name the facts that content.ingest or content.parse_and_embed made' });
  return { facts: read.data.facts, origin: artifact.lineage?.members?.[0]?.reference ?? source };
}
