/** Of FNV-1a (32 bits). */
const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** FNV-1a (32 bits) over the UTF-8 bytes of mark and feature, finished with MurmurHash3's avalanche: a whole number from 0 to 2³² − 1, the same everywhere. */
export const featureHash = (feature: string, mark = ''): number => finishedHash(begunHash(mark + feature));

/** The hash of a feature's beginning, from which `finishedHash` goes on. */
export const begunHash = (beginning: string): number => mixed(BASIS, beginning);

export function finishedHash(begun: number, rest = ''): number {
  const mix = mixed(begun, rest);
  let hash = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function mixed(hash: number, text: string): number {
  let mix = hash;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) return Buffer.from(text, 'utf8').reduce((state, byte) => Math.imul(state ^ byte, PRIME), hash);
    mix = Math.imul(mix ^ unit, PRIME);
  }
  return mix;
}
