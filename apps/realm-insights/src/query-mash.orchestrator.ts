/** The saga of `insights.query_data_mash`: one question over many references, by meaning (`insights.search`) or by values (`cross_realm.data_mash`), answered in rows that cite their sources. */
import { failure, type Json, type ProducedArtifact } from '@symphainy/contracts';
import { canonicalJson } from '@symphainy/kernel';
import { child, choice, defineCapability, task, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { z } from 'zod';
import { mashOutput } from './model/mash.schema.js';
import { foundPassages, queryMashOutput, queryMashPayload, type QueryMashPayload } from './model/query-mash.schema.js';

type QueryMash = StepTask<QueryMashPayload>;

const CHILD = { timeoutMs: 3_600_000 };
const MOST_PASSAGES = 50;
const PREVIEW_ROWS = 20;
const PREVIEW_BYTES = 6 * 1024;

export const queryDataMash = defineCapability({
  intent: 'insights.query_data_mash',
  version: '1.1.0',
  description: 'Asks one question of several references at once, by meaning or by values, without ingesting them. Each row of the answer cites its sources.',
  determinism: 'deterministic',
  input: queryMashPayload,
  output: queryMashOutput,
  tools: ['reference.derived'],
  saga: [
    task('choose', choose),
    choice('ask', {
      on: 'choose',
      cases: {
        relational: [child('relational', { intentType: 'cross_realm.data_mash', payloadFrom: 'choose', ...CHILD })],
        semantic: [child('semantic', { intentType: 'insights.search', payloadFrom: 'choose', ...CHILD })],
      },
    }),
    task('answer', answer, { needs: ['ask'] }),
  ],
});

/** The payload of the intent that answers. */
async function choose(step: QueryMash): Promise<StepResultInput> {
  const { query_type, content_refs, question, ...relational } = step.payload;
  if (query_type === 'relational') {
    refuse(step.payload, ['content_refs', 'question'], query_type);
    if (relational.sources === undefined) throw failure('mash.mapping_invalid', { message: 'a relational query names its sources', field: '/sources' });
    return { outcome: query_type, output: given({ query_type, ...relational }) };
  }
  refuse(step.payload, ['sources', 'sql', 'mapping', 'saved_mapping', 'offset', 'format'], query_type);
  if (content_refs === undefined || question === undefined) throw failure('mash.mapping_invalid', { message: 'a semantic query has a question and the references it is asked of', field: question === undefined ? '/question' : '/content_refs' });
  const sources = await Promise.all(content_refs.map((reference, at) => embeddingsOf(step, reference, at)));
  return { outcome: query_type, output: given({ question, sources: [...new Set(sources)], limit: relational.limit === undefined ? undefined : Math.min(relational.limit, MOST_PASSAGES) }) };
}

function refuse(payload: QueryMashPayload, members: readonly (keyof QueryMashPayload)[], type: string): void {
  const stray = members.find((member) => payload[member] !== undefined);
  if (stray !== undefined) throw failure('mash.mapping_invalid', { message: `a ${type} query has no ${stray}`, field: `/${stray}`, fix: 'leave it out, or ask with the other query_type' });
}

const given = (value: object): Json => Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Json;

const listed = z.object({ artifacts: z.array(z.object({ artifact_id: z.string(), artifact_type: z.string() })) });

/** Of a document, the embeddings that were made with it, in whichever session it was ingested. What may be read of them is decided by policy for the search. */
async function embeddingsOf(step: QueryMash, reference: string, at: number): Promise<string> {
  const { artifact } = await step.read(reference);
  if (artifact.artifact_type === 'content.embeddings') return reference;
  const { artifacts } = listed.parse(await step.tool('reference.derived', { reference, artifact_type: 'content.embeddings' }));
  if (artifacts[0] !== undefined) return artifacts[0].artifact_id;
  throw failure('mash.source_invalid', { message: `${artifact.artifact_type} has no passages to search in`, field: `/content_refs/${at}`, fix: 'ingest the file (content.ingest), and name its document or its embeddings' });
}

function answer(step: QueryMash): Promise<StepResultInput> {
  return step.payload.query_type === 'relational' ? Promise.resolve(rowsOf(mashOutput.parse(step.inputs['ask']))) : passagesAsRows(step, z.object({ result: z.string() }).parse(step.inputs['ask']).result);
}

const rowsOf = ({ mash, ...told }: z.infer<typeof mashOutput>): StepResultInput => ({ output: { query_type: 'relational', result: mash, ...told } as unknown as Json });

const COLUMNS = [{ name: 'text', type: 'string' }, { name: 'score', type: 'number' }, { name: 'coverage', type: 'number' }] as const;

async function passagesAsRows(step: QueryMash, result: string): Promise<StepResultInput> {
  const { passages } = foundPassages.parse(await (await step.read(result)).json());
  const lines = passages.map(({ text, score, coverage, source }, at) => given({ _row: at + 1, _sources: [source], text, score, coverage }));
  const object = await step.write(Buffer.from(lines.map((line) => `${canonicalJson(line)}\n`).join('')), { mediaType: 'application/x-ndjson' });
  const rows: ProducedArtifact = {
    name: 'rows', artifact_type: 'insights.mash_rows', media_type: 'application/x-ndjson', object, summary: { rows: lines.length, columns: COLUMNS.length }, derived_from: [result],
    lineage: { members: [{ path: '/*', source: '/_sources' }] }, schema: { columns: COLUMNS.map((column) => ({ ...column })) },
  };
  const counts = { row_count: lines.length, total_rows: lines.length, truncated: false };
  return { output: { query_type: 'semantic', result, rows: step.artifactId('rows'), columns: [...COLUMNS], ...counts, preview: firstOf(lines) } as unknown as Json, artifacts: [rows] };
}

/** As many of the first rows as an output may hold. */
function firstOf(lines: readonly Json[]): Json[] {
  let bytes = 0;
  return lines.slice(0, PREVIEW_ROWS).filter((line) => (bytes += Buffer.byteLength(canonicalJson(line))) <= PREVIEW_BYTES);
}
