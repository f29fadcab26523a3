import { type Artifact, type Caller, type CedarPolicy, type ContentEmbeddings, type Json } from '@symphainy/contracts';
import { compileBundle, type CompiledBundle } from '@symphainy/governance';
import { permissivePolicies, sampleBundle } from '@symphainy/governance/testing';
import { hashOf, sha256Hex, silentLogger, systemClock, utf8, canonicalJson } from '@symphainy/kernel';
import type { ToolContext } from '../data-brain/tools.js';
import type { Follower } from '../wal/follower.js';
import { newCaller, RecordedBed } from '../testing/recorded-streams.js';
import { embeddingRows } from './embedding-rows.js';
import { packVector, dotPacked } from './packed-vector.js';
import { PostgresSearchIndex, SearchProjector, SearchRebuild, searchTools } from './search.js';

// Real servers start here, on machines that may be busy.
jest.setTimeout(60_000);

/** Terms are numbers here, as they are to the Runtime: `[10, 20]` is a passage of two words. */
const embeddings = (passages: readonly (readonly number[])[]): ContentEmbeddings => ({
  model: 'm', dimensions: 2, sparse_model: 's',
  chunks: passages.map((terms, at) => ({ id: `c${at + 1}`, text: 'a text that stands in no index', block_ids: [], source: {}, vector: at === 0 ? [1, 0] : [0.6, 0.8], sparse: { length: terms.length, terms: [...terms].sort((a, b) => a - b), times: terms.map(() => 1) } })),
});

describe('search over all that a caller may read', () => {
  let bed: RecordedBed;
  let projector: SearchProjector;
  let follower: Follower;
  let caller: Caller;
  let bundle: CompiledBundle;
  const found: string[] = [];

  beforeAll(async () => {
    bed = await RecordedBed.start();
    projector = new SearchProjector({ objects: bed.objects, logger: silentLogger });
    follower = bed.log.follow(projector);
  });
  afterAll(() => bed.stop());
  beforeEach(() => {
    caller = newCaller();
    governed();
    found.length = 0;
  });

  function governed(policies: readonly CedarPolicy[] = []): void {
    const made = sampleBundle({ tenants: [{ tenant_id: caller.tenant_id, name: 'T', status: 'active' } as never], identities: [], policies: [...permissivePolicies, ...policies] });
    bundle = compileBundle(made, hashOf(made));
  }

  /** An execution of `of` that made searchable embeddings; returns their id. */
  const made = async (passages: readonly (readonly number[])[], { of = caller, ...more }: Partial<Artifact> & { of?: Caller } = {}, stored: 'inline' | 'object' = 'inline'): Promise<string> => {
    const stream = bed.stream(of);
    const id = stream.intent.intent_id;
    const content = embeddings(passages) as unknown as Json;
    const bytes = utf8(canonicalJson(content));
    const where = stored === 'inline' ? { content } : { object: { hash: sha256Hex(bytes), size: bytes.length, media_type: 'application/json' } };
    if (stored === 'object') bed.objects.objects.set(`${of.tenant_id}/${sha256Hex(bytes)}`, bytes);
    const artifact: Artifact = { name: 'embeddings', artifact_type: 'content.embeddings', media_type: 'application/json', ...where, content_hash: hashOf(content), artifact_id: `${id}/one/embeddings`, execution_id: id, step: 'one', searchable: true, ...more };
    stream.now += 40;
    stream.add([{ type: 'step_completed', ...stream.stamp, step: 'one', attempt: 1, handler_build: 'b1', duration_ms: 40, output: null, artifacts: [artifact], events: [], state_changes: [] }]);
    stream.settle();
    await bed.append(stream.frames);
    return artifact.artifact_id;
  };

  const indexOf = () => new PostgresSearchIndex(bed.log.queries, async () => void (await follower.caughtUp(10_000)));
  const rebuild = () => new SearchRebuild({ index: indexOf(), projector, keeper: bed.log.projections, reader: bed.log.reader, queries: bed.surface.queries }).rebuild(caller);
  const ask = async (terms: readonly number[], more: { request?: { [key: string]: Json }; as?: Caller; boundary?: ToolContext['boundary'] } = {}) => {
    const index = indexOf();
    const tools = searchTools(index, { bundles: { require: () => bundle, underHash: () => Promise.resolve(bundle), current: bundle }, clock: systemClock });
    const context: ToolContext = { caller: more.as ?? caller, sessionId: '', executionId: '', bundleHash: 'frozen', boundary: more.boundary, found: (reference) => void found.push(reference), beside: () => Promise.resolve([]) };
    const request = { terms: terms.map((term) => ({ term, weight: 1 })), sparse_model: 's', vector: [1, 0], model: 'm', ...more.request };
    return (await tools['search.passages']!(context, request)) as { documents: number; passages: number; frequencies: number[]; hits: { reference: string; chunk: number; matched: number[]; lexical?: { rank: number; score: number }; vector?: { rank: number } }[] };
  };
  const byWords = (answer: Awaited<ReturnType<typeof ask>>): string[] => answer.hits.filter(({ lexical }) => lexical !== undefined).toSorted((a, b) => a.lexical!.rank - b.lexical!.rank).map(({ reference, chunk }) => `${reference}#${chunk}`);

  it('passages of several documents - are ranked by their terms and by their vectors, each with what it matched; newly committed ones are found at once', async () => {
    const [one, two] = [await made([[10, 20, 30], [40]]), await made([[10, 50, 60, 70, 80]], {}, 'object')];
    const answer = await ask([10, 20]);
    expect(answer).toMatchObject({ documents: 2, passages: 3, frequencies: [2, 1] });
    expect(byWords(answer)).toEqual([`${one}#0`, `${two}#0`]);
    expect(answer.hits.find(({ reference, chunk }) => reference === one && chunk === 0)).toMatchObject({ matched: [0, 1], lexical: { rank: 1 }, vector: { rank: expect.any(Number) as number } });
    expect(answer.hits.find(({ chunk }) => chunk === 1)).toMatchObject({ reference: one, matched: [], vector: { rank: 3 } });
    expect(new Set(found)).toEqual(new Set([one, two]));
    const three = await made([[20]]);
    expect(byWords(await ask([20]))).toEqual([`${three}#0`, `${one}#0`]);
  });

  it('an artifact of megabytes - is read in a thread of its own, every passage of it, and one that is damaged is left out', async () => {
    const passages = Array.from({ length: 12_000 }, (_, at) => [at + 1]);
    const damaged = utf8(`${canonicalJson(embeddings(passages) as unknown as Json).slice(0, -1)},`);
    await made([[1]], { object: { hash: sha256Hex(damaged), size: damaged.length, media_type: 'application/json' }, content: undefined } as never);
    bed.objects.objects.set(`${caller.tenant_id}/${sha256Hex(damaged)}`, damaged);
    const large = await made(passages, {}, 'object');
    expect(damaged.length).toBeGreaterThan(1024 * 1024);
    const answer = await ask([1, 12_000]);
    expect(answer).toMatchObject({ documents: 1, passages: 12_000 });
    expect(byWords(answer)).toEqual([`${large}#0`, `${large}#11999`]);
  });

  it('an artifact that takes more memory than its thread may - costs the thread, and is no error that is tried again for ever', async () => {
    const bytes = utf8(canonicalJson(embeddings(Array.from({ length: 12_000 }, (_, at) => [at + 1])) as unknown as Json));
    expect(await embeddingRows(Uint8Array.from(bytes))).toMatchObject({ passages: 12_000 });
    expect(await embeddingRows(bytes, 8)).toBeUndefined();
  });

  it('another tenant’s documents - are not there', async () => {
    await made([[10]]);
    const stranger = newCaller();
    expect(await ask([10], { as: stranger })).toEqual({ documents: 0, passages: 0, frequencies: [0], hits: [] });
  });

  it('what policy keeps from the caller - is not found, and leaves no trace in counts and scores', async () => {
    const own = await made([[10, 20]]);
    const before = await ask([10]);
    await made([[10], [10]], { of: { ...caller, user_id: 'somebody' } });
    await made([[10]], { classification: 'secret' });
    governed([
      { id: 'own.only', role: 'security_guard', text: 'forbid(principal, action == Action::"hydrate", resource) unless { context.own_targets };' },
      { id: 'no.secrets', role: 'data_steward', text: 'forbid(principal, action == Action::"hydrate", resource) when { context.classifications.contains("secret") };' },
    ]);
    const after = await ask([10]);
    expect(byWords(after)).toEqual([`${own}#0`]);
    expect(after).toEqual(before);
    expect(found.every((reference) => reference === own)).toBe(true);
  });

  it('classes that the frozen boundary withholds or masks - are not found', async () => {
    const [open] = [await made([[10]]), await made([[10]], { classification: 'pii' }), await made([[10]], { classification: 'secret' })];
    expect(byWords(await ask([10], { boundary: { masked: ['pii'], withheld: ['secret'] } }))).toEqual([`${open}#0`]);
    expect(byWords(await ask([10]))).toHaveLength(3);
  });

  it('what is sealed, or calls itself searchable and is not - is not taken up, and what follows is', async () => {
    await made([[10]], { object: { hash: sha256Hex('x'), size: 1, media_type: 'application/json', sealed: { keys: ['019b0000-0000-7000-8000-000000000001'], wrapped: 'w' } }, content: undefined } as never);
    await made([[10]], { content: { chunks: 'none' } });
    await made([[10]], { object: { hash: sha256Hex('gone'), size: 4, media_type: 'application/json' }, content: undefined } as never);
    const kept = await made([[10]]);
    expect(byWords(await ask([10]))).toEqual([`${kept}#0`]);
  });

  it('no text, no plain term - stands in the tables', async () => {
    await made([[10]]);
    await follower.caughtUp(10_000);
    const rows = await bed.admin.query<{ row: string }>('select row_to_json(t)::text as row from runtime.search_passages t union all select row_to_json(d)::text from runtime.search_documents d');
    expect(rows.filter(({ row }) => row.includes('a text that'))).toEqual([]);
  });

  it('an index made again - is as it was, of its tenant alone; one that lost something, or has what the log does not tell, is found unequal and is whole afterwards', async () => {
    const [other, own] = [newCaller(), await made([[10, 20], [30]])];
    await made([[10]], {}, 'object');
    await made([[70]], { of: other });
    await made([[10]], { object: { hash: sha256Hex('x'), size: 1, media_type: 'application/json', sealed: { keys: ['019b0000-0000-7000-8000-000000000001'], wrapped: 'w' } }, content: undefined } as never);
    const before = await ask([10, 30]);
    expect(await rebuild()).toEqual({ documents: 2, passages: 3, equal: true });
    expect(await ask([10, 30])).toEqual(before);
    await bed.admin.query('delete from runtime.search_passages where tenant_id = $1 and artifact_id = $2 and chunk = 1', [caller.tenant_id, own]);
    await bed.admin.query('update runtime.search_passages set times = array[9] where tenant_id = $1 and terms = array[10]', [caller.tenant_id]);
    await bed.admin.query(`insert into runtime.search_documents select tenant_id, artifact_id || 'x', artifact_type, execution_id, session_id, intent_type, realm, user_id, classification, model, sparse_model, passages, words from runtime.search_documents where artifact_id = $1`, [own]);
    expect(await rebuild()).toEqual({ documents: 2, passages: 3, equal: false });
    expect(await ask([10, 30])).toEqual(before);
    expect(await rebuild()).toMatchObject({ equal: true });
    expect(await indexOf().fingerprint(other.tenant_id)).toMatchObject({ documents: 1, passages: 1 });
  });

  it('another model’s vectors, another algorithm’s terms - are not compared', async () => {
    await made([[10]]);
    expect((await ask([10], { request: { model: 'other' } })).hits).toMatchObject([{ lexical: { rank: 1 } }]);
    expect((await ask([10], { request: { sparse_model: 'other' } })).hits.every(({ lexical }) => lexical === undefined)).toBe(true);
  });

  it('a request that does not fit - is refused by its member', async () => {
    await expect(ask([10], { request: { depth: 0 } })).rejects.toMatchObject({ code: 'request.invalid', field: '/request/depth' });
  });

  it('vectors in a byte a member - keep their dot products to a hundredth, and the order of what is apart', () => {
    const [a, b] = [Array.from({ length: 512 }, (_, at) => Math.sin(at * 1.7)), Array.from({ length: 512 }, (_, at) => Math.cos(at * 0.9))];
    const norm = (vector: number[]): number[] => vector.map((value) => value / Math.hypot(...vector));
    const dot = norm(a).reduce((sum, value, at) => sum + value * norm(b)[at]!, 0);
    expect(Math.abs(dotPacked(packVector(norm(a)), norm(b))! - dot)).toBeLessThan(0.01);
    expect([dotPacked(packVector([0, 0]), [1, 0]), dotPacked(packVector([1]), [1, 0])]).toEqual([0, undefined]);
  });
});
