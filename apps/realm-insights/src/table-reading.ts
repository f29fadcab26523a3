import { failure, type ArtifactLineage } from '@symphainy/contracts';
import type { StepTask } from '@symphainy/realm-sdk';
import { tabularDocument, type Table } from './model/table.schema.js';
import { selectTable } from './services/table-selection.service.js';

/** The table that a payload names in a `content.document`; `insights.not_tabular` where there is none. `origin` is the file that the document was read from. */
export async function readTable(step: StepTask<{ readonly source: string; readonly table?: string | number | undefined }>): Promise<{ table: Table; origin: string }> {
  const { artifact, json } = await step.read(step.payload.source);
  const wrong = (reason: string) => failure('insights.not_tabular', { message: `${step.payload.source} ${reason}`, field: '/source', fix: 'ingest the file with content.ingest and name its document artifact', details: { tables: [] } });
  if (!artifact.media_type.startsWith('application/json')) throw wrong(`is ${artifact.artifact_type} (${artifact.media_type}), not a content.document`);
  const document = tabularDocument.safeParse(await json());
  if (!document.success) throw wrong(`is ${artifact.artifact_type}, not a content.document`);
  return { table: selectTable(document.data, step.payload.table), origin: artifact.lineage?.tables?.[0]?.reference ?? artifact.artifact_id };
}

/** Findings say where they stand in the file that the document was read from. */
export const findingLineage = (places: readonly string[], origin: string): ArtifactLineage => ({ members: places.map((path) => ({ path, source: '/source', reference: origin })) });
