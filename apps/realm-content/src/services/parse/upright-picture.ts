import type { Json } from '@symphainy/kernel';

const COMMENT = 0xfffe;

/**
 * A JPEG whose orientation the recognition sees. It turns pictures by their EXIF, but looks for the orientation only as big-endian cameras write it and near the first byte, so it is said once more there, in a comment of ten bytes.
 * Other pictures, and those that stand upright, are as they were.
 */
export function upright(bytes: Uint8Array, orientation: Json | undefined): Uint8Array {
  if (typeof orientation !== 'number' || orientation < 2 || orientation > 8 || bytes[0] !== 0xff || bytes[1] !== 0xd8) return bytes;
  const said = Buffer.from([COMMENT >> 8, COMMENT & 0xff, 0, 12, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation]);
  return Buffer.concat([bytes.subarray(0, 2), said, bytes.subarray(2)]);
}
