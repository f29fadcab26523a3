import type { Database } from '@symphainy/store-postgres';
import { dotPacked } from './packed-vector.js';
import type { RankedPassage, SearchedDocument, SearchIndex, WeightedTerm } from './search-index.js';

const DOCUMENTS_AT_ONCE = 2_000;
const VECTORS_AT_ONCE = 2_000;
/** As Robertson and Zaragoza recommend ("The Probabilistic Relevance Framework: BM25 and Beyond", 2009). */
const K1 = 1.2;
const B = 0.75;

/** The index in two tables of the Runtime's own schema, read as the reader role under the tenant's row-level security. */
export class PostgresSearchIndex implements SearchIndex {
  constructor(
    private readonly database: Database,
    readonly settle: () => Promise<void>,
  ) {}

  async *documents(tenantId: string): AsyncGenerator<readonly SearchedDocument[]> {
    for (let before = '~'; ; ) {
      const page = await this.database.asTenant(tenantId, (sql) =>
        sql.query<SearchedDocument>(
          `select artifact_id, artifact_type, execution_id, session_id, intent_type, realm, user_id, classification, model, sparse_model, passages, words from runtime.search_documents
           where tenant_id = $1 and artifact_id < $2 order by artifact_id desc limit $3`, [tenantId, before, DOCUMENTS_AT_ONCE]));
      if (page.length > 0) yield page;
      if (page.length < DOCUMENTS_AT_ONCE) return;
      before = page.at(-1)!.artifact_id;
    }
  }

  async frequencies(tenantId: string, documents: readonly string[], terms: readonly number[]): Promise<number[]> {
    if (documents.length === 0 || terms.length === 0) return terms.map(() => 0);
    const rows = await this.database.asTenant(tenantId, (sql) =>
      sql.query<{ term: number; having: number }>(
        `select t.term, count(*) as having from unnest($2::int[]) as t(term) join runtime.search_passages p on p.tenant_id = $1 and p.terms @> array[t.term] and p.artifact_id = any($3::text[]) group by t.term`,
        [tenantId, terms, documents]));
    const having = new Map(rows.map((row) => [row.term, row.having]));
    return terms.map((term) => having.get(term) ?? 0);
  }

  byTerms(tenantId: string, documents: readonly string[], terms: readonly WeightedTerm[], mean: number, depth: number): Promise<RankedPassage[]> {
    if (documents.length === 0 || terms.length === 0) return Promise.resolve([]);
    return this.database.asTenant(tenantId, (sql) =>
      sql.query<RankedPassage>(
        `select p.artifact_id, p.chunk, sum(q.weight * h.times * ($6::float8 + 1) / (h.times + $6 * (1 - $7::float8 + $7 * p.length / $4::float8))) as score
         from runtime.search_passages p
         join unnest($2::int[], $3::float8[]) as q(term, weight) on q.term = any(p.terms)
         cross join lateral (select p.times[array_position(p.terms, q.term)]::float8 as times) h
         where p.tenant_id = $1 and p.terms && $2::int[] and p.artifact_id = any($5::text[])
         group by p.artifact_id, p.chunk order by score desc, p.artifact_id, p.chunk limit $8`,
        [tenantId, terms.map(({ term }) => term), terms.map(({ weight }) => weight), Math.max(1, mean), documents, K1, B, depth]));
  }

  async byVector(tenantId: string, documents: readonly string[], vector: readonly number[], depth: number, most: number): Promise<RankedPassage[]> {
    let best: RankedPassage[] = [];
    let looked = 0;
    for await (const page of this.vectors(tenantId, documents)) {
      looked += page.length;
      const scored = page.flatMap(({ artifact_id, chunk, vector: packed }): RankedPassage[] => {
        const score = dotPacked(packed, vector);
        return score === undefined || score <= 0 ? [] : [{ artifact_id, chunk, score }];
      });
      best = [...best, ...scored].toSorted((a, b) => b.score - a.score || (a.artifact_id < b.artifact_id ? -1 : a.artifact_id > b.artifact_id ? 1 : a.chunk - b.chunk)).slice(0, depth);
      if (looked >= most) break;
    }
    return best;
  }

  async fingerprint(tenantId: string): Promise<{ documents: number; passages: number; hash: string }> {
    const hashed = (table: string, key: string): string => `select count(*) as rows, coalesce(encode(sha256(string_agg(sha256(convert_to(t::text, 'UTF8')), ''::bytea order by ${key})), 'hex'), '') as hash from runtime.${table} t where tenant_id = $1`;
    const [documents, passages] = await this.database.asTenant(tenantId, async (sql) => [
      (await sql.query<{ rows: number; hash: string }>(hashed('search_documents', 'artifact_id'), [tenantId]))[0]!, (await sql.query<{ rows: number; hash: string }>(hashed('search_passages', 'artifact_id, chunk'), [tenantId]))[0]!,
    ] as const);
    return { documents: documents.rows, passages: passages.rows, hash: `${documents.hash}.${passages.hash}` };
  }

  async termsOf(tenantId: string, passages: readonly Pick<RankedPassage, 'artifact_id' | 'chunk'>[]): Promise<(readonly number[])[]> {
    if (passages.length === 0) return [];
    const rows = await this.database.asTenant(tenantId, (sql) =>
      sql.query<{ at: number; terms: number[] }>(
        `select w.at, p.terms from unnest($2::text[], $3::int[]) with ordinality as w(artifact_id, chunk, at) join runtime.search_passages p on p.tenant_id = $1 and p.artifact_id = w.artifact_id and p.chunk = w.chunk`,
        [tenantId, passages.map((p) => p.artifact_id), passages.map((p) => p.chunk)]));
    const terms = new Map(rows.map((row) => [row.at - 1, row.terms]));
    return passages.map((_, at) => terms.get(at) ?? []);
  }

  private async *vectors(tenantId: string, documents: readonly string[]): AsyncGenerator<readonly { artifact_id: string; chunk: number; vector: Uint8Array }[]> {
    if (documents.length === 0) return;
    for (let last: { artifact_id: string; chunk: number } | undefined; ; ) {
      const page: { artifact_id: string; chunk: number; vector: Uint8Array }[] = await this.database.asTenant(tenantId, (sql) =>
        sql.query(
          `select artifact_id, chunk, vector from runtime.search_passages where tenant_id = $1 and (artifact_id, chunk) < ($2, $3) and artifact_id = any($4::text[]) order by artifact_id desc, chunk desc limit $5`,
          [tenantId, last?.artifact_id ?? '~', last?.chunk ?? 0, documents, VECTORS_AT_ONCE]));
      if (page.length > 0) yield page;
      if (page.length < VECTORS_AT_ONCE) return;
      last = page.at(-1);
    }
  }
}
