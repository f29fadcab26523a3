/** FNV-1a (32 bits) over the UTF-8 bytes, finished with MurmurHash3's avalanche: a whole number from 0 to 2³² − 1, the same everywhere. */
export function featureHash(feature: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < feature.length; at++) {
    const unit = feature.charCodeAt(at);
    if (unit > 0x7f) return finished(Buffer.from(feature, 'utf8').reduce(mixed, 0x811c9dc5));
    hash = mixed(hash, unit);
  }
  return finished(hash);
}

const mixed = (hash: number, byte: number): number => Math.imul(hash ^ byte, 0x01000193);

function finished(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** How often each of the features stands in the list. */
export function counted(features: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const feature of features) counts.set(feature, (counts.get(feature) ?? 0) + 1);
  return counts;
}
