import { zipSync, strToU8 } from 'fflate';
import { readWhole } from '../../../read-whole.js';
import { identify } from '../../identify/identify.js';
import { normalise } from '../../normalise/normalise.js';

const u16 = (value: number): Buffer => Buffer.from(Uint16Array.of(value).buffer);
const u32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
/** An attribute as MS-OXTNEF 2.1.3.1 has it. */
const attribute = (level: 1 | 2, id: number, type: number, data: Buffer): Buffer => Buffer.concat([Uint8Array.of(level), u16(id), u16(type), u32(data.length), data, u16(data.reduce((sum, byte) => (sum + byte) & 0xffff, 0))]);
const stream = (...attributes: readonly Buffer[]): Buffer => Buffer.concat([Buffer.from('789f3e220100', 'hex'), ...attributes]);
const padded = (data: Buffer): Buffer => Buffer.concat([u32(data.length), data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
const property = (type: number, id: number, ...values: readonly Buffer[]): Buffer => Buffer.concat([u16(type), u16(id), u32(values.length), ...values.map(padded)]);
const unicode = (id: number, text: string): Buffer => property(0x1f, id, Buffer.from(`${text}\0`, 'utf16le'));
const number = (id: number, value: number): Buffer => Buffer.concat([u16(3), u16(id), u32(value)]);
const named = Buffer.concat([u16(3), u16(0x8001), Buffer.alloc(16, 7), u32(0), u32(5), u32(9)]);
const moments = Buffer.concat([u16(0x1040), u16(0x9), u32(2), Buffer.alloc(16, 1)]);
const properties = (...each: readonly Buffer[]): Buffer => Buffer.concat([u32(each.length), ...each]);
const attachment = (title: string, data: Buffer | undefined, ...props: readonly Buffer[]): Buffer[] => [
  attribute(2, 0x9002, 6, Buffer.alloc(14)),
  attribute(2, 0x8010, 1, Buffer.from(`${title}\0`, 'latin1')),
  ...(data ? [attribute(2, 0x800f, 6, data)] : []),
  ...(props.length > 0 ? [attribute(2, 0x9005, 6, properties(...props))] : []),
];
const inner = stream(attribute(1, 0x9003, 6, properties(unicode(0x37, 'Within'), unicode(0x1000, 'Inner words.'))), ...attachment('in.csv', Buffer.from('p,q\n5,6\n')));
const WINMAIL = stream(
  attribute(1, 0x9006, 8, u32(0x10000)),
  attribute(1, 0x9007, 6, Buffer.concat([u32(1251), u32(0)])),
  attribute(1, 0x9003, 6, properties(named, number(0x17, 1), moments, unicode(0x37, 'Fees for 2026'), property(0x1e, 0x1000, Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 0])))),
  ...attachment('FEES~1.CSV', Buffer.from('permit,fee\nBP-1,125.00\n'), unicode(0x3707, 'fees 2026 – café.csv')),
  ...attachment('pack.zip', Buffer.from(zipSync({ 'note.txt': strToU8('Roof is sound.') }))),
  ...attachment('Within', undefined, property(0x0d, 0x3701, Buffer.concat([Buffer.alloc(16, 3), inner]))),
);
const mail = (dat: Buffer): Buffer => Buffer.from(['From: a@x.example', 'To: b@x.example', 'Subject: Fees', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=q', '', '--q', 'Content-Type: text/plain', '', 'See attached.', '--q', 'Content-Type: application/ms-tnef; name=winmail.dat', 'Content-Disposition: attachment; filename=winmail.dat', 'Content-Transfer-Encoding: base64', '', dat.toString('base64').replace(/.{76}/g, '$&\r\n'), '--q--', ''].join('\r\n'));

describe('winmail.dat - what Outlook wrapped is read', () => {
  it('in an e-mail - its body and attachments, containers and messages among them, each with its place', async () => {
    const read = await normalise(await readWhole('email', mail(WINMAIL), {}));
    expect(read.blocks.filter(({ type }) => type === 'paragraph').map(({ text, source }) => [text, source.entry])).toEqual([['See attached.', undefined], ['Привет', 'winmail.dat!/body.txt'], ['Roof is sound.', 'winmail.dat!/pack.zip!/note.txt'], ['Inner words.', 'winmail.dat!/Within!/body.txt']]);
    expect(read.tables.map(({ rows, source }) => [rows, source.entry])).toEqual([[[['BP-1', '125.00']], 'winmail.dat!/fees 2026 – café.csv'], [[[5, 6]], 'winmail.dat!/Within!/in.csv']]);
  });

  it('by itself - is told by its signature, whatever its name', async () => {
    expect(await identify({ bytes: WINMAIL, copybook: false, filename: 'x.dat' })).toMatchObject({ kind: 'archive', media_type: 'application/ms-tnef' });
    expect((await readWhole('archive', WINMAIL, {})).title).toBe('Fees for 2026');
  });

  it('a body in rich text alone - is told as not read', async () => {
    const { metadata } = await readWhole('archive', stream(attribute(1, 0x9003, 6, properties(property(0x102, 0x1009, Buffer.from('rtf'))))), {});
    expect(metadata['files']).toEqual([{ path: 'body.rtf', error: 'content.unrecognised' }]);
  });

  it('cut anywhere, or with any byte of an attribute changed - is refused with its code, or read', async () => {
    for (let at = 7; at < WINMAIL.length; at += 13) {
      const changed = Buffer.from(WINMAIL);
      changed[at]! ^= 0x40;
      for (const bytes of [WINMAIL.subarray(0, at), changed]) await readWhole('archive', bytes, {}).catch((error: unknown) => expect(error).toMatchObject({ code: expect.stringMatching(/^content\./) as string }));
    }
    await expect(readWhole('archive', WINMAIL.subarray(0, -3), {})).rejects.toMatchObject({ code: 'content.corrupt' });
  });
});
