import * as UTIF from 'utif2';
import { failure } from '@symphainy/contracts';

const MOST_PIXELS = 100_000_000;

/** Signatures of little-endian and big-endian TIFF. */
export const isTiff = (bytes: Uint8Array): boolean => /^(II\*\0|MM\0\*)/.test(Buffer.from(bytes.subarray(0, 4)).toString('latin1'));

export interface TiffPages {
  readonly count: number;
  /** A page, from 0, as a picture that the recognition reads (PPM). */
  page(at: number): Uint8Array;
}

/** The pages of a TIFF: plain, packed (PackBits, LZW, Deflate), of fax (groups 3 and 4) or JPEG. `content.corrupt` where a page cannot be decoded, `content.too_large` above 100 million pixels. */
export function tiffPages(bytes: Uint8Array): TiffPages {
  const pages = decoded(() => UTIF.decode(Buffer.from(bytes)).filter((page) => Array.isArray(page['t256'])));
  if (pages.length === 0) throw corrupt();
  return { count: pages.length, page: (at) => decoded(() => portable(bytes, pages[at]!)) };
}

const corrupt = (error?: unknown): Error => failure('content.corrupt', { message: 'the picture cannot be decoded', field: '/source', cause: error });

function portable(bytes: Uint8Array, page: UTIF.IFD): Uint8Array {
  const [width, height] = ['t256', 't257'].map((tag) => Number((page[tag] as number[] | undefined)?.[0])) as [number, number];
  if (!(width > 0 && height > 0)) throw corrupt();
  if (width * height > MOST_PIXELS) throw failure('content.too_large', { message: `a page has ${width} by ${height} pixels; at most ${MOST_PIXELS} are read`, field: '/source', details: { limit: MOST_PIXELS } });
  UTIF.decodeImage(Buffer.from(bytes), page);
  const pixels = UTIF.toRGBA8(page);
  const head = Buffer.from(`P6 ${width} ${height} 255\n`);
  const picture = Buffer.alloc(head.length + width * height * 3);
  head.copy(picture);
  for (let from = 0, to = head.length; to < picture.length; from += 4, to += 3) {
    picture[to] = pixels[from]!;
    picture[to + 1] = pixels[from + 1]!;
    picture[to + 2] = pixels[from + 2]!;
  }
  return picture;
}

/** The library speaks of damage in errors of any sort. */
function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if ((error as { code?: unknown }).code === 'content.too_large') throw error;
    throw corrupt(error);
  }
}
