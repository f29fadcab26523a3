import fc from 'fast-check';
import { sha256, utf8 } from '@symphainy/kernel';
import { hexOf } from './chain.js';
import { consistencyPath, EMPTY_ROOT, inclusionPath, leafHash, nodeHash, rangeHash, verifyConsistency, verifyInclusion, type LeafRange } from './merkle.js';
import { MerkleEdge, TileHashes, tilesOf, TILE_WIDTH, type FullTile } from './merkle-tiles.js';

/** The definitions of RFC 6962, section 2.1, word for word; slow. */
const splitOf = (n: number): number => 2 ** (Math.ceil(Math.log2(n)) - 1);
function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256('');
  if (leaves.length === 1) return leaves[0]!;
  const k = splitOf(leaves.length);
  return nodeHash(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}
function naivePath(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return [];
  const k = splitOf(leaves.length);
  return m < k ? [...naivePath(m, leaves.slice(0, k)), naiveRoot(leaves.slice(k))] : [...naivePath(m - k, leaves.slice(k)), naiveRoot(leaves.slice(0, k))];
}
function naiveProof(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  const sub = (m: number, d: readonly Uint8Array[], whole: boolean): Uint8Array[] => {
    if (m === d.length) return whole ? [] : [naiveRoot(d)];
    const k = splitOf(d.length);
    return m <= k ? [...sub(m, d.slice(0, k), whole), naiveRoot(d.slice(k))] : [...sub(m - k, d.slice(k), false), naiveRoot(d.slice(0, k))];
  };
  return sub(m, leaves, true);
}

const leavesOf = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => leafHash(utf8(`leaf ${i}`)));
const hexes = (hashes: readonly Uint8Array[]): string[] => hashes.map(hexOf);

interface Grown {
  readonly leaves: readonly Uint8Array[];
  readonly tiles: readonly FullTile[];
  readonly edge: MerkleEdge;
}

function grown(count: number): Grown {
  const leaves = leavesOf(count);
  const edge = MerkleEdge.empty();
  return { leaves, edge, tiles: leaves.flatMap((leaf) => edge.append(leaf)) };
}

/** Answers from the tiles that were asked for, and no others. */
const proofOf = (tree: Grown, path: readonly LeafRange[]): Uint8Array[] => {
  const wanted = new Set(tilesOf(path).map(({ level, index }) => `${level}/${index}`));
  const hashes = new TileHashes(tree.tiles.filter(({ level, index }) => wanted.has(`${level}/${index}`)), tree.edge);
  return path.map((range) => hashes.of(range));
};

const tree = grown(700);
const size = fc.integer({ min: 1, max: tree.leaves.length });

describe('Merkle tree', () => {
  it('RFC 6962 - the known roots of trees of test leaves', () => {
    // Of the certificate-transparency reference implementation: leaves "", 00, 10, 2021, 3031, 40414243, 5051…57, 6061…6f.
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const hashes = inputs.map((hex) => leafHash(Buffer.from(hex, 'hex')));
    expect(hexOf(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(hexOf(naiveRoot(hashes.slice(0, 1)))).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(hexOf(naiveRoot(hashes.slice(0, 2)))).toBe('fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125');
    expect(hexOf(naiveRoot(hashes))).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  it('a growing edge - has the root of the definition at every size, also across full tiles and after a restart', () => {
    let edge = MerkleEdge.empty();
    expect(hexOf(edge.root)).toBe(hexOf(EMPTY_ROOT));
    tree.leaves.forEach((leaf, i) => {
      edge.append(leaf);
      if (i % 37 === 0 || (i + 1) % TILE_WIDTH < 2) {
        expect(hexOf(edge.root)).toBe(hexOf(naiveRoot(tree.leaves.slice(0, i + 1))));
        edge = MerkleEdge.read(edge.size, edge.bytes);
      }
    });
    expect(edge.bytes.length).toBeLessThanOrEqual(2 * 255 * 32);
  });

  it('inclusion - equals the definition, from the tiles of a tree that has grown since, and verifies', () => {
    fc.assert(
      fc.property(size, fc.nat(), (count, pick) => {
        const index = pick % count;
        const leaves = tree.leaves.slice(0, count);
        const proof = proofOf(tree, inclusionPath(index, count));
        expect(hexes(proof)).toEqual(hexes(naivePath(index, leaves)));
        expect(verifyInclusion({ index, hash: leaves[index]! }, proof, { size: count, root: naiveRoot(leaves) })).toBe(true);
      }),
    );
  });

  it('consistency - equals the definition for any two sizes, and verifies', () => {
    fc.assert(
      fc.property(size, size, (one, two) => {
        const [earlier, later] = [Math.min(one, two), Math.max(one, two)];
        const proof = proofOf(tree, consistencyPath(earlier, later));
        expect(hexes(proof)).toEqual(hexes(naiveProof(earlier, tree.leaves.slice(0, later))));
        expect(verifyConsistency(rootAt(earlier), rootAt(later), proof)).toBe(true);
      }),
    );
  });

  const rootAt = (count: number) => ({ size: count, root: naiveRoot(tree.leaves.slice(0, count)) });

  it('a false claim - another leaf, place, size, root or a changed, lengthened or shortened proof does not verify', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), fc.nat(), fc.nat(), (count, pick, flip) => {
        const index = pick % count;
        const root = rootAt(count);
        const proof = proofOf(tree, inclusionPath(index, count));
        const leaf = { index, hash: tree.leaves[index]! };
        const changed = proof.map((hash, i) => (i === flip % proof.length ? hash.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) : hash));
        expect(verifyInclusion({ index, hash: tree.leaves[(index + 1) % count]! }, proof, root)).toBe(false);
        expect(verifyInclusion({ index: (index + 1) % count, hash: leaf.hash }, proof, root)).toBe(false);
        for (const wrong of [changed, proof.slice(1), [...proof, leaf.hash]]) expect(verifyInclusion(leaf, wrong, root)).toBe(false);
        expect(verifyInclusion(leaf, proof, rootAt(count - 1))).toBe(false);
      }),
    );
  });

  it('a rewritten history - a tree that changed, dropped or reordered an earlier leaf is not consistent with it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.integer({ min: 1, max: 100 }), fc.nat(), (earlier, more, pick) => {
        const at = pick % (earlier - 1);
        const rewritten = tree.leaves.slice(0, earlier + more);
        [rewritten[at], rewritten[at + 1]] = [rewritten[at + 1]!, rewritten[at]!];
        const later = { size: rewritten.length, root: naiveRoot(rewritten) };
        expect(verifyConsistency(rootAt(earlier), later, naiveProof(earlier, rewritten))).toBe(false);
        expect(verifyConsistency(rootAt(earlier), later, naiveProof(earlier, tree.leaves.slice(0, earlier + more)))).toBe(false);
      }),
    );
  });

  it('a far leaf - is proven from a handful of tiles, with numbers beyond 32 bits', () => {
    const path = inclusionPath(5_000_000_000, 9_000_000_000);
    expect(path.length).toBeLessThanOrEqual(34);
    expect(tilesOf(path).length).toBeLessThanOrEqual(10);
    expect(path.at(-1)).toEqual({ from: 2 ** 33, to: 9_000_000_000 });
  });

  it('an empty range - hashes as the empty tree', () => {
    expect(rangeHash({ from: 3, to: 3 }, () => EMPTY_ROOT)).toEqual(EMPTY_ROOT);
  });
});
