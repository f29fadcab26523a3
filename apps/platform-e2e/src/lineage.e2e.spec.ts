import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Artifact, ContentFacts, LineageGraph, TracedPlace, ValueTrace } from '@symphainy/contracts';
import type { Api } from './harness/api.js';
import { repositoryRoot, startPlatform, type TestPlatform } from './harness/platform.js';

const sample = (name: string): Buffer => readFileSync(join(repositoryRoot, 'samples', name));

interface Report {
  readonly sections: { readonly statements: { readonly text: string; readonly citations: { readonly artifact_id: string; readonly pointer: string; readonly value: unknown }[] }[] }[];
}

/** The way from a place back to where the question began. */
const wayOf = ({ places }: ValueTrace, end: TracedPlace): TracedPlace[] => (end.of === undefined ? [end] : [...wayOf({ places, complete: true }, places[end.of]!), end]);

describe('lineage', () => {
  let platform: TestPlatform;
  let alice: Api;
  let session: string;
  let permit: string;
  let policies: string;
  let ingested: { permit: string; policies: string };
  let reportId: string;
  let report: Report;

  const upload = async (name: string, type: string): Promise<string> => (await alice.upload(session, name, sample(name), type)).body.reference;
  const get = async <T>(path: string): Promise<T> => {
    const { status, body } = await alice.get<T>(path);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const value = (reference: string, pointer: string): Promise<ValueTrace> => get(`/v1/lineage/value?reference=${encodeURIComponent(reference)}&pointer=${encodeURIComponent(pointer)}`);
  const contentOf = <T>(id: string): Promise<T> => get(`/v1/artifacts/${id}/content`);

  beforeAll(async () => {
    platform = await startPlatform('standalone');
    alice = platform.as('alice');
    session = await alice.createSession();
    permit = await upload('permit.pdf', 'application/pdf');
    policies = await upload('policy-master.ebcdic', 'application/octet-stream');
    const copybook = await upload('policy-master.cpy', 'text/plain');
    const [a, b] = await Promise.all([alice.execute(session, 'content.ingest', { source: permit }), alice.execute(session, 'content.ingest', { source: policies, copybook })]);
    ingested = { permit: a.execution_id, policies: b.execution_id };
    await alice.execute(session, 'solution.synthesize', { title: 'What the documents hold' });
    const { artifacts } = await get<{ artifacts: Artifact[] }>(`/v1/artifacts?session_id=${session}&artifact_type=solution.report`);
    reportId = artifacts[0]!.artifact_id;
    report = await contentOf<Report>(reportId);
  }, 120_000);
  afterAll(() => platform.stop(), 60_000);

  /** A statement of the report that cites a fact of that ingestion, and the fact's value. */
  const statementOn = (execution: string): { pointer: string; fact: string } => {
    for (const [s, { statements }] of report.sections.entries()) {
      for (const [n, { citations }] of statements.entries()) {
        const cited = citations.findIndex((c) => c.artifact_id === `${execution}/facts/facts` && c.pointer.endsWith('/value'));
        if (cited >= 0) return { pointer: `/sections/${s}/statements/${n}/citations/${cited}`, fact: citations[cited]!.pointer };
      }
    }
    throw new Error('the report cites no fact of the file');
  };

  it('a value in the report - is traced to its page and box in the PDF, each place with step, execution, intent and decision', async () => {
    const { pointer } = statementOn(ingested.permit);
    const trace = await value(reportId, pointer);
    const end = trace.places.find(({ region }) => region.reference === permit)!;
    expect(end.region).toMatchObject({ page: expect.any(Number) as number, box: [expect.any(Number), expect.any(Number), expect.any(Number), expect.any(Number)] as never });
    const way = wayOf(trace, end);
    expect(way.map(({ artifact, made_by }) => [artifact?.artifact_type, made_by?.intent_type, made_by?.decision?.decision])).toEqual([
      ['solution.report', 'solution.synthesize', 'permit'], ['content.facts', 'content.ingest', 'permit'], ['runtime.file', 'runtime.upload', 'permit'],
    ]);
    expect(way[1]!.made_by).toMatchObject({ step: 'facts', execution_id: ingested.permit, user_id: 'alice', decision: { bundle_hash: expect.any(String) as string } });
  });

  it('a value in the report - is traced to the bytes of its record, which are those of the file, and the bytes lead back to it', async () => {
    const { pointer } = statementOn(ingested.policies);
    const trace = await value(reportId, pointer);
    const { region } = trace.places.find((place) => place.region.reference === policies)!;
    expect(region.byte_end! - region.byte_start!).toBeGreaterThan(0);
    const bytes = sample('policy-master.ebcdic').subarray(region.byte_start, region.byte_end);
    expect(bytes.length).toBe(region.byte_end! - region.byte_start!);
    const down = await get<ValueTrace>(`/v1/lineage/derived?reference=${encodeURIComponent(policies)}&byte_start=${region.byte_start}&byte_end=${region.byte_end}&limit=1000`);
    const found = down.places.map((place) => `${place.region.reference}#${place.region.pointer ?? ''}`);
    expect(found).toContain(`${reportId}#${pointer}`);
    const elsewhere = await get<ValueTrace>(`/v1/lineage/derived?reference=${encodeURIComponent(policies)}&byte_start=${region.byte_end! + 400_000}&byte_end=${region.byte_end! + 400_001}`);
    expect(elsewhere.places.filter(({ region: { pointer: at } }) => at !== undefined && at !== '')).toEqual([]);
  });

  it('a cell of a document - and the fact made of it lead to the same place', async () => {
    const facts = await contentOf<ContentFacts>(`${ingested.policies}/facts/facts`);
    const fact = facts.facts.find(({ source }) => source.row !== undefined || source.byte_start !== undefined)!;
    const trace = await value(`${ingested.policies}/facts/facts`, '/facts/0');
    expect(trace.places.at(-1)!.region).toMatchObject({ reference: policies, byte_start: facts.facts[0]!.source.byte_start });
    const document = await get<ValueTrace>(`/v1/lineage/derived?reference=${encodeURIComponent(policies)}&byte_start=${fact.source.byte_start}&byte_end=${fact.source.byte_end}&depth=1`);
    expect(document.places.map(({ artifact }) => artifact?.artifact_type)).toEqual(expect.arrayContaining(['content.document', 'content.facts']));
  });

  it('a value of every kind of source - leads to its cell, box or bytes, and so does what a mash made of them', async () => {
    const made = async (intent: string, payload: object): Promise<string> => (await alice.execute(session, intent, payload)).execution_id;
    const csv = (await alice.upload(session, 'fees.csv', Buffer.from('code,fee\nHO-3,12.50\nPA-1,7.25\n'), 'text/csv')).body.reference;
    const sheet = await upload('spreadsheet.xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet');
    const [fees, book, decoded] = await Promise.all([made('content.ingest', { source: csv }), made('content.ingest', { source: sheet }), upload('policy-master.cpy', 'text/plain').then((copybook) => made('content.decode', { source: policies, copybook }))]);
    const dataset = `${decoded}/assemble/dataset`;
    const ends = async (reference: string, pointer: string): Promise<unknown[]> => (await value(reference, pointer)).places.filter(({ region }) => [csv, sheet, permit, policies].includes(region.reference)).map(({ region: { content_hash: _, ...region } }) => region);
    const document = (execution: string): string => `${execution}/normalise/document`;
    const tableOf = async (execution: string): Promise<number> => (await contentOf<{ tables: unknown[] }>(document(execution))).tables.length - 1;

    expect(await ends(document(fees), '/tables/0/rows/1/1')).toEqual([expect.objectContaining({ reference: csv, row: 3, column: 2 })]);
    expect(await ends(document(book), '/tables/0/rows/0/0')).toEqual([expect.objectContaining({ reference: sheet, sheet: expect.any(String), cell: 'A2' })]);
    expect(await ends(document(ingested.permit), `/tables/${await tableOf(ingested.permit)}/rows/0/0`)).toEqual([expect.objectContaining({ reference: permit, page: 2, row: 2, column: 1, box: expect.any(Array) })]);
    const [field] = (await ends(dataset, '/records/3/PRODUCT-CODE')) as { byte_start: number; byte_end: number }[];
    expect(field!.byte_end - field!.byte_start).toBeGreaterThan(0);

    const mashed = await made('cross_realm.data_mash', { sources: [{ name: 'fees', reference: csv }, { name: 'policies', reference: dataset }], sql: 'SELECT fee, count(*) n FROM fees LEFT JOIN policies ON code = "PRODUCT-CODE" GROUP BY fee ORDER BY fee LIMIT 1' });
    expect(await ends(`${mashed}/query/rows`, '/0/fee')).toEqual(expect.arrayContaining([expect.objectContaining({ reference: csv, row: 3 })]));
    const back = await get<ValueTrace>(`/v1/lineage/derived?reference=${encodeURIComponent(csv)}&row=3`);
    expect(back.places.map(({ region }) => `${region.reference}${region.pointer}`)).toEqual(expect.arrayContaining([`${document(fees)}/tables/0/rows/1/1`, expect.stringContaining(`${mashed}/query/rows/0`)]));
  });

  it('the graph - goes up from the report to the files and the decision, down from a file to the report, and as it was at an earlier run holds less', async () => {
    const up = await get<LineageGraph>(`/v1/lineage/graph?node=artifact:${reportId}&depth=12&limit=1000`);
    expect(up.nodes.map(({ id }) => id)).toEqual(expect.arrayContaining([`artifact:${permit}`, `artifact:${policies}`, `execution:${ingested.permit}`, `intent:${ingested.permit}`, `decision:${ingested.permit}`]));
    const down = await get<LineageGraph>(`/v1/lineage/graph?node=artifact:${permit}&direction=down&depth=12&limit=1000`);
    expect(down.nodes.map(({ id }) => id)).toContain(`artifact:${reportId}`);
    const then = await get<LineageGraph>(`/v1/lineage/graph?node=artifact:${permit}&direction=down&depth=12&limit=1000&run=${ingested.permit}`);
    expect(then.nodes.map(({ id }) => id)).toContain(`artifact:${ingested.permit}/facts/facts`);
    expect(then.nodes.map(({ id }) => id)).not.toContain(`artifact:${reportId}`);
  });

  it('what came of a place - as it was at an earlier run leaves out what was made later, and says up to when; what was not looked through is told', async () => {
    const path = `/v1/lineage/derived?reference=${encodeURIComponent(permit)}&page=1&limit=1000`;
    const madeOf = ({ places }: ValueTrace): string[] => [...new Set(places.map(({ region }) => region.reference))];
    expect(madeOf(await get<ValueTrace>(path))).toContain(reportId);
    const then = await get<ValueTrace>(`${path}&run=${ingested.permit}`);
    expect(madeOf(then)).toContain(`${ingested.permit}/facts/facts`);
    expect(madeOf(then)).not.toContain(reportId);
    expect([then.complete, typeof then.as_of]).toEqual([true, 'string']);
    expect((await get<ValueTrace>(`${path}&depth=1`)).complete).toBe(false);
    expect((await alice.get<{ code: string }>(`${path}&run=${randomUUID()}`)).body.code).toBe('execution.not_found');
  });

  it('the graph - is told whole page by page', async () => {
    const path = `/v1/lineage/graph?node=artifact:${reportId}&depth=12`;
    const whole = await get<LineageGraph>(`${path}&limit=1000`);
    const edges: unknown[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page: LineageGraph = await get(`${path}&limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`);
      edges.push(...page.edges);
      cursor = page.next_cursor;
    }
    expect(edges).toEqual(whole.edges);
  });

  it('another tenant - finds neither graph nor value nor place nor export of it', async () => {
    const gina = platform.as('gina');
    for (const path of [
      `/v1/lineage/graph?node=artifact:${reportId}`, `/v1/lineage/value?reference=${encodeURIComponent(reportId)}`, `/v1/lineage/derived?reference=${encodeURIComponent(permit)}`, `/v1/references/${permit}`,
      `/v1/executions/${ingested.permit}/lineage`,
    ]) expect([path, (await gina.get(path)).status]).toEqual([path, 404]);
    expect((await gina.post(`/v1/references/${permit}/resolve`)).status).toBe(404);
  });

  it('a reference - tells whose and what it is, and resolves by its hash', async () => {
    const hash = createHash('sha256').update(sample('permit.pdf')).digest('hex');
    expect(await get(`/v1/references/${permit}`)).toMatchObject({ kind: 'object', content_hash: hash, owner: { user_id: 'alice', realm: 'runtime' }, media_type: 'application/pdf', provenance: { intent_type: 'runtime.upload' } });
    expect((await alice.post(`/v1/references/${permit}/resolve?verify=hash`)).body).toMatchObject({ verified: 'hash' });
  });

  it('an external reference - is registered by an intent, described, and never copied', async () => {
    const external = { kind: 'table', binding: 'policy-admin', name: 'public.policies' };
    const done = await alice.execute(session, 'runtime.register_reference', { name: 'policies', external, media_type: 'application/x-table', schema: { columns: [{ name: 'policy_no', type: 'string' }] } });
    const id = `${done.execution_id}/register/policies`;
    expect(await get(`/v1/references/${id}`)).toMatchObject({ kind: 'external_table', external, schema: { columns: [{ name: 'policy_no' }] } });
    expect((await alice.post(`/v1/references/${id}/resolve`)).body).toMatchObject({ verified: 'registered' });
    const { references } = await get<{ references: { reference_id: string }[] }>(`/v1/references?kind=external_table&session_id=${session}&limit=1000`);
    expect(references.map((one) => one.reference_id)).toEqual([id]);
  });

  it('exports - OpenLineage events and a PROV document tell the same inputs and outputs', async () => {
    const events = await get<{ eventType: string; inputs: { name: string }[]; outputs: { name: string }[]; run: { runId: string } }[]>(`/v1/executions/${ingested.permit}/lineage`);
    const whole = events.filter(({ run }) => run.runId === ingested.permit);
    expect(whole.map(({ eventType }) => eventType)).toEqual(['START', 'COMPLETE']);
    expect(whole[1]!.inputs.map(({ name }) => name)).toEqual([permit]);
    const prov = await get<{ entity: object; wasGeneratedBy: object; used: Record<string, { 'prov:entity': string }> }>(`/v1/executions/${ingested.permit}/lineage?format=prov`);
    expect(Object.keys(prov.entity)).toEqual(expect.arrayContaining(whole[1]!.outputs.map(({ name }) => `artifact:${name}`)));
    expect(Object.values(prov.used).map((used) => used['prov:entity'])).toContain(`artifact:${permit}`);
  });
});
