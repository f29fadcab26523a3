import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot, startPlatform, type TestPlatform } from './harness/platform.js';
import type { Api } from './harness/api.js';

const sample = (name: string): Buffer => readFileSync(join(repositoryRoot, 'samples', name));

interface Row {
  readonly _sources: readonly { readonly reference: string }[];
  readonly [column: string]: unknown;
}

/** The mash that the guide shows. */
const guide = readFileSync(join(repositoryRoot, 'docs', 'guides', 'data-mash.md'), 'utf8');
const shown = JSON.parse(/```json\n([\s\S]*?)```/.exec(guide)![1]!) as { sources: { name: string; reference: string; table: string }[]; mapping: object };

describe('a data mash over real files', () => {
  let platform: TestPlatform;
  let alice: Api;
  let session: string;

  beforeAll(async () => {
    platform = await startPlatform('standalone');
    alice = platform.as('alice');
    session = await alice.createSession();
  }, 120_000);

  afterAll(async () => {
    await platform.stop();
  }, 60_000);

  const upload = async (name: string): Promise<string> => (await alice.upload(session, name, sample(name))).body.reference;
  const made = async (intent: string, payload: object, artifact: string): Promise<string> => `${(await alice.execute(session, intent, payload)).execution_id}/${artifact}`;
  const mash = async (payload: object): Promise<readonly Row[]> => (await alice.get<{ preview: Row[] }>(`/v1/artifacts/${await made('cross_realm.data_mash', payload, 'query/mash')}/content`)).body.preview;

  it('the guide’s own - a page of a PDF and two sheets, each row leading to both; records of a dataset beside them; what is refused stands in the log', async () => {
    const [permit, sheet, policies, copybook] = await Promise.all(['permit.pdf', 'spreadsheet.xlsx', 'policy-master.ebcdic', 'policy-master.cpy'].map(upload));
    const [permitDocument, sheetDocument, dataset] = await Promise.all([made('content.ingest', { source: permit }, 'normalise/document'), made('content.ingest', { source: sheet }, 'normalise/document'), made('content.decode', { source: policies, copybook }, 'assemble/dataset')]);
    const sources = shown.sources.map((source) => ({ ...source, reference: source.name === 'required' ? permitDocument : sheetDocument }));

    const [row] = await mash({ ...shown, sources });
    expect(row).toMatchObject({ inspection: expect.any(String), failed: expect.any(Number), _sources: expect.arrayContaining([expect.objectContaining({ reference: permitDocument, page: expect.any(Number) }), expect.objectContaining({ reference: sheetDocument, sheet: 'Inspections' })]) });

    const counted = await mash({ sources: [{ name: 'policies', reference: dataset }], sql: 'SELECT "PRODUCT-CODE" p, count(*) n FROM policies GROUP BY ALL ORDER BY p' });
    expect(counted.reduce((sum, { n }) => sum + Number(n), 0)).toBe(240);
    expect(counted[0]!._sources[0]).toMatchObject({ reference: policies, byte_start: expect.any(Number) });

    const refused = await alice.execute(session, 'cross_realm.data_mash', { sources, sql: "COPY required TO '/tmp/required.csv'" });
    expect(refused).toMatchObject({ status: 'failed', error: { code: 'mash.sql_refused', field: '/sql' } });
    const { body } = await alice.get<{ frames: { records: { type: string; error?: { code: string } }[] }[] }>(`/v1/executions/${refused.execution_id}/records?from_seq=0`);
    expect(body.frames.flatMap((frame) => frame.records).filter((record) => record.type === 'step_failed').map((record) => record.error?.code)).toEqual(['mash.sql_refused']);

    const gina = platform.as('gina');
    const foreign = await gina.post<{ code: string }>('/v1/intents', { intent_type: 'cross_realm.data_mash', session_id: await gina.createSession(), payload: { sources: [{ name: 'x', reference: sheetDocument }], sql: 'SELECT * FROM x' } });
    expect([foreign.status, foreign.body.code]).toEqual([422, 'intent.reference_unknown']);
  }, 120_000);
});
