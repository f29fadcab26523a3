import { sha256 } from '@symphainy/kernel';

/**
 * The Merkle tree of RFC 6962, section 2.1: a leaf hashes as SHA-256(0x00 ‖ bytes), two subtrees as SHA-256(0x01 ‖ left ‖ right), a tree
 * of n > 1 leaves splits at the largest power of two below n, and the empty tree hashes as SHA-256 of nothing. Proofs are verified by the
 * algorithms of RFC 9162, sections 2.1.3.2 and 2.1.4.2.
 *
 * A tree that only grows keeps every perfect subtree it ever completes; the rest of any proof is folded from those. So a proof is a list
 * of leaf ranges, and whoever stores the perfect subtrees can answer it without touching the leaves.
 */

/** A perfect subtree: `2 ** level` leaves from leaf `index * 2 ** level` on. Level 0: a leaf's hash. */
export interface MerkleNode {
  readonly level: number;
  readonly index: number;
}

/** Leaves `from` (inclusive) to `to` (exclusive): a subtree of some tree. */
export interface LeafRange {
  readonly from: number;
  readonly to: number;
}

/** The hash of a perfect subtree that is complete. */
export type NodeHash = (node: MerkleNode) => Uint8Array;

const LEAF = 0;
const NODE = 1;

/** The root of a tree without leaves. */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

export function leafHash(bytes: Uint8Array): Uint8Array {
  const marked = new Uint8Array(1 + bytes.length);
  marked[0] = LEAF;
  marked.set(bytes, 1);
  return sha256(marked);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const marked = new Uint8Array(65);
  marked[0] = NODE;
  marked.set(left, 1);
  marked.set(right, 33);
  return sha256(marked);
}

/** The largest power of two below `size` (> 1). Sizes stay below 2^53, beyond what bit operators hold. */
function splitOf(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** The ranges whose hashes lead from leaf `index` to the root of a tree of `size` leaves, nearest first (RFC 6962, section 2.1.1). */
export function inclusionPath(index: number, size: number): LeafRange[] {
  const path: LeafRange[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      path.push({ from: middle, to });
      to = middle;
    } else {
      path.push({ from, to: middle });
      from = middle;
    }
  }
  return path.reverse();
}

/** The ranges whose hashes show that a tree of `size` leaves begins with the tree of `earlier` leaves (RFC 6962, section 2.1.2). Empty for equal sizes. */
export function consistencyPath(earlier: number, size: number): LeafRange[] {
  if (earlier === 0 || earlier === size) return [];
  const path: LeafRange[] = [];
  let [from, to] = [0, size];
  // Down to the subtree that ends where the earlier tree ended; it is known to the verifier only while it began at leaf 0.
  while (to !== earlier) {
    const middle = from + splitOf(to - from);
    if (earlier <= middle) {
      path.push({ from: middle, to });
      to = middle;
    } else {
      path.push({ from, to: middle });
      from = middle;
    }
  }
  if (from > 0) path.push({ from, to });
  return path.reverse();
}

/** The perfect subtrees that a range of a tree is made of, from left to right. Each is complete in every tree that holds the range. */
export function subtreesOf({ from, to }: LeafRange): MerkleNode[] {
  const nodes: MerkleNode[] = [];
  let at = from;
  while (at < to) {
    let [level, width] = [0, 1];
    while (at % (width * 2) === 0 && at + width * 2 <= to) [level, width] = [level + 1, width * 2];
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}

/** The hash of a range of a tree; of an empty one, EMPTY_ROOT. */
export function rangeHash(range: LeafRange, hashAt: NodeHash): Uint8Array {
  const hashes = subtreesOf(range).map(hashAt);
  const last = hashes.pop();
  return last === undefined ? EMPTY_ROOT : hashes.reduceRight((right, left) => nodeHash(left, right), last);
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);
const half = (n: number): number => Math.floor(n / 2);

/** Whether `proof` shows the leaf of this hash at `index` in the tree of `size` leaves with this root (RFC 9162, section 2.1.3.2). */
export function verifyInclusion(leaf: { readonly index: number; readonly hash: Uint8Array }, proof: readonly Uint8Array[], tree: { readonly size: number; readonly root: Uint8Array }): boolean {
  if (leaf.index >= tree.size) return false;
  let [fn, sn, hash] = [leaf.index, tree.size - 1, leaf.hash];
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else hash = nodeHash(hash, sibling);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equal(hash, tree.root);
}

export interface MerkleRoot {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Whether `proof` shows that `later` holds all leaves of `earlier`, in their order, and only adds to them (RFC 9162, section 2.1.4.2). */
export function verifyConsistency(earlier: MerkleRoot, later: MerkleRoot, proof: readonly Uint8Array[]): boolean {
  if (earlier.size > later.size) return false;
  if (earlier.size === later.size) return proof.length === 0 && equal(earlier.root, later.root);
  if (earlier.size === 0) return proof.length === 0 && equal(earlier.root, EMPTY_ROOT);
  const path = isPowerOfTwo(earlier.size) ? [earlier.root, ...proof] : [...proof];
  const first = path.shift();
  if (first === undefined) return false;
  let [fn, sn] = [earlier.size - 1, later.size - 1];
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  let [old, fresh] = [first, first];
  for (const sibling of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      [old, fresh] = [nodeHash(sibling, old), nodeHash(sibling, fresh)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else fresh = nodeHash(fresh, sibling);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equal(old, earlier.root) && equal(fresh, later.root);
}

const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n));
