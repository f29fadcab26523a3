import { failure, type ArtifactLineage } from '@symphainy/contracts';
import type { StepTask } from '@symphainy/realm-sdk';
import { tabularDocument, type Table } from './model/table.schema.js';
import { selectTable } from './services/table-selection.service.js';

interface TableChoice {
  readonly source: string;
  readonly table?: string | number | undefined;
  /** Of the payload, for errors. */
  readonly field: string;
}

/** The table that a payload names by `source` and `table`. */
export const readTable = (step: StepTask<{ readonly source: string; readonly table?: string | number | undefined }>): ReturnType<typeof readTableOf> => readTableOf(step, { ...step.payload, field: '/source' });

/** A table of a `content.document`; `insights.not_tabular` where there is none. `origin` is the file that the document was read from. */
export async function readTableOf(step: Pick<StepTask<never>, 'read'>, { source, table, field }: TableChoice): Promise<{ table: Table; origin: string }> {
  const { artifact, json } = await step.read(source);
  const wrong = (reason: string) => failure('insights.not_tabular', { message: `${source} ${reason}`, field, fix: 'ingest the file with content.ingest and name its document artifact', details: { tables: [] } });
  if (!artifact.media_type.startsWith('application/json')) throw wrong(`is ${artifact.artifact_type} (${artifact.media_type}), not a content.document`);
  const document = tabularDocument.safeParse(await json());
  if (!document.success) throw wrong(`is ${artifact.artifact_type}, not a content.document`);
  return { table: selectTable(document.data, table), origin: artifact.lineage?.tables?.[0]?.reference ?? artifact.artifact_id };
}

/** Findings say where they stand in the file that the document was read from. */
export const findingLineage = (places: readonly string[], origin: string): ArtifactLineage => ({ members: places.map((path) => ({ path, source: '/source', reference: origin })) });
