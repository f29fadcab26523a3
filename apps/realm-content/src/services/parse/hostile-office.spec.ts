import { deflateRawSync } from 'node:zlib';
import { checkUnpacked, type ZipEntry } from '../../containers/container.js';
import { layoutRecord } from '../mainframe/copybook/copybook-layout.js';
import { parseCopybook } from '../mainframe/copybook/copybook-parser.js';
import { tableRegions } from './sheet-regions.js';

/** An archive's single entry as the directory describes it, with an empty local header. */
function entryOf(content: Uint8Array, size: number): { bytes: Uint8Array; entry: ZipEntry } {
  const packed = deflateRawSync(content);
  return { bytes: Buffer.concat([Buffer.alloc(30), packed]), entry: { name: 'word/document.xml', encrypted: false, size, packed: packed.length, deflated: true, stored: false, crc: 0, offset: 0 } };
}

describe('archives - that lie about what is in them', () => {
  const content = Buffer.alloc(5_000_000, ' ');

  it('an entry that unpacks to more than it says', async () => {
    const { bytes, entry } = entryOf(content, 500);
    await expect(checkUnpacked(bytes, [entry])).rejects.toMatchObject({ code: 'content.corrupt' });
  });

  it('an entry whose bytes are damaged', async () => {
    const { bytes, entry } = entryOf(content, content.length);
    bytes.fill(0xff, 40, 60);
    await expect(checkUnpacked(bytes, [entry])).rejects.toMatchObject({ code: 'content.corrupt' });
  });

  it('an honest one passes', async () => {
    const { bytes, entry } = entryOf(content, content.length);
    await expect(checkUnpacked(bytes, [entry])).resolves.toBeUndefined();
  });
});

describe('sheets - whose few cells stand far apart', () => {
  it('the first and the last corner of a sheet are two regions, found at once', () => {
    const cells: (number | undefined)[][] = [];
    cells[0] = [1];
    cells[1_048_575] = [];
    cells[1_048_575]![16_383] = 2;
    expect(tableRegions(cells)).toEqual([
      { top: 0, bottom: 0, left: 0, right: 0 },
      { top: 1_048_575, bottom: 1_048_575, left: 16_383, right: 16_383 },
    ]);
  }, 5_000);
});

describe('copybooks - of thousands of items', () => {
  it('alternatives of one place share its whole room, and are laid out soon', () => {
    const source = `       01 R.\n          05 B PIC X(3).\n${Array.from({ length: 5000 }, (_, at) => `          05 F${at} REDEFINES B PIC X(${1 + (at % 9)}).\n`).join('')}          05 END PIC X.\n`;
    const record = layoutRecord(parseCopybook(source));
    expect(record.area).toBe(10);
    expect(record.children.at(-1)).toMatchObject({ name: 'END', offset: 9 });
    expect(record.children[0]).toMatchObject({ name: 'B', area: 9, redefined: true });
  }, 5_000);
});
