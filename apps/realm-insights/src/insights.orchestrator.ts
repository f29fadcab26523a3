/** The sagas of the insights realm: which services run, in which order. */
import { hashedEmbedder } from '@symphainy/embeddings';
import type { Embedder } from '@symphainy/ports';
import { defineCapability, defineRealm, task, type RealmDefinition, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { rulesReader, type ExpertReader } from './agents/expert-reader.agent.js';
import { resolveEntitiesCapability } from './entities.orchestrator.js';
import { dataMash } from './mash.orchestrator.js';
import { queryDataMash } from './query-mash.orchestrator.js';
import { profileOutput, profilePayload, type Profile, type ProfilePayload } from './model/profile.schema.js';
import { projectSemanticMeaning } from './projection.orchestrator.js';
import { profileInSlices } from './profile-assembly.js';
import { columnOf, compilePattern } from './services/rule-check.service.js';
import { assessQualityCapability } from './quality.orchestrator.js';
import { searchCapability } from './search.orchestrator.js';
import { findingLineage, readTable } from './table-reading.js';

/** Large tables are profiled in one attempt: some seconds for a million cells. */
const PROFILE_TIMEOUT_MS = 300_000;

const profileCapability = defineCapability({
  intent: 'insights.profile',
  version: '1.0.0',
  description: 'Profiles a table of an ingested document: types, missing and distinct values, statistics, outliers, duplicates, misspellings, rule violations.',
  determinism: 'deterministic',
  input: profilePayload,
  output: profileOutput,
  saga: [task('select', select), task('profile', profile, { timeoutMs: PROFILE_TIMEOUT_MS })],
});

/** The realm, with the embedder that questions are searched by, and the reader that judges facts. */
export const insightsRealmWith = (embedder: Embedder, reader: ExpertReader = rulesReader): RealmDefinition =>
  defineRealm({ realm: 'insights', capabilities: [profileCapability, assessQualityCapability, resolveEntitiesCapability, searchCapability(embedder), projectSemanticMeaning(reader), dataMash, queryDataMash] });

export const insightsRealm = insightsRealmWith(hashedEmbedder);

/** Finds the table and the rules' columns first, so that a wrong name costs no profile. */
async function select(step: StepTask<ProfilePayload>): Promise<StepResultInput> {
  const { table } = await readTable(step);
  step.payload.rules.forEach((rule, i) => {
    columnOf(table, rule.column, `/rules/${i}/column`);
    if (rule.rule === 'regex') compilePattern(rule.pattern, `/rules/${i}/pattern`);
  });
  return { output: { table: table.id, rows: table.rows.length, columns: table.columns.length } };
}

async function profile(step: StepTask<ProfilePayload>): Promise<StepResultInput> {
  const { table, origin } = await readTable(step);
  const result = await profileInSlices(table, step.payload.rules, (done) => step.progress({ columns: Math.min(done, table.columns.length), of: table.columns.length }));
  const output = summarise(result, step.artifactId('profile'));
  const { profile: _id, ...summary } = output;
  const artifact = await step.artifact('profile', 'insights.profile', result, { summary, derived_from: [step.payload.source], lineage: findingLineage(findingPlaces, origin) });
  return { output, artifacts: [artifact], events: [{ type: 'insights.profiled', data: output }] };
}

const findingPlaces = ['/columns/*/type_exceptions/listed/*', '/columns/*/variants/listed/*', '/columns/*/outliers/listed/*', '/rules/*/violations/listed/*'];

function summarise({ table, totals, rules }: Profile, id: string) {
  const { null_rate, outliers, duplicate_rows, type_exceptions, variants, structure_issues, rule_violations } = totals;
  return { profile: id, table: table.id, rows: table.rows, columns: table.columns, null_rate, outliers, duplicate_rows, type_exceptions, variants, structure_issues, rules: rules.length, rule_violations };
}
