import { createHash } from 'node:crypto';
import { parsePdf } from '../parse-pdf.js';

const md5 = (...parts: Uint8Array[]): Buffer => createHash('md5').update(Buffer.concat(parts)).digest();
const PAD = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');
const padded = (password: string): Buffer => Buffer.concat([Buffer.from(password, 'latin1'), PAD]).subarray(0, 32);

function rc4(key: Uint8Array, data: Uint8Array): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, at) => at);
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + state[i]! + key[i % key.length]!) & 255;
    [state[i], state[j]] = [state[j]!, state[i]!];
  }
  let [i, j] = [0, 0];
  const out = Buffer.from(data);
  for (const [at, byte] of out.entries()) {
    i = (i + 1) & 255;
    j = (j + state[i]!) & 255;
    [state[i], state[j]] = [state[j]!, state[i]!];
    out[at] = byte ^ state[(state[i]! + state[j]!) & 255]!;
  }
  return out;
}

const rounds = (key: Buffer, data: Uint8Array): Buffer => Array.from({ length: 20 }, (_, round) => round).reduce<Buffer>((made, round) => rc4(Uint8Array.from(key, (byte) => byte ^ round), made), Buffer.from(data));
const stretched = (start: Buffer): Buffer => Array.from({ length: 50 }).reduce<Buffer>((hash) => md5(hash), start);

/** A page that says `text`, encrypted by the standard handler (ISO 32000-1, 7.6.3, revision 3, 128 bits of RC4). */
function encrypted(text: string, user: string, owner: string): Buffer {
  const id = Buffer.alloc(16, 7);
  const permissions = Buffer.from([0xfc, 0xff, 0xff, 0xff]);
  const o = rounds(stretched(md5(padded(owner))), padded(user));
  const key = stretched(md5(padded(user), o, permissions, id));
  const u = Buffer.concat([rounds(key, md5(PAD, id)), Buffer.alloc(16)]);
  const content = rc4(md5(key, Buffer.from([4, 0, 0, 0, 0])), Buffer.from(`BT /F1 12 Tf 20 100 Td (${text}) Tj ET`, 'latin1'));
  const bodies = [
    '<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Kids[3 0 R]/Count 1>>', '<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
    `<</Length ${content.length}>>\nstream\n${content.toString('latin1')}\nendstream`, '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>', `<</Filter/Standard/V 2/R 3/Length 128/P -4/O<${o.toString('hex')}>/U<${u.toString('hex')}>>>`,
  ];
  let out = '%PDF-1.4\n';
  const places = bodies.map((body, at) => {
    const place = out.length;
    out += `${at + 1} 0 obj\n${body}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  return Buffer.from(`${out}xref\n0 7\n0000000000 65535 f \n${places.join('')}trailer\n<</Size 7/Root 1 0 R/Encrypt 6 0 R/ID[<${id.toString('hex')}><${id.toString('hex')}>]>>\nstartxref\n${out.length}\n%%EOF\n`, 'latin1');
}

describe('encrypted PDFs - opened by a password, and by nothing else', () => {
  const file = (): Buffer => encrypted('Premium 1250 EUR', 'roof', 'harbour');

  it.each([['the reader’s', 'roof'], ['the owner’s', 'harbour']])('%s password - opens it', async (_whose, password) => {
    expect((await parsePdf(file(), { password })).blocks.map(({ text }) => text)).toEqual(['Premium 1250 EUR']);
  });

  it.each([['none', undefined], ['a wrong one', 'ROOF'], ['an empty one', '']])('%s - is refused by its code', async (_what, password) => {
    await expect(parsePdf(file(), { password })).rejects.toMatchObject({ code: 'content.password_protected' });
  });

  it('one that only restricts printing - opens by itself', async () => {
    expect((await parsePdf(encrypted('For all to read', '', 'harbour'))).blocks.map(({ text }) => text)).toEqual(['For all to read']);
  });
});

/** The page of `encrypted`, encrypted by qpdf 11.3 with the passwords `roof` and `harbour`. */
const OF_QPDF: readonly (readonly [string, string])[] = [
  ['AES-128 (revision 4)', 'JVBERi0xLjYKJb/3ov4KMSAwIG9iago8PCAvUGFnZXMgMiAwIFIgL1R5cGUgL0NhdGFsb2cgPj4KZW5kb2JqCjIgMCBvYmoKPDwgL0NvdW50IDEgL0tpZHMgWyAzIDAgUiBdIC9UeXBlIC9QYWdlcyA+PgplbmRvYmoKMyAwIG9iago8PCAvQ29udGVudHMgNCAwIFIgL01lZGlhQm94IFsgMCAwIDMwMCAyMDAgXSAvUGFyZW50IDIgMCBSIC9SZXNvdXJjZXMgPDwgL0ZvbnQgPDwgL0YxIDUgMCBSID4+ID4+IC9UeXBlIC9QYWdlID4+CmVuZG9iago0IDAgb2JqCjw8IC9MZW5ndGggODAgPj4Kc3RyZWFtCg4cKjhGVGJwfoyaqLbE0uBosFdpboMAUdpF3J66vafK+190SczCjsFpMu23wWsHElNBY40Ehm7/TrVfX2H0uOpkvIIgRseJyH3RQ+odLFu1ZW5kc3RyZWFtCmVuZG9iago1IDAgb2JqCjw8IC9CYXNlRm9udCAvSGVsdmV0aWNhIC9TdWJ0eXBlIC9UeXBlMSAvVHlwZSAvRm9udCA+PgplbmRvYmoKNiAwIG9iago8PCAvQ0YgPDwgL1N0ZENGIDw8IC9BdXRoRXZlbnQgL0RvY09wZW4gL0NGTSAvQUVTVjIgL0xlbmd0aCAxNiA+PiA+PiAvRmlsdGVyIC9TdGFuZGFyZCAvTGVuZ3RoIDEyOCAvTyA8ZGIyNGI2MGE4MzQwNWQ5NzAyMjQ4OTcwYzgyYzdhZTg4NGQwNjcyMzQwNjVlM2ZlMWUzMWExOWVlMGQ2NmE3Nj4gL1AgLTQgL1IgNCAvU3RtRiAvU3RkQ0YgL1N0ckYgL1N0ZENGIC9VIDw1ZDM2NzdjM2NjOTAzY2JkN2I1NDBmNDA5ZDM5MDAwYjAxMjI0NTZhOTFiYWU1MTM0MjczYTZkYjEzNGM4N2M0PiAvViA0ID4+CmVuZG9iagp4cmVmCjAgNwowMDAwMDAwMDAwIDY1NTM1IGYgCjAwMDAwMDAwMTUgMDAwMDAgbiAKMDAwMDAwMDA2NCAwMDAwMCBuIAowMDAwMDAwMTIzIDAwMDAwIG4gCjAwMDAwMDAyNTEgMDAwMDAgbiAKMDAwMDAwMDM4MCAwMDAwMCBuIAowMDAwMDAwNDUwIDAwMDAwIG4gCnRyYWlsZXIgPDwgL1Jvb3QgMSAwIFIgL1NpemUgNyAvSUQgWzwzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NT48MzE0MTU5MjY1MzU4OTc5MzIzODQ2MjY0MzM4MzI3OTU+XSAvRW5jcnlwdCA2IDAgUiA+PgpzdGFydHhyZWYKNzQ5CiUlRU9GCg=='],
  ['AES-256 (revision 5)', 'JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvRXh0ZW5zaW9ucyA8PCAvQURCRSA8PCAvQmFzZVZlcnNpb24gLzEuNyAvRXh0ZW5zaW9uTGV2ZWwgMyA+PiA+PiAvUGFnZXMgMiAwIFIgL1R5cGUgL0NhdGFsb2cgPj4KZW5kb2JqCjIgMCBvYmoKPDwgL0NvdW50IDEgL0tpZHMgWyAzIDAgUiBdIC9UeXBlIC9QYWdlcyA+PgplbmRvYmoKMyAwIG9iago8PCAvQ29udGVudHMgNCAwIFIgL01lZGlhQm94IFsgMCAwIDMwMCAyMDAgXSAvUGFyZW50IDIgMCBSIC9SZXNvdXJjZXMgPDwgL0ZvbnQgPDwgL0YxIDUgMCBSID4+ID4+IC9UeXBlIC9QYWdlID4+CmVuZG9iago0IDAgb2JqCjw8IC9MZW5ndGggODAgPj4Kc3RyZWFtCg4cKjhGVGJwfoyaqLbE0uD1pRD9QL73TOU97PEnw35uSGz0Wz4F0dXkOrhkAI2TxlYZmFXsPTScS8x+Mf/SsEPdAHv8eLkPnnGDFLQ2Q7ssZW5kc3RyZWFtCmVuZG9iago1IDAgb2JqCjw8IC9CYXNlRm9udCAvSGVsdmV0aWNhIC9TdWJ0eXBlIC9UeXBlMSAvVHlwZSAvRm9udCA+PgplbmRvYmoKNiAwIG9iago8PCAvQ0YgPDwgL1N0ZENGIDw8IC9BdXRoRXZlbnQgL0RvY09wZW4gL0NGTSAvQUVTVjMgL0xlbmd0aCAzMiA+PiA+PiAvRmlsdGVyIC9TdGFuZGFyZCAvTGVuZ3RoIDI1NiAvTyA8OWY4NGViYmVlM2UwYjAyOWQ0Nzk3ODY1ZWQzNmNkOTcyZTU0NjgxN2M2MGU3MjExMzIyYmI4MDU0NjM3YjFkYjhlMmIyYzM2OTVlOTJjNTkyOTQ3MTg3YjQ4N2FlN2RkPiAvT0UgPDlkZDZjZDdjOTliZmQ1OWIwYWE0ZDAwODIwY2Y0NWRkMjBlMjIyYTk2YTBkMjU5ZjJiY2EzNmJjNDI3YmYxMzY+IC9QIC00IC9QZXJtcyA8YjdjZTQ2NzgyNzhmOTJkMzRmYzFlMmQzZGYxMWU3YWM+IC9SIDUgL1N0bUYgL1N0ZENGIC9TdHJGIC9TdGRDRiAvVSA8NzUwOWZjZTU1ODkyNDliZmZjNjAzZWYzN2EyZThhNmZlZWFjNjVhMGZhM2RhNTFjMWIwZGU2MmQ4NTk1YjI5YzdiNDk5NWUxZDE1NWZmOTdiMmNiZDE5NTNkODA4YjE1PiAvVUUgPDVlOWY1NGE5OGY2OGJiMWFiNGJkYTdlM2M3NmRiM2MwODllOGZjZDc0NmE1ODAyZWI5ODhlNGRjOGQ3NzQ2ZDQ+IC9WIDUgPj4KZW5kb2JqCnhyZWYKMCA3CjAwMDAwMDAwMDAgNjU1MzUgZiAKMDAwMDAwMDAxNSAwMDAwMCBuIAowMDAwMDAwMTMwIDAwMDAwIG4gCjAwMDAwMDAxODkgMDAwMDAgbiAKMDAwMDAwMDMxNyAwMDAwMCBuIAowMDAwMDAwNDQ2IDAwMDAwIG4gCjAwMDAwMDA1MTYgMDAwMDAgbiAKdHJhaWxlciA8PCAvUm9vdCAxIDAgUiAvU2l6ZSA3IC9JRCBbPDMxNDE1OTI2NTM1ODk3OTMyMzg0NjI2NDMzODMyNzk1PjwzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NT5dIC9FbmNyeXB0IDYgMCBSID4+CnN0YXJ0eHJlZgoxMDYzCiUlRU9GCg=='],
  ['AES-256 (revision 6)', 'JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvRXh0ZW5zaW9ucyA8PCAvQURCRSA8PCAvQmFzZVZlcnNpb24gLzEuNyAvRXh0ZW5zaW9uTGV2ZWwgOCA+PiA+PiAvUGFnZXMgMiAwIFIgL1R5cGUgL0NhdGFsb2cgPj4KZW5kb2JqCjIgMCBvYmoKPDwgL0NvdW50IDEgL0tpZHMgWyAzIDAgUiBdIC9UeXBlIC9QYWdlcyA+PgplbmRvYmoKMyAwIG9iago8PCAvQ29udGVudHMgNCAwIFIgL01lZGlhQm94IFsgMCAwIDMwMCAyMDAgXSAvUGFyZW50IDIgMCBSIC9SZXNvdXJjZXMgPDwgL0ZvbnQgPDwgL0YxIDUgMCBSID4+ID4+IC9UeXBlIC9QYWdlID4+CmVuZG9iago0IDAgb2JqCjw8IC9MZW5ndGggODAgPj4Kc3RyZWFtCg4cKjhGVGJwfoyaqLbE0uAKN6NSsYwU5GrQJpabaoLuPcDzQO/B7ZH5waQCh6HDSxa6/Ba70enjr/g76tRWcK9vo14nziMcUqHoh5OTe/IdZW5kc3RyZWFtCmVuZG9iago1IDAgb2JqCjw8IC9CYXNlRm9udCAvSGVsdmV0aWNhIC9TdWJ0eXBlIC9UeXBlMSAvVHlwZSAvRm9udCA+PgplbmRvYmoKNiAwIG9iago8PCAvQ0YgPDwgL1N0ZENGIDw8IC9BdXRoRXZlbnQgL0RvY09wZW4gL0NGTSAvQUVTVjMgL0xlbmd0aCAzMiA+PiA+PiAvRmlsdGVyIC9TdGFuZGFyZCAvTGVuZ3RoIDI1NiAvTyA8ODkzZjdlOGIzODFkMDJhMjNjZjJlNDMwYzFiNDIyNjRmYTk1MjYwZjM3MTY3NTVhN2YxN2MwZDg5ZGIxMDA0N2Q4ZGEyZmVhYzZiMmEyOWE2ODI0ZmFmMTk4ZTAzZmZkPiAvT0UgPGFiMGNhMTJiYjE4MTY0N2NiMzQzYWE3MWQ3N2MxOTYwZTM2M2E2ZDQ4YTFhYmEzMDQ4MGQ0NWZhNTgxMjdjZDc+IC9QIC00IC9QZXJtcyA8MjI0NzYxMWY3Mzg5ZmQ4OWQyMGNjZjYxNGQxMmNjODY+IC9SIDYgL1N0bUYgL1N0ZENGIC9TdHJGIC9TdGRDRiAvVSA8MzM2ZDEyYmI1ODk3MjkwN2VmNjg0YmQ4NTA4YzMyNzM5YWY3MGFmZWEwYzUxODBhYzVjZjZmOGI2YzMwNTlhYzhjMzgwZDQwN2U5M2UyZDk5YjVmNGJlNDE5ZDE0OGU2PiAvVUUgPGI1ZWJjYTI4NGZjODgxMTZmOTA3MTQwYmQxNTA4MTc5NmU2MjhiODgzZmVmOGNiY2U4NmIwZTFmNTcwZTAwNjI+IC9WIDUgPj4KZW5kb2JqCnhyZWYKMCA3CjAwMDAwMDAwMDAgNjU1MzUgZiAKMDAwMDAwMDAxNSAwMDAwMCBuIAowMDAwMDAwMTMwIDAwMDAwIG4gCjAwMDAwMDAxODkgMDAwMDAgbiAKMDAwMDAwMDMxNyAwMDAwMCBuIAowMDAwMDAwNDQ2IDAwMDAwIG4gCjAwMDAwMDA1MTYgMDAwMDAgbiAKdHJhaWxlciA8PCAvUm9vdCAxIDAgUiAvU2l6ZSA3IC9JRCBbPDMxNDE1OTI2NTM1ODk3OTMyMzg0NjI2NDMzODMyNzk1PjwzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NT5dIC9FbmNyeXB0IDYgMCBSID4+CnN0YXJ0eHJlZgoxMDYzCiUlRU9GCg=='],
];

/** The same, with no password but the owner’s. */
const FOR_ALL = 'JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvRXh0ZW5zaW9ucyA8PCAvQURCRSA8PCAvQmFzZVZlcnNpb24gLzEuNyAvRXh0ZW5zaW9uTGV2ZWwgOCA+PiA+PiAvUGFnZXMgMiAwIFIgL1R5cGUgL0NhdGFsb2cgPj4KZW5kb2JqCjIgMCBvYmoKPDwgL0NvdW50IDEgL0tpZHMgWyAzIDAgUiBdIC9UeXBlIC9QYWdlcyA+PgplbmRvYmoKMyAwIG9iago8PCAvQ29udGVudHMgNCAwIFIgL01lZGlhQm94IFsgMCAwIDMwMCAyMDAgXSAvUGFyZW50IDIgMCBSIC9SZXNvdXJjZXMgPDwgL0ZvbnQgPDwgL0YxIDUgMCBSID4+ID4+IC9UeXBlIC9QYWdlID4+CmVuZG9iago0IDAgb2JqCjw8IC9MZW5ndGggODAgPj4Kc3RyZWFtCg4cKjhGVGJwfoyaqLbE0uAI2AOg66R7SHKRQvYwMynsC7zL8l6KMhtls4Tfnbf9hZEdYP3ylCo0O68PANQC54DhMG07p2+X7JOV1b3EdDafZW5kc3RyZWFtCmVuZG9iago1IDAgb2JqCjw8IC9CYXNlRm9udCAvSGVsdmV0aWNhIC9TdWJ0eXBlIC9UeXBlMSAvVHlwZSAvRm9udCA+PgplbmRvYmoKNiAwIG9iago8PCAvQ0YgPDwgL1N0ZENGIDw8IC9BdXRoRXZlbnQgL0RvY09wZW4gL0NGTSAvQUVTVjMgL0xlbmd0aCAzMiA+PiA+PiAvRmlsdGVyIC9TdGFuZGFyZCAvTGVuZ3RoIDI1NiAvTyA8YzMxOTgxMGYwZWFjMDFlN2FkYzgwMDU2NmExZDU1ZDA4ZDM2MWQyNjJiMWFmYzlhZGE4MTU5MTU4ZTA4YWNmNGZkOTY1ZGRlODNlNTFkNzNhZjE4Y2JlNWY5MDk0ODRkPiAvT0UgPDU4MjM5ZjE1ODBhMjYyOTJjZWU1OTQ0NjYzNTIxZTkxMzdkOGExM2I2YzAzNmVjMmZmNTc0ODMzODIwZGE4ZGY+IC9QIC00IC9QZXJtcyA8ODhkMTQ3Y2ZlNDBmNWYyNDdhODU0Njc0MTNkMjg5OTE+IC9SIDYgL1N0bUYgL1N0ZENGIC9TdHJGIC9TdGRDRiAvVSA8ZGEyZDA1YjlkZTdlYjdkNWQzYzA1OGE2MTFiYmI5ZTA0N2E0NjY5MmZhYjFkOTkzODZkNzM5YzNiMjI2NzM4OTM4MDEzOWIyNzk3ZTZkNDAzNTIzNzdiZjdjMTFiYzY2PiAvVUUgPDJhZGNlZmE0NGM3NjdjYzVhZjY2OGIxN2U3YTUxMmZjNmUxYTBiZDVkNzJmNjM3NmMxM2UzMWYwYjEyNjAyZmU+IC9WIDUgPj4KZW5kb2JqCnhyZWYKMCA3CjAwMDAwMDAwMDAgNjU1MzUgZiAKMDAwMDAwMDAxNSAwMDAwMCBuIAowMDAwMDAwMTMwIDAwMDAwIG4gCjAwMDAwMDAxODkgMDAwMDAgbiAKMDAwMDAwMDMxNyAwMDAwMCBuIAowMDAwMDAwNDQ2IDAwMDAwIG4gCjAwMDAwMDA1MTYgMDAwMDAgbiAKdHJhaWxlciA8PCAvUm9vdCAxIDAgUiAvU2l6ZSA3IC9JRCBbPDMxNDE1OTI2NTM1ODk3OTMyMzg0NjI2NDMzODMyNzk1PjwzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NT5dIC9FbmNyeXB0IDYgMCBSID4+CnN0YXJ0eHJlZgoxMDYzCiUlRU9GCg==';

describe('PDFs encrypted by AES - opened by either password, refused by a code without', () => {
  it.each(OF_QPDF)('%s', async (_how, base64) => {
    const bytes = Buffer.from(base64, 'base64');
    for (const password of ['roof', 'harbour']) expect((await parsePdf(bytes, { password })).blocks.map(({ text }) => text)).toEqual(['Premium 1250 EUR']);
    await expect(parsePdf(bytes, {})).rejects.toMatchObject({ code: 'content.password_protected', field: '/source' });
    await expect(parsePdf(bytes, { password: 'ROOF' })).rejects.toMatchObject({ code: 'content.password_protected', field: '/options/password' });
  });

  it('one that anybody may read - opens without a password, and with one that nobody asked for', async () => {
    for (const options of [{}, { password: 'roof' }]) expect((await parsePdf(Buffer.from(FOR_ALL, 'base64'), options)).blocks.map(({ text }) => text)).toEqual(['Premium 1250 EUR']);
  });
});
