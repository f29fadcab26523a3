/** The saga of `insights.resolve_entities`. */
import { defineCapability, task, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { resolveEntities } from './entities-assembly.js';
import { entitiesOutput, entitiesPayload, type EntitiesPayload } from './model/entities.schema.js';
import { readTable, readTableOf } from './table-reading.js';

/** Some minutes for a hundred thousand rows. */
const RESOLVE_TIMEOUT_MS = 600_000;

export const resolveEntitiesCapability = defineCapability({
  intent: 'insights.resolve_entities',
  version: '1.0.0',
  description: 'Finds the rows of one table, or of two, that speak of the same thing, without examples; each pair with what every column said for and against it, each entity with its rows and canonical values.',
  determinism: 'deterministic',
  input: entitiesPayload,
  output: entitiesOutput,
  saga: [task('resolve', resolve, { timeoutMs: RESOLVE_TIMEOUT_MS })],
});

async function resolve(step: StepTask<EntitiesPayload>): Promise<StepResultInput> {
  const { source, with: other, with_table } = step.payload;
  const first = await readTable(step);
  const second = other === undefined ? undefined : await readTableOf(step, { source: other, table: with_table, field: '/with' });
  const report = await resolveEntities([first.table, ...(second === undefined ? [] : [second.table])], step.payload, (compared) => step.progress({ pairs_compared: compared }));
  const output = { entities_artifact: step.artifactId('entities'), ...report.totals };
  const lineage = second === undefined ? { lineage: { members: [{ path: '/entities/*/members/*', source: '/source', reference: first.origin, kind: 'aggregation' as const }] } } : {};
  const artifact = await step.artifact('entities', 'insights.entities', report, { summary: { ...report.totals }, derived_from: [source, ...(other === undefined ? [] : [other])], ...lineage });
  return { output, artifacts: [artifact], events: [{ type: 'insights.entities_resolved', data: output }] };
}
