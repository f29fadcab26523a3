/** Encodings of one byte and more a character whose first bytes tell how many (WHATWG Encoding). UTF-8 here is one with bytes that are none: each run of them that becomes one U+FFFD has the length of that run. */
const LENGTHS: Readonly<Record<string, (bytes: Uint8Array, at: number) => number>> = {
  shift_jis: (bytes, at) => (isWithin(bytes[at]!, 0x81, 0x9f) || isWithin(bytes[at]!, 0xe0, 0xfc) ? 2 : 1),
  'euc-jp': (bytes, at) => (bytes[at] === 0x8f ? 3 : bytes[at] === 0x8e || isWithin(bytes[at]!, 0xa1, 0xfe) ? 2 : 1),
  'euc-kr': pairs,
  big5: pairs,
  gbk: pairsOrFours,
  gb18030: pairsOrFours,
  'utf-8': utf8Length,
};

const isWithin = (byte: number, first: number, last: number): boolean => byte >= first && byte <= last;

function pairs(bytes: Uint8Array, at: number): number {
  return isWithin(bytes[at]!, 0x81, 0xfe) ? 2 : 1;
}

function pairsOrFours(bytes: Uint8Array, at: number): number {
  return pairs(bytes, at) === 2 && isWithin(bytes[at + 1]!, 0x30, 0x39) ? 4 : pairs(bytes, at);
}

/** Of a sequence, or of as much as is there of one. */
function utf8Length(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  const following = isWithin(lead, 0xc2, 0xdf) ? 1 : isWithin(lead, 0xe0, 0xef) ? 2 : isWithin(lead, 0xf0, 0xf4) ? 3 : 0;
  let length = 1;
  while (length <= following && isWithin(bytes[at + length] ?? 0, length === 1 ? (LEAST[lead] ?? 0x80) : 0x80, length === 1 ? (MOST[lead] ?? 0xbf) : 0xbf)) length++;
  return length;
}

/** Second bytes that some first bytes ask for. */
const LEAST: Readonly<Record<number, number>> = { 0xe0: 0xa0, 0xf0: 0x90 };
const MOST: Readonly<Record<number, number>> = { 0xed: 0x9f, 0xf4: 0x8f };

/** The offset in `bytes` of each UTF-16 unit of the text they are, and of its end; undefined for encodings that are not of this sort. */
export function multiByteOffsets(bytes: Uint8Array, text: string, encoding: string): Uint32Array | undefined {
  const lengthAt = LENGTHS[encoding];
  if (lengthAt === undefined) return undefined;
  const offsets = new Uint32Array(text.length + 1);
  let at = 0;
  for (let unit = 0; unit < text.length; ) {
    const code = text.charCodeAt(unit);
    // a byte that stands for itself is one character, whatever it begins elsewhere
    const length = code === bytes[at] ? 1 : lengthAt(bytes, at);
    for (let half = isHigh(code) ? 2 : 1; half > 0; half--) offsets[unit++] = at;
    at += length;
  }
  offsets[text.length] = at;
  return offsets;
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
