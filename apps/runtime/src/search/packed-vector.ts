/** Members of the largest size are this. */
const LARGEST = 127;

/** A vector in a byte a member, behind its scale (32-bit float, little endian): each member is rounded to a part in 127 of the largest. */
export function packVector(vector: readonly number[]): Buffer {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const packed = Buffer.alloc(4 + vector.length);
  packed.writeFloatLE(largest / LARGEST, 0);
  vector.forEach((value, at) => packed.writeInt8(largest === 0 ? 0 : Math.round((value / largest) * LARGEST), 4 + at));
  return packed;
}

/** The dot product of a packed vector with a plain one; undefined where their lengths differ. */
export function dotPacked(packed: Uint8Array, vector: readonly number[]): number | undefined {
  if (packed.length !== 4 + vector.length) return undefined;
  const members = new Int8Array(packed.buffer, packed.byteOffset + 4, vector.length);
  let sum = 0;
  for (let at = 0; at < vector.length; at++) sum += members[at]! * vector[at]!;
  return sum * new DataView(packed.buffer, packed.byteOffset, 4).getFloat32(0, true);
}
