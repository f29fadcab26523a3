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
