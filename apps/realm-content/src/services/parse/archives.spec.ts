import { strToU8, zipSync } from 'fflate';
import { readWhole } from '../../read-whole.js';
import { identify } from '../identify/identify.js';

const CSV = strToU8('a,b\n1,2\n');

/** Of an archive of three files the directory entry of the second, written over. */
function altered(write: (archive: Buffer, entry: number) => void, names: readonly string[] = ['one.csv', 'two.csv', 'three.csv']): Buffer {
  const archive = Buffer.from(zipSync(Object.fromEntries(names.map((name) => [name, CSV]))));
  write(archive, archive.indexOf(Buffer.from('504b0102', 'hex'), archive.indexOf(Buffer.from('504b0102', 'hex')) + 4));
  return archive;
}

async function read(bytes: Uint8Array): Promise<unknown[]> {
  const { kind } = await identify({ bytes, copybook: false });
  expect(kind).toBe('archive');
  const { metadata } = await readWhole('archive', bytes, {});
  return (metadata['files'] as { path: string; kind?: string; error?: string }[]).map((file) => [file.path, file.kind ?? file.error]);
}

describe('ZIP - one entry that cannot be had is told, and the others are read', () => {
  it.each<[string, string, (archive: Buffer, entry: number) => void]>([
    ['encrypted', 'content.password_protected', (archive, entry) => archive.writeUInt16LE(1, entry + 8)],
    ['packed in a way that is not read', 'content.unrecognised', (archive, entry) => archive.writeUInt16LE(14, entry + 10)],
    ['with another checksum', 'content.corrupt', (archive, entry) => archive.writeUInt32LE(7, entry + 16)],
    ['that unpacks to more than it says', 'content.corrupt', (archive, entry) => archive.writeUInt32LE(3, entry + 24)],
  ])('%s', async (_how, code, write) => {
    expect(await read(altered(write))).toEqual([['one.csv', 'csv'], ['two.csv', code], ['three.csv', 'csv']]);
  });

  it('all encrypted - is refused', async () => {
    const archive = altered((bytes) => {
      for (let at = bytes.indexOf('PK\u0001\u0002', 0, 'latin1'); at >= 0; at = bytes.indexOf('PK\u0001\u0002', at + 4, 'latin1')) bytes.writeUInt16LE(1, at + 8);
    });
    await expect(identify({ bytes: archive, copybook: false })).rejects.toMatchObject({ code: 'content.password_protected' });
  });

  it('names that lead out of the archive, and one that stands there twice - are names', async () => {
    expect(await read(altered((archive) => {
      for (let at = archive.indexOf('dup2.csv'); at >= 0; at = archive.indexOf('dup2.csv', at)) archive.write('dup1.csv', at, 'latin1');
    }, ['../../etc/a.csv', 'dup1.csv', 'dup2.csv']))).toEqual([['../../etc/a.csv', 'csv'], ['dup1.csv', 'csv'], ['dup1.csv (2)', 'csv']]);
  });

  it('ZIP64 - sizes and places that stand in its own records', async () => {
    const plain = Buffer.from(zipSync({ 'a.csv': [CSV, { level: 0 }] }));
    const [entry, end] = [plain.indexOf('PK\u0001\u0002', 0, 'latin1'), plain.indexOf('PK\u0005\u0006', 0, 'latin1')];
    const directory = Buffer.from(plain.subarray(entry, end));
    const field = Buffer.alloc(28);
    field.writeUInt16LE(1, 0);
    field.writeUInt16LE(24, 2);
    for (const at of [0, 1]) field.writeBigUInt64LE(BigInt(CSV.length), 4 + at * 8);
    directory.fill(0xff, 20, 28);
    directory.fill(0xff, 42, 46);
    directory.writeUInt16LE(field.length, 30);
    const record = Buffer.alloc(56);
    record.writeUInt32LE(0x06064b50, 0);
    record.writeBigUInt64LE(1n, 32);
    record.writeBigUInt64LE(BigInt(entry), 48);
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(BigInt(entry + directory.length + field.length), 8);
    const tail = Buffer.from(plain.subarray(end));
    tail.fill(0xff, 8, 20);
    expect(await read(Buffer.concat([plain.subarray(0, entry), directory, field, record, locator, tail]))).toEqual([['a.csv', 'csv']]);
  });
});
