import { sha256Hex, type Json } from '@symphainy/kernel';
import { realmConformance, testBed } from '@symphainy/realm-sdk/testing';
import { contentRealm } from './content.orchestrator.js';

const id = (n: number, rest: string): string => `019b0000-0000-7000-8000-00000000000${n}/${rest}`;
const [FILE, NOTE, COPYBOOK] = [id(1, 'receive/file'), id(2, 'make/note'), id(3, 'receive/file')];
const CSV = 'permit_no,fee\nBP-1,125.00\nBP-2,80.50\n';
const PARSED = { document: id(4, 'normalise/document'), normalized_fields: id(4, 'facts/facts'), embeddings: id(4, 'embed_hashed/embeddings'), kind: 'csv', model: 'hashed-dense-v2', dimensions: 512, chunks: 1, facts: 4 };

const asked: Json[] = [];
const bed = () => testBed(contentRealm, {
  references: { [FILE]: Buffer.from(CSV), [NOTE]: { text: 'a note' } },
  described: { [FILE]: { media_type: 'text/csv', summary: { filename: 'fees.csv' } }, [NOTE]: { object: undefined } },
  children: { 'content.parse_and_embed': (payload) => (asked.push(payload), PARSED) },
});
const run = (payload: { [key: string]: Json }) => bed().run('content.upload', payload);

realmConformance(contentRealm, [{ intent: 'content.upload', payload: { text: CSV, filename: 'fees.csv' }, bed: {} }]);

describe('content.upload', () => {
  beforeEach(() => void asked.splice(0));

  it('content in the payload - becomes a file by reference, of the kind that its content shows, and nothing follows unasked', async () => {
    const told = await run({ text: CSV, filename: 'C:\\work\\fees.csv', classification: 'internal' });
    expect(told.output).toEqual({ file: told.artifacts[0]!.artifact_id, filename: 'fees.csv', media_type: 'text/csv', kind: 'csv', size: 37, hash: sha256Hex(CSV) });
    expect(told.artifacts).toMatchObject([{ artifact_type: 'content.file', classification: 'internal', media_type: 'text/csv', summary: { filename: 'fees.csv', size: 37 } }]);
    expect([Buffer.from(told.bytes('file')).toString(), asked]).toEqual([CSV, []]);
  });

  it.each<[string, string, { [key: string]: Json }]>([
    ['a picture in base64, with line breaks', 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ\nAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', { kind: 'image', media_type: 'image/png' }],
    ['bytes that nobody knows', 'AAECAwQFBgc=', { media_type: 'application/octet-stream' }],
  ])('%s - is taken all the same, and told as what it is', async (_what, base64, told) => {
    const { kind, media_type } = (await run({ base64 })).output as { [key: string]: Json };
    expect(kind === undefined ? { media_type } : { kind, media_type }).toEqual(told);
  });

  it('then parse_and_embed - is asked of the file as a child, with what is for it, and its answer is told', async () => {
    const told = await run({ source: FILE, then: 'parse_and_embed', copybook: COPYBOOK, chunk_characters: 400 });
    expect(asked).toEqual([{ source: FILE, copybook: COPYBOOK, chunk_characters: 400 }]);
    expect(told.output).toMatchObject({ file: FILE, filename: 'fees.csv', kind: 'csv', parsed: PARSED });
    expect(told.artifacts).toEqual([]);
  });

  it.each<[string, { [key: string]: Json }, string]>([
    ['nothing at all', {}, '/source'],
    ['content twice', { text: 'a', base64: 'YQ==' }, '/base64'],
    ['a file and content', { source: FILE, text: 'a' }, '/text'],
    ['base64 that is none', { base64: 'no base64!' }, '/base64'],
    ['base64 without its padding', { base64: 'YQ' }, '/base64'],
    ['a name for a file that has one', { source: FILE, filename: 'other.csv' }, '/filename'],
    ['a reference that has no bytes of its own', { source: NOTE }, '/source'],
    ['how to read what is not to be read', { text: 'a', chunk_characters: 400 }, '/chunk_characters'],
  ])('%s - is refused at its field', async (_what, payload, field) => {
    await expect(run(payload)).rejects.toMatchObject({ code: 'content.upload_invalid', field });
  });
});
