import { exifOf } from './image-metadata.js';

/** A TIFF block, little-endian: an image's tags, and those of GPS. */
function exifBlock(): Buffer {
  const block = Buffer.alloc(260);
  block.write('II*\u0000', 0, 'latin1');
  block.writeUInt32LE(8, 4);
  const entry = (at: number, tag: number, type: number, count: number, value: number): void => {
    block.writeUInt16LE(tag, at);
    block.writeUInt16LE(type, at + 2);
    block.writeUInt32LE(count, at + 4);
    block.writeUInt32LE(value, at + 8);
  };
  block.writeUInt16LE(4, 8);
  entry(10, 0x010f, 2, 7, 120); // Make
  entry(22, 0x0112, 3, 1, 6); // Orientation
  entry(34, 0x0132, 2, 20, 130); // DateTime
  entry(46, 0x8825, 4, 1, 66); // GPS
  block.write('Camera\u0000', 120, 'latin1');
  block.write('2026:03:12 14:30:05\u0000', 130, 'latin1');
  block.writeUInt16LE(4, 66);
  entry(68, 1, 2, 2, 'S'.charCodeAt(0));
  entry(80, 2, 5, 3, 160);
  entry(92, 3, 2, 2, 'E'.charCodeAt(0));
  entry(104, 4, 5, 3, 184);
  [[33, 1], [30, 1], [0, 1], [18, 1], [15, 1], [36, 1]].forEach(([over, under], at) => {
    block.writeUInt32LE(over!, 160 + at * 8);
    block.writeUInt32LE(under!, 164 + at * 8);
  });
  return block;
}

const TOLD = { Make: 'Camera', Orientation: 6, DateTime: '2026-03-12T14:30:05', Latitude: -33.5, Longitude: 18.26 };

function jpeg(block: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from('Exif\u0000\u0000', 'latin1'), block]);
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 10);
  return Buffer.concat([head, body, Buffer.from([0xff, 0xda, 0, 2])]);
}

function png(block: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + block.length);
  chunk.writeUInt32BE(block.length, 0);
  chunk.write('eXIf', 4, 'latin1');
  block.copy(chunk, 8);
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk]);
}

function webp(block: Buffer): Buffer {
  const head = Buffer.from('RIFF\u0000\u0000\u0000\u0000WEBPEXIF\u0000\u0000\u0000\u0000', 'latin1');
  head.writeUInt32LE(block.length, 16);
  return Buffer.concat([head, block]);
}

describe('EXIF - what a camera says, or nothing', () => {
  it.each([['JPEG', jpeg], ['PNG', png], ['WebP', webp]])('%s: camera, time without a zone, place in degrees', (_kind, picture) => {
    expect(exifOf(picture(exifBlock()))).toEqual(TOLD);
  });

  it('cut at any place, and with any bit flipped - never a failure', () => {
    const whole = jpeg(exifBlock());
    for (let at = 2; at < whole.length; at++) {
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 1 << (at % 8);
      for (const bytes of [whole.subarray(0, at), flipped]) expect(() => JSON.stringify(exifOf(bytes))).not.toThrow();
    }
  });

  it('pictures without it - nothing', () => {
    expect([exifOf(Buffer.from('GIF89a\u0001\u0000\u0001\u0000')), exifOf(jpeg(Buffer.from('no tags here at all')))]).toEqual([undefined, undefined]);
  });
});
