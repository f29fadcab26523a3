import { identify } from '../identify/identify.js';
import { tiffPages } from './tiff-pages.js';
import { upright } from './upright-picture.js';

/** A grey TIFF of so many pages of 2 by 2 pixels, each filled with its number. */
function tiff(pages: number): Buffer {
  const parts = [Buffer.from('II*\0\x08\0\0\0', 'latin1')];
  for (let page = 0, at = 8; page < pages; page++) {
    const tags: [number, number, number][] = [[256, 3, 2], [257, 3, 2], [258, 3, 8], [259, 3, 1], [262, 3, 1], [273, 4, at + 2 + 9 * 12 + 4], [277, 3, 1], [278, 3, 2], [279, 4, 4]];
    const directory = Buffer.alloc(2 + tags.length * 12 + 4 + 4);
    directory.writeUInt16LE(tags.length, 0);
    tags.forEach(([tag, type, value], one) => {
      const entry = 2 + one * 12;
      directory.writeUInt16LE(tag, entry);
      directory.writeUInt16LE(type, entry + 2);
      directory.writeUInt32LE(1, entry + 4);
      directory.writeUInt32LE(value, entry + 8);
    });
    directory.writeUInt32LE(page + 1 < pages ? at + directory.length : 0, 2 + tags.length * 12);
    directory.fill(page, directory.length - 4);
    parts.push(directory);
    at += directory.length;
  }
  return Buffer.concat(parts);
}

describe('TIFF - all its pages are pictures', () => {
  it('each page - as it is', async () => {
    const bytes = tiff(3);
    expect((await identify({ bytes, copybook: false, filename: 'fax.tif' })).kind).toBe('image');
    const { count, page } = tiffPages(bytes);
    expect(Array.from({ length: count }, (_, at) => Buffer.from(page(at)).toString('latin1'))).toEqual(['\0', '\u0001', '\u0002'].map((grey) => `P6 2 2 255\n${grey.repeat(12)}`));
  });

  it('one that breaks off, and one that says to be huge - are refused by a code', () => {
    expect(() => tiffPages(tiff(1).subarray(0, 20)).page(0)).toThrow(expect.objectContaining({ code: 'content.corrupt' }));
    const huge = tiff(1);
    for (const tag of [0, 1]) huge.writeUInt32LE(50_000, 8 + 2 + tag * 12 + 8);
    expect(() => tiffPages(huge).page(0)).toThrow(expect.objectContaining({ code: 'content.too_large' }));
  });
});

describe('pictures that were taken sideways', () => {
  it('a JPEG - says so where the recognition looks; upright ones and others stay as they are', () => {
    const [jpeg, png] = [Buffer.from('ffd8ffe0', 'hex'), Buffer.from('89504e47', 'hex')];
    expect(Buffer.from(upright(jpeg, 6)).toString('hex')).toBe('ffd8fffe000c01120003000000010006ffe0');
    expect([upright(jpeg, 1), upright(jpeg, undefined), upright(png, 6)]).toEqual([jpeg, jpeg, png]);
  });
});
