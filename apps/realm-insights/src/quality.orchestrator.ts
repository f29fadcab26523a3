/** The saga of `insights.assess_quality`. */
import { defineCapability, task, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { qualityOutput, qualityPayload, type QualityPayload } from './model/quality.schema.js';
import { assessQuality } from './quality-assembly.js';
import { findingLineage, readTable } from './table-reading.js';

const findingPlaces = ['/cells/listed/*', '/structure/listed/*', '/schema/listed/*'];

const ASSESS_TIMEOUT_MS = 300_000;

export const assessQualityCapability = defineCapability({
  intent: 'insights.assess_quality',
  version: '1.0.0',
  description: 'Finds the cells of a table that are likely wrong, with reason, suggested value and confidence, from the data alone or with constraints; faults of its structure; breaches of a table schema; repeated rows and keys.',
  determinism: 'deterministic',
  input: qualityPayload,
  output: qualityOutput,
  saga: [task('assess', assess, { timeoutMs: ASSESS_TIMEOUT_MS })],
});

async function assess(step: StepTask<QualityPayload>): Promise<StepResultInput> {
  const { source, table: _wanted, ...options } = step.payload;
  let columns = 0;
  const { table, origin } = await readTable(step);
  const report = await assessQuality(table, options, () => step.progress({ columns_judged: ++columns }));
  const { suspect_share: _share, ...totals } = report.totals;
  const output = { quality: step.artifactId('quality'), table: report.table.id, rows: report.table.rows, columns: report.table.columns, ...totals };
  const artifact = await step.artifact('quality', 'insights.quality', report, { summary: { ...report.totals }, derived_from: [source], lineage: findingLineage(findingPlaces, origin) });
  return { output, artifacts: [artifact], events: [{ type: 'insights.quality_assessed', data: output }] };
}
