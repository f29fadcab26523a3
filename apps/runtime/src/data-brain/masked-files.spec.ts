import { Readable } from 'node:stream';
import fc from 'fast-check';
import type { DataContract, GovernanceBundle } from '@symphainy/contracts';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { sha256Hex, silentLogger, toWireError, type PlatformError } from '@symphainy/kernel';
import { countingIds } from '@symphainy/kernel/testing';
import { memoryPersonalData } from '../testing/memory-personal-data.js';
import { alice, RuntimeBed } from '../testing/runtime-bed.js';
import { placesInFile, type FileForm } from './file-forms.js';
import { maskedFile } from './masked-files.js';
import { ObjectEndpoint, type ObjectReply, type ObjectRequest } from './object-endpoint.js';
import { ObjectTickets } from './object-tickets.js';

const CSV = 'text/csv; charset=utf-8';
const LINES = 'application/x-ndjson';

/** The masked view of a text that comes in pieces of a few bytes. */
async function view(text: string, media_type: string, fields?: readonly string[], form: FileForm = 'table'): Promise<string> {
  const bytes = Buffer.from(text, 'utf8');
  const pieces = [bytes.subarray(0, 40), bytes.subarray(40, 43), bytes.subarray(43)].filter((piece) => piece.length > 0);
  const parts: Uint8Array[] = [];
  for await (const part of maskedFile(Readable.from(pieces), { media_type, size: bytes.length }, { fields: fields === undefined ? undefined : placesInFile(form, fields) })) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

describe('masked views of files', () => {
  it.each<[string, string, string, string[] | undefined, string]>([
    ['a column of a table, quoted, with newlines, CRLF', 'id,mail,"a, b"\r\n1,"x\r\n@y","say ""hi"""\r\n2,z@y,\r\n', CSV, ['/mail'], 'id,mail,"a, b"\r\n1,[masked],"say ""hi"""\r\n2,[masked],\r\n'],
    ['semicolons; the contract describes the list of rows', 'id;mail\n1;x@y\n2;\n', CSV, ['/*/mail'], 'id;mail\n1;[masked]\n2;\n'],
    ['a field below a column hides the column', 'id,address\n1,Main St 1\n', CSV, ['/address/street'], 'id,address\n1,[masked]\n'],
    ['more cells than the header names', 'id,mail\n1,x@y,Ada\n', CSV, ['/mail'], 'id,mail\n1,[masked],[masked]\n'],
    ['a header that spells the column otherwise hides all', 'id,E-Mail\n1,x@y\n', CSV, ['/mail'], 'column_1,column_2\n[masked],[masked]\n'],
    ['one of two columns missing hides all', 'id,mail\n1,x@y\n', CSV, ['/mail', '/phone'], 'column_1,column_2\n[masked],[masked]\n'],
    ['a table without a header, of which all is hidden', 'Ada,Lovelace\nAlan,Turing\n', CSV, undefined, 'column_1,column_2\n[masked],[masked]\n'],
    ['a file that calls itself a table and is none', '{"mail":"x@y"}\n{"mail":"z@y"}\n', CSV, ['/mail'], 'column_1\n[masked]\n'],
    ['an empty file', '', CSV, ['/mail'], ''],
  ])('a table: %s', async (_what, text, media, fields, seen) => {
    expect(await view(text, media, fields)).toBe(seen);
  });

  it.each<[string, string, string[] | undefined, string]>([
    ['a member, and one within a list', '{"id":1,"mail":"ä@y","kin":[{"age":7}]}\n{"id":2}', ['/mail', '/kin/*/age'], '{"id":1,"mail":"[masked]","kin":[{"age":"[masked]"}]}\n{"id":2}'],
    ['records that are lists', '[1,"x@y"]\n\n[2,"z@y"]\n', ['/*/1'], '[1,"[masked]"]\n\n[2,"[masked]"]\n'],
    ['lines that are no records', '{"mail":"x@y"}\nx@y\n"x@y"\n', ['/mail'], '{"mail":"[masked]"}\n"[masked]"\n"[masked]"\n'],
    ['all of it', '{"id":1,"left":null}\n', undefined, '{"id":"[masked]","left":null}\n'],
  ])('JSON lines: %s', async (_what, text, fields, seen) => {
    expect(await view(text, LINES, fields, 'lines')).toBe(seen);
  });

  it('a document - is masked by field; what is no JSON, or has no fields, is withheld', async () => {
    expect(await view('{"rows":[{"mail":"x@y","n":1}]}', 'application/json', ['/rows/*/mail'], 'document')).toBe('{"rows":[{"mail":"[masked]","n":1}]}');
    await expect(view('x@y', 'application/json', ['/mail'], 'document')).rejects.toMatchObject({ code: 'data.withheld' });
    expect(() => maskedFile(Readable.from([]), { media_type: 'application/pdf', size: 1 }, {})).toThrow(expect.objectContaining({ code: 'data.withheld' }) as Error);
  });

  it('a source that breaks off - fails the view, and is no shorter file', async () => {
    const broken = Readable.from((function* () {
      yield Buffer.from('id,mail\n1,x@y\n');
      throw new Error('line broke');
    })());
    await expect((async () => { for await (const _ of maskedFile(broken, { media_type: CSV, size: 100 }, {})) void _; })()).rejects.toThrow('line broke');
  });

  it('any table, any column - not one of its values is in the view, and the others are all there', async () => {
    const cell = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((text) => text.trim() !== '');
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), async (rows) => {
      const secret = (text: string): string => `\u2021${text}\u2021`;
      const text = `open,hidden\n${rows.map(([open, hidden]) => `${quoted(open)},${quoted(secret(hidden))}\n`).join('')}`;
      const seen = await view(text, CSV, ['/hidden']);
      expect(seen.includes('\u2021')).toBe(false);
      for (const [open] of rows) expect(seen).toContain(open.replaceAll('"', '""'));
    }), { numRuns: 60 });
  });
});

describe('who may see a file no more than masked', () => {
  const maker = sampleCapability({ ...sampleSaga('one'), name: 'sample.make' });
  const reader = sampleCapability(sampleSaga('one'), { input_contract: { type: 'object', properties: { source: { type: 'string', format: 'data-reference' } } } });
  const masking = { tenant_id: 'acme', boundary_id: 'all', classes: ['personal'], access: 'masked' as const };
  const contract: DataContract = { tenant_id: 'acme', artifact_type: 'sample.card', version: '1.0.0', owner: 'claims', semantics: '', mode: 'off', schema: { type: 'object', properties: { mail: { type: 'string', 'x-class': 'personal' } } } };
  const text = 'id,mail\n1,x@y\n';

  /** The answer of the object endpoint. */
  async function get(endpoint: ObjectEndpoint, url: string, range?: string): Promise<{ status: number; body: string }> {
    const routes: ((request: ObjectRequest, reply: ObjectReply) => Promise<unknown>)[] = [];
    endpoint.mount({ register: (plugin) => plugin({ removeAllContentTypeParsers: () => undefined, addContentTypeParser: () => undefined, get: (_, route) => void routes.push(route), put: () => undefined }) });
    const answer = { status: 200, body: '' as unknown };
    const reply: ObjectReply = { status: (code) => ((answer.status = code), reply), headers: () => reply, send: (body) => (answer.body = body) };
    await routes[0]!({ query: { ticket: new URL(url).searchParams.get('ticket')! }, headers: range === undefined ? {} : { range }, body: undefined }, reply);
    if (!(answer.body instanceof Readable)) return { status: answer.status, body: String(answer.body) };
    const parts: Uint8Array[] = [];
    for await (const part of answer.body) parts.push(part as Uint8Array);
    return { status: answer.status, body: Buffer.concat(parts).toString('utf8') };
  }

  async function reading(media_type: string, lists: Partial<GovernanceBundle>, stored = text) {
    const bed = new RuntimeBed();
    await bed.govern([maker, reader], 1, {}, { data_boundaries: [masking], ...lists });
    await bed.runtime();
    const bytes = new TextEncoder().encode(text);
    const object = { hash: sha256Hex(bytes), size: bytes.length, media_type };
    bed.objects.objects.set(`acme/${object.hash}`, new TextEncoder().encode(stored));
    const endpoint = new ObjectEndpoint({ objects: bed.objects, tickets: new ObjectTickets(new Uint8Array(32)), sealed: memoryPersonalData(bed.clock, countingIds(), bed.keys).objects, clock: bed.clock, logger: silentLogger });
    const urls: string[] = [];
    bed.realm('sample', ({ capability, token, attempt, context }) => {
      if (capability === 'sample.make') return { output: 1, artifacts: [{ name: 'file', artifact_type: 'sample.card', media_type, object, classification: 'personal', summary: { filename: 'cards.csv' } }] };
      return bed.gateway.request('runtime.hydrate', {}, { token, attempt, reference: String(context.intent.payload['source']) }).then(({ ticket_url }) => (urls.push(ticket_url!), { output: 1 }), (error: unknown) => ({ error: toWireError(error as PlatformError) }));
    });
    const session = await bed.session();
    const reference = `${(await bed.submit(session, { intent_type: 'sample.make' }, { wait_ms: 5000 })).execution_id}/one/file`;
    const run = () => bed.submit(session, { payload: { source: reference } }, { wait_ms: 5000 });
    const asked = () => bed.gateway.request('runtime.artifact.read', {}, { caller: alice, artifact_id: reference });
    return { bed, endpoint, urls, run, asked };
  }

  it('a step and a reader over the API - are given the table without the values of the class, and the record says which field', async () => {
    const { bed, endpoint, urls, run, asked } = await reading('text/csv', { data_contracts: [contract] });
    const { execution_id } = await run();
    const seen = 'id,mail\n1,[masked]\n';
    expect(await get(endpoint, urls[0]!)).toEqual({ status: 200, body: seen });
    expect((await bed.records(execution_id)).find(({ type }) => type === 'reference_hydrated')).toMatchObject({ masked: true, masked_fields: ['/*/mail'] });
    const read = await asked();
    expect([read.content_key, await get(endpoint, read.masked_url!)]).toEqual([undefined, { status: 200, body: seen }]);
    expect([read.summary, read.masked_name]).toEqual([{ filename: '[masked]' }, 'cards.csv']);
    // whoever asks for all of the recorded bytes gets all of the view, and nobody a part of them
    expect(await get(endpoint, urls[0]!, `bytes=0-${text.length - 1}`)).toEqual({ status: 206, body: seen });
    expect(await get(endpoint, urls[0]!, 'bytes=8-')).toMatchObject({ status: 403, body: expect.stringContaining('data.withheld') });
  });

  it('a file without fields - is withheld as before, from steps with a record of it', async () => {
    const { bed, run, asked } = await reading('application/pdf', { data_contracts: [contract] });
    const { execution_id, status, result } = await run();
    expect([status, result?.error?.code]).toEqual(['failed', 'data.withheld']);
    expect((await bed.records(execution_id)).find(({ type }) => type === 'access_refused')).toMatchObject({ error: { code: 'data.withheld' } });
    await expect(asked()).rejects.toMatchObject({ code: 'data.withheld' });
  });

  it('a file whose bytes were changed - is not shown masked either', async () => {
    const { endpoint, urls, run } = await reading('text/csv', { data_contracts: [contract] }, text.replace('x@y', 'x@z'));
    await run();
    await expect(get(endpoint, urls[0]!)).resolves.toMatchObject({ status: 409, body: expect.stringContaining('object.hash_mismatch') });
  });
});
