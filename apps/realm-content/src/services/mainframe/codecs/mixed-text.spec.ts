import fc from 'fast-check';
import { rewriteRecords } from '../../../rewrite-records.js';
import { openMainframe } from '../records/read-records.js';
import { codePage } from './code-pages.js';
import { encodeMixed, type MixedPage } from './mixed-text.js';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const fixed = (...lines: string[]): string => lines.map((line) => `       ${line}`).join('\n');
const TEXT = fixed('01 R.', '   05 NAME PIC X(12).');
const read = (copybook: string, bytes: Buffer, code_page: string) => [...openMainframe(copybook, bytes, { code_page }).rows()];

describe('mixed code pages - one and two bytes a character, shifted by SO and SI', () => {
  // bytes as the converters of the GNU C library write them
  it.each([
    ['cp930', 'ﾃｽﾄ日本A', '948e950e456245660fc1'],
    ['cp939', 'test日本', 'a385a2a30e456245660f'],
    ['cp933', '한국A', '0ed0658a820fc1'],
    ['cp935', '中国A', '0e5bcf4d9b0fc1'],
    ['cp937', '中國A', '0e4c8456ce0fc1'],
    ['cp1364', '한국A', '0ed0658a820fc1'],
    ['cp1371', '中國', '0e4c8456ce0f'],
    ['cp1388', '中国A', '0e5bcf4d9b0fc1'],
    ['cp1390', 'か゚日€', '0eecb545620fe1'],
    ['cp1399', 'か゚日', '0eecb545620f'],
  ])('%s - %s', (name, text, bytes) => {
    const record = Buffer.concat([hex(bytes), Buffer.alloc(12, 0x40)]).subarray(0, 12);
    expect(read(TEXT, record, name)[0]!.row).toEqual([text]);
    expect(Buffer.from(encodeMixed(text, codePage(name) as MixedPage)).toString('hex')).toBe(bytes);
  });

  it('double-byte items have no shifts, and are filled with ideographic spaces; N is in Unicode; numbers are as in every page', () => {
    const copybook = fixed('01 R.', '   05 A PIC G(3).', '   05 B PIC N(2) DISPLAY-1.', '   05 C PIC N(2).', '   05 D PIC S9(3).');
    const [row] = read(copybook, hex('456245664040' + '45624566' + '65e50020' + 'f1f2d3'), 'cp939');
    expect(row!.row).toEqual(['日本', '日本', '日', -123]);
    expect(read(fixed('01 R.', '   05 A PIC G(2).'), hex('65e5672c'), 'cp037')[0]!.row).toEqual(['日本']);
  });

  it('bytes that are no text - a pair without a character, a character cut off - do not decode, and are kept', () => {
    const [pair, cut, half] = read(TEXT, Buffer.concat([hex('0e00010f'), Buffer.alloc(8, 0x40), Buffer.alloc(9, 0x40), hex('0e4562'), Buffer.alloc(10, 0x40), hex('0e45')]), 'cp930');
    expect(pair).toMatchObject({ row: [null], failures: [{ field: 'NAME', reason: 'a byte has no character in cp930' }] });
    // what the end of its field cuts off behind a whole character is read
    expect(cut!.row).toEqual(['日']);
    expect(half!.failures).toHaveLength(1);
  });

  it.each(['cp930', 'cp933', 'cp937', 'cp1390'])('%s, any bytes - decoded and encoded again are the same', async (code_page) => {
    const copybook = fixed('01 R.', '   05 A PIC X(9).', '   05 B PIC G(3).', '   05 C PIC X(4) JUSTIFIED RIGHT.', '   05 D PIC N(2).');
    const byte = fc.oneof(fc.constantFrom(0x0e, 0x0f, 0x40, 0x45, 0x62, 0x66, 0x88, 0xc1), fc.integer({ min: 0, max: 255 }));
    await fc.assert(fc.asyncProperty(fc.array(byte, { minLength: 46, maxLength: 46 }), async (bytes) => {
      const source = Uint8Array.from(bytes);
      expect(Buffer.from((await rewriteRecords(copybook, source, { code_page })).bytes).toString('hex')).toBe(Buffer.from(source).toString('hex'));
    }), { numRuns: 60 });
  });

  it('a text that has no room once it is shifted, or a character the page lacks - is refused', () => {
    const page = codePage('cp5035') as MixedPage;
    expect(page.name).toBe('cp939');
    expect(encodeMixed('日A本', page)).toHaveLength(9);
    expect(() => encodeMixed('한', page)).toThrow(RangeError);
  });
});
